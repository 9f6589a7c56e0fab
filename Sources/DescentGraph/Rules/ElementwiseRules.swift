/// Element-wise ops: every input has the result's shape. The Tensor operators broadcast before they get here.
enum ElementwiseRules {
  private static func sameShape(_ name: String, _ inputs: [Node]) {
    require(
      inputs.allSatisfy { $0.shape == inputs[0].shape },
      "\(name): shapes \(inputs.map { $0.shape.description }.joined(separator: " and ")) differ")
  }
  private static func sameType(_ name: String, _ inputs: [Node]) {
    sameShape(name, inputs)
    require(
      inputs.allSatisfy { $0.dtype == inputs[0].dtype },
      "\(name): dtypes \(inputs.map { TensorType($0).description }.joined(separator: " and ")) differ; cast one of them"
    )
  }

  static func type(_ f: Unary, _ inputs: [Node]) -> TensorType {
    let dtype = inputs[0].dtype
    let fits =
      switch f {
      case .negate, .abs, .sign, .relu: dtype != .bool
      case .not: dtype == .bool || dtype.isInteger
      case .exp, .expm1, .log, .log1p, .sqrt, .rsqrt, .sin, .cos, .tanh, .erf, .sigmoid, .floor, .ceil: dtype.isFloat
      }
    require(fits, "\(f.rawValue) is not defined for \(TensorType(inputs[0])); cast the tensor first")
    return TensorType(inputs[0])
  }

  static func type(_ f: Binary, _ inputs: [Node]) -> TensorType {
    sameType(f.rawValue, inputs)
    let dtype = inputs[0].dtype
    let fits =
      switch f {
      case .add, .subtract, .multiply, .divide, .maximum, .minimum: dtype != .bool
      case .power: dtype.isFloat
      case .and, .or, .xor: !dtype.isFloat
      case .shiftLeft, .shiftRight: dtype.isInteger
      }
    require(fits, "\(f.rawValue) is not defined for \(TensorType(inputs[0])); cast the tensors first")
    return TensorType(inputs[0])
  }

  static func type(compare op: Op, _ inputs: [Node]) -> TensorType {
    sameType(op.name, inputs)
    return TensorType(shape: inputs[0].shape, dtype: .bool)
  }

  static func type(select inputs: [Node]) -> TensorType {
    sameShape("select", inputs)
    require(inputs[0].dtype == .bool, "select: the condition is \(TensorType(inputs[0])), not bool")
    sameType("select", Array(inputs[1...]))
    return TensorType(inputs[1])
  }

  static func type(cast inputs: [Node], _ declared: TensorType?) -> TensorType {
    guard let declared else { fatalError("cast needs a declared type") }
    return TensorType(shape: inputs[0].shape, dtype: declared.dtype)
  }

  static func type(bitcast inputs: [Node]) -> TensorType {
    guard let dtype = inputs[0].dtype.sameBits else {
      fatalError("bitcast is not defined for \(TensorType(inputs[0])), only for 32 and 64 bits")
    }
    return TensorType(shape: inputs[0].shape, dtype: dtype)
  }

  /// `y = f(x)`: the cotangent of `x` given that of `y`. Written with `y` where that saves recomputing `f`; and as `g` times
  /// the derivative, so that nothing overflows on the way to a product that does not.
  static func gradient(_ f: Unary, _ y: Tensor, _ x: Tensor, _ g: Tensor) -> Tensor? {
    switch f {
    case .negate: -g
    case .abs: g * sign(x)
    case .exp: g * y
    case .expm1: g * (y + 1)
    case .log: g / x
    case .log1p: g / (x + 1)
    case .sqrt: g / (2 * y)
    // In y alone, so that a backward pass need not keep x.
    case .rsqrt: g * (-0.5 * (y * y * y))
    case .sin: g * cos(x)
    case .cos: -(g * sin(x))
    case .tanh: g * (1 - y * y)
    // d/dx erf = 2/sqrt(pi) · exp(-x²)
    case .erf: g * (1.1283791670955126 * exp(-(x * x)))
    case .sigmoid: g * (y * (1 - y))
    // Written with y, so that the backward pass needs no pre-activation; 0 at x = 0, as everywhere else.
    case .relu: select(y .> 0, g, Tensor.zeros(like: g))
    case .sign, .floor, .ceil, .not: nil
    }
  }

  static func gradients(_ f: Binary, _ y: Tensor, _ a: Tensor, _ b: Tensor, _ g: Tensor) -> [Tensor?] {
    switch f {
    case .add: [g, g]
    case .subtract: [g, -g]
    case .multiply: [g * b, g * a]
    case .divide: [g / b, -(g * (y / b))]
    // At a = 0 the derivative by the exponent is 0, which log(0) · 0 would turn into NaN.
    case .power:
      [g * (b * pow(a, lowered(b, of: a))), g * (y * log(select(a .> 0, a, Tensor.ones(like: a))))]
    // Equal operands share the gradient.
    case .maximum: sharing(a .> b, a .== b, g)
    case .minimum: sharing(a .< b, a .== b, g)
    case .and, .or, .xor, .shiftLeft, .shiftRight: [nil, nil]
    }
  }

  /// The exponent of a power's derivative, b − 1. Where x⁰ is differentiated at 0 it is 0 instead of −1: that derivative is
  /// 0 · 1, which 0 · ∞ would turn into NaN.
  private static func lowered(_ b: Tensor, of a: Tensor) -> Tensor {
    if let exponent = b.splat, exponent != 0 { return b - 1 }
    return select((a .== 0) & (b .== 0), b, b - 1)
  }

  private static func sharing(_ firstWins: Tensor, _ tie: Tensor, _ g: Tensor) -> [Tensor?] {
    let zero = Tensor.zeros(like: g)
    let first = select(tie, 0.5 * g, select(firstWins, g, zero))
    return [first, g - first]
  }

  static func gradients(select x: [Tensor], _ g: Tensor) -> [Tensor?] {
    let zero = Tensor.zeros(like: g)
    return [nil, select(x[0], g, zero), select(x[0], zero, g)]
  }
}
