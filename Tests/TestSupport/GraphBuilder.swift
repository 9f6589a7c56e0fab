import DescentGraph

/// Turns the steps of a `RandomGraph` into tensors.
struct GraphBuilder {
  /// A value and an upper bound of its elements' magnitude, which keeps the program's numbers tame.
  struct Slot {
    var tensor: Tensor
    var bound: Double

    var shape: Shape { tensor.shape }
    var dtype: DType { tensor.dtype }
    init(_ tensor: Tensor, _ bound: Double) {
      self.tensor = tensor
      self.bound = bound
    }
  }

  private(set) var slots: [Slot]
  /// Drawn from by the step being built; starts anew from each step's salt.
  var random = SplitMix(0)
  var limit = 1

  init(_ arguments: [Tensor]) {
    slots = arguments.map { Slot($0, $0.dtype == .uint8 ? 255 : $0.dtype.isFloat ? 2 : 20) }
  }

  mutating func add(_ step: RandomGraph.Step) {
    random = SplitMix(step.salt)
    limit = step.limit
    let x = step.operands.map { slots[$0] }
    let result =
      switch step.kind {
      case .op(let kind): op(kind, x)
      case .pattern(let pattern): self.pattern(pattern, x)
      }
    slots.append(tamed(result))
  }

  private mutating func op(_ kind: OpKind, _ x: [Slot]) -> Slot {
    switch kind {
    case .constant, .input: constant(x[0].shape)
    case .iota: iota(like: x[0])
    case .randomBits: randomBits(like: x[0])
    case .unary(let f): unary(f, x[0])
    case .binary(let f): binary(f, x[0], x[1])
    case .compare(let c): compare(c, x[0], x[1])
    case .select: select(x[0], x[1], x[2])
    case .cast: converted(x[0], to: random.element(of: DType.allCases))
    case .bitcast: bits(x[0])
    case .stopGradient: Slot(x[0].tensor.stoppingGradient(), x[0].bound)
    case .reduce(let r): reduce(r, x[0])
    case .argmax: argmax(x[0])
    case .reshape: reshape(x[0])
    case .transpose: transpose(x[0])
    case .broadcast: broadcast(x[0])
    case .slice: slice(x[0])
    case .pad: pad(x[0], x[1])
    case .concatenate: concatenate(x[0], x[1])
    case .reverse: reverse(x[0])
    case .dot: dot(x[0], x[1])
    case .gather: gather(x[0], x[1])
    case .scatterAdd: scatterAdd(x[0], x[1], x[2])
    case .convolution, .convolutionInputGradient, .convolutionKernelGradient: convolution(kind, x[0], x[1])
    case .windows, .foldWindows: windows(kind, x[0])
    case .argsort, .cumulativeSum: sequence(kind, x[0])
    case .attention, .attentionGradient: attention(kind, x[0], x[1])
    case .factorization, .triangularSolve: linearAlgebra(kind, x[0])
    case .call, .scan, .barrier: subgraph(kind, x[0], x[1])
    }
  }

  // MARK: Values that steps make up

  mutating func constant(_ shape: Shape, _ dtype: DType = .float32) -> Slot {
    Slot(Tensor(storage: random.storage(shape, dtype)), dtype.isFloat ? 2 : 20)
  }

  private mutating func iota(like x: Slot) -> Slot {
    if x.shape.isScalar { return constant(x.shape, .int32) }
    let axis = random.integer(0...(x.shape.rank - 1))
    let dtype: DType = random.element(of: [.int32, .int32, .int64, .float32])
    return Slot(.iota(x.shape, axis: axis, dtype: dtype), Double(x.shape[axis]))
  }

  private mutating func randomBits(like x: Slot) -> Slot {
    let dtype: DType = random.oneIn(3) ? .int64 : .int32
    let key = RandomKey(Int(truncatingIfNeeded: random.next()))
    return Slot(key.words(x.shape, dtype: dtype), dtype == .int64 ? 0x1p63 : 0x1p31)
  }

  // MARK: Making operands fit

  /// Floats with a bound above 64, scaled by a power of two to one below 8.
  func tamed(_ x: Slot) -> Slot {
    guard x.dtype.isFloat else {
      return Slot(x.tensor, min(x.bound, x.dtype == .int64 ? 0x1p63 : x.dtype == .int32 ? 0x1p31 : 255))
    }
    if x.bound <= 64 { return x }
    let scale = Double(sign: .plus, exponent: 2 - Int(x.bound.exponent), significand: 1)
    return Slot(x.tensor * scale, x.bound * scale)
  }

  /// `x` in another dtype, tame on the way.
  func converted(_ x: Slot, to dtype: DType) -> Slot {
    if x.dtype == dtype { return x }
    if dtype == .bool { return Slot(x.dtype.isFloat ? x.tensor .> 0.125 : (x.tensor & one(x)) .== one(x), 1) }
    if !dtype.isFloat { return tamed(Slot(x.tensor.cast(to: dtype), x.bound)) }
    if x.dtype.isFloat { return Slot(x.tensor.cast(to: dtype), x.bound) }
    // Through float32, which takes every integer; float16 would overflow.
    let wide = tamed(Slot(x.tensor.cast(to: .float32), x.dtype == .bool ? 1 : x.bound))
    return Slot(wide.tensor.cast(to: dtype), wide.bound)
  }
  /// A whole number's exponent, or a float made of one byte of it: bits that the smallest error does not change.
  private mutating func bits(_ x: Slot) -> Slot {
    let whole = (integer(x).tensor.cast(to: .int32) & Tensor(filled: 255, shape: x.shape, dtype: .int32))
    if random.oneIn(2) { return Slot(whole.cast(to: .float32).bits.shiftedRight(by: 23), 255) }
    let place = Tensor(filled: Double(1 << 23), shape: x.shape, dtype: .int32)
    return Slot((whole * Tensor(filled: 32768, shape: x.shape, dtype: .int32) + 127 * place).bits, 2)
  }
  private func one(_ x: Slot) -> Tensor { .ones(x.shape, dtype: x.dtype) }

  /// `x` as floats, whatever it was.
  func float(_ x: Slot) -> Slot { x.dtype.isFloat ? x : converted(x, to: .float32) }
  /// `x` as something to calculate with.
  func number(_ x: Slot) -> Slot { x.dtype == .bool ? converted(x, to: .int32) : x }
  /// `x` as integers.
  func integer(_ x: Slot) -> Slot { x.dtype.isInteger ? x : converted(x, to: .int32) }

  /// `x` under `shape`: broadcast where that works, else its first elements, else its first element everywhere.
  func fitted(_ x: Slot, to shape: Shape) -> Slot {
    if Shape.broadcasting(x.shape, shape) == shape { return Slot(x.tensor.broadcast(to: shape), x.bound) }
    let (have, want) = (x.shape.elementCount, shape.elementCount)
    if have == 0 || want == 0 { return Slot(.zeros(shape, dtype: x.dtype), 0) }
    let flat = x.tensor.reshaped(Shape([have])).sliced(axis: 0, 0..<(have >= want ? want : 1))
    let result = have >= want ? flat.reshaped(shape) : flat.reshaped(Shape([])).broadcast(to: shape)
    return Slot(result, x.bound)
  }

  /// Some of the axes of `shape`, in order; never none unless there are none.
  mutating func someAxes(of shape: Shape) -> [Int] {
    let chosen = shape.indices.filter { _ in random.oneIn(2) }
    return chosen.isEmpty && shape.rank > 0 ? [random.integer(0...(shape.rank - 1))] : chosen
  }
}
