import DescentGraph

extension GraphBuilder {
  func unary(_ f: Unary, _ operand: Slot) -> Slot {
    switch f {
    case .negate, .abs, .sign, .relu:
      let x = number(operand)
      return Slot(apply(f, x.tensor), f == .sign ? 1 : x.bound)
    case .not:
      let x = operand.dtype.isFloat ? converted(operand, to: .bool) : operand
      return Slot(!x.tensor, x.bound + 1)
    case .exp, .expm1, .log, .log1p, .sqrt, .rsqrt, .sin, .cos, .tanh, .erf, .sigmoid, .floor, .ceil:
      let x = float(operand)
      return Slot(apply(f, risky(f, x.tensor)), bound(f, x.bound))
    }
  }

  /// `x` moved to where `f` is tame.
  private func risky(_ f: Unary, _ x: Tensor) -> Tensor {
    switch f {
    case .exp, .expm1: minimum(x, 3)
    case .log: abs(x) + 0.5
    case .log1p: abs(x)
    case .sqrt, .rsqrt: abs(x) + 0.25
    case .sin, .cos, .tanh, .erf, .sigmoid, .floor, .ceil, .negate, .abs, .sign, .relu, .not: x
    }
  }

  private func bound(_ f: Unary, _ x: Double) -> Double {
    switch f {
    case .exp, .expm1: 21
    case .log, .log1p, .sqrt: x + 1
    case .rsqrt: 2
    case .sin, .cos, .tanh, .erf, .sigmoid, .sign: 1
    case .floor, .ceil: x + 1
    case .negate, .abs, .relu, .not: x
    }
  }

  private func apply(_ f: Unary, _ x: Tensor) -> Tensor {
    Tensor(Node(.unary(f), [x.node], shape: x.shape, dtype: x.dtype))
  }

  mutating func binary(_ f: Binary, _ left: Slot, _ right: Slot) -> Slot {
    let (a, b) =
      switch f {
      case .add, .subtract, .multiply, .divide, .maximum, .minimum: pair(number(left), right)
      case .power: pair(float(left), right)
      case .and, .or, .xor: pair(left.dtype.isFloat ? converted(left, to: .bool) : left, right)
      case .shiftLeft, .shiftRight: pair(integer(left), right)
      }
    let result: Tensor =
      switch f {
      case .add: a.tensor + b.tensor
      case .subtract: a.tensor - b.tensor
      case .multiply: a.tensor * b.tensor
      // Integers may divide by zero: that gives 0.
      case .divide: a.dtype.isFloat ? a.tensor / (abs(b.tensor) + 0.5) : a.tensor / b.tensor
      case .power: pow(abs(a.tensor) + 0.25, minimum(maximum(b.tensor, -2), 2))
      case .maximum: maximum(a.tensor, b.tensor)
      case .minimum: minimum(a.tensor, b.tensor)
      case .and: a.tensor & b.tensor
      case .or: a.tensor | b.tensor
      case .xor: a.tensor ^ b.tensor
      case .shiftLeft, .shiftRight:
        Tensor(Node(.binary(f), [a.tensor.node, b.tensor.node], shape: a.shape, dtype: a.dtype))
      }
    return Slot(result, bound(f, a.bound, b.bound, a.dtype))
  }

  /// `b` in the dtype of `a`, both with one shape: the broadcast one where there is one, else that of `a`.
  private func pair(_ a: Slot, _ b: Slot) -> (Slot, Slot) {
    let b = converted(b, to: a.dtype)
    if let shape = Shape.broadcasting(a.shape, b.shape), shape.elementCount <= RandomGraph.elementLimit {
      return (fitted(a, to: shape), fitted(b, to: shape))
    }
    return (a, fitted(b, to: a.shape))
  }

  private func bound(_ f: Binary, _ a: Double, _ b: Double, _ dtype: DType) -> Double {
    switch f {
    case .add, .subtract: a + b
    case .multiply: a * b
    case .divide: dtype.isFloat ? 2 * a : a
    case .power: max((a + 0.25) * (a + 0.25), 16)
    case .maximum, .minimum, .and, .or, .xor: max(a, b) * 2
    case .shiftRight: 0x1p63
    case .shiftLeft: 0x1p63
    }
  }

  mutating func compare(_ c: Relation, _ left: Slot, _ right: Slot) -> Slot {
    let (a, b) = pair(left, right)
    return Slot(Tensor(Node(.compare(c), [a.tensor.node, b.tensor.node], shape: a.shape, dtype: .bool)), 1)
  }

  func select(_ condition: Slot, _ left: Slot, _ right: Slot) -> Slot {
    let (a, b) = pair(left, right)
    let chosen = fitted(converted(condition, to: .bool), to: a.shape)
    return Slot(DescentGraph.select(chosen.tensor, a.tensor, b.tensor), max(a.bound, b.bound))
  }

  mutating func reduce(_ r: Reduction, _ operand: Slot) -> Slot {
    let x = number(operand)
    let axes = someAxes(of: x.shape)
    let keeping = random.oneIn(3)
    if axes.isEmpty { return Slot(x.tensor * x.tensor, x.bound * x.bound) }
    let count = axes.reduce(1) { $0 * x.shape[$1] }
    switch r {
    case .maximum where count > 0: return Slot(x.tensor.max(axes: axes, keepingAxes: keeping), x.bound)
    case .minimum where count > 0: return Slot(x.tensor.min(axes: axes, keepingAxes: keeping), x.bound)
    // Over an empty axis only the sum has a value.
    case .sum, .maximum, .minimum:
      return Slot(x.tensor.sum(axes: axes, keepingAxes: keeping), x.bound * Double(count))
    }
  }

  mutating func argmax(_ operand: Slot) -> Slot {
    let x = number(operand)
    let axes = x.shape.indices.filter { x.shape[$0] > 0 }
    if axes.isEmpty { return x }
    let axis = random.element(of: axes)
    return Slot(x.tensor.argmax(axis: axis), Double(x.shape[axis]))
  }
}
