import RealModule

/// What the element-wise ops mean, for one element. The simplifier folds constants with these, the reference interpreter
/// runs on them, and the compiled kernels are tested against them.
extension Unary {
  package func callAsFunction<F: Real & BinaryFloatingPoint>(_ x: F) -> F {
    switch self {
    case .negate: -x
    case .abs: x.magnitude
    case .sign: x.isNaN ? x : x > 0 ? 1 : x < 0 ? -1 : 0
    case .exp: F.exp(x)
    case .expm1: F.expMinusOne(x)
    case .log: F.log(x)
    case .log1p: F.log(onePlus: x)
    case .sqrt: F.sqrt(x)
    case .rsqrt: 1 / F.sqrt(x)
    case .sin: F.sin(x)
    case .cos: F.cos(x)
    case .tanh: F.tanh(x)
    case .erf: F.erf(x)
    case .sigmoid: 1 / (1 + F.exp(-x))
    case .relu: x < 0 ? 0 : x
    case .floor: x.rounded(.down)
    case .ceil: x.rounded(.up)
    case .not: x == 0 ? 1 : 0
    }
  }

  /// On integers and bools; the caller wraps the result to the dtype.
  package func callAsFunction(_ x: Int, _ dtype: DType) -> Int {
    switch self {
    case .negate: 0 &- x
    case .abs: x < 0 ? 0 &- x : x
    case .sign: x.signum()
    case .relu: Swift.max(x, 0)
    case .not: dtype == .bool ? 1 - x : ~x
    case .exp, .expm1, .log, .log1p, .sqrt, .rsqrt, .sin, .cos, .tanh, .erf, .sigmoid, .floor, .ceil:
      fatalError("\(rawValue) is not defined for integers")
    }
  }
}

extension Binary {
  package func callAsFunction<F: Real & BinaryFloatingPoint>(_ a: F, _ b: F) -> F {
    switch self {
    case .add: a + b
    case .subtract: a - b
    case .multiply: a * b
    case .divide: a / b
    case .power: Self.power(a, b)
    // Of equal operands, as 0 and −0, the first.
    case .maximum: b.isNaN || a < b ? b : a
    case .minimum: b.isNaN || a > b ? b : a
    case .and, .or, .xor, .shiftRight, .shiftLeft: fatalError("\(rawValue) is not defined for floats")
    }
  }

  /// C's `pow`: a negative base with an integral exponent has a value, and pow(x, 0) = pow(1, y) = 1 for every x and y.
  private static func power<F: Real & BinaryFloatingPoint>(_ a: F, _ b: F) -> F {
    if b == 0 || a == 1 { return 1 }
    guard a.sign == .minus, !a.isNaN else { return a == 0 ? (b < 0 ? .infinity : b > 0 ? 0 : b) : F.pow(a, b) }
    if b.isInfinite { return a == -1 ? 1 : power(-a, b) }
    let integral = b.rounded(.towardZero) == b
    if !integral { return a == 0 || a.isInfinite ? power(-a, b) : .nan }
    let odd = !b.isNaN && (b / 2).rounded(.towardZero) * 2 != b
    return odd ? -power(-a, b) : power(-a, b)
  }

  /// On integers and bools; the caller wraps the result to the dtype. Division by zero gives 0, shifts beyond the width
  /// shift everything out.
  package func callAsFunction(_ a: Int, _ b: Int, _ dtype: DType) -> Int {
    let width = dtype.byteCount * 8
    return switch self {
    case .add: a &+ b
    case .subtract: a &- b
    case .multiply: a &* b
    case .divide: b == 0 ? 0 : a.dividingFullWidthWrapped(by: b)
    case .maximum: Swift.max(a, b)
    case .minimum: Swift.min(a, b)
    case .and: a & b
    case .or: a | b
    case .xor: a ^ b
    case .shiftLeft: b < 0 || b >= width ? 0 : a << b
    case .shiftRight: b < 0 || b >= width ? 0 : Int(truncatingIfNeeded: dtype.unsigned(a) >> UInt64(b))
    case .power: fatalError("power is not defined for integers")
    }
  }
}

extension Int {
  /// Truncating division in which the one overflow (`min / -1`) wraps.
  fileprivate func dividingFullWidthWrapped(by divisor: Int) -> Int {
    dividedReportingOverflow(by: divisor).partialValue
  }
}

extension Relation {
  package func callAsFunction<C: Comparable>(_ a: C, _ b: C) -> Bool {
    switch self {
    case .equal: a == b
    case .notEqual: a != b
    case .less: a < b
    case .lessOrEqual: a <= b
    case .greater: a > b
    case .greaterOrEqual: a >= b
    }
  }
}

extension DType {
  /// The bits of an integer of this width, without sign.
  func unsigned(_ value: Int) -> UInt64 {
    switch byteCount {
    case 1: UInt64(UInt8(truncatingIfNeeded: value))
    case 4: UInt64(UInt32(truncatingIfNeeded: value))
    default: UInt64(bitPattern: Int64(value))
    }
  }

  /// `value` wrapped to this integer type; a bool is 0 or 1.
  package func wrapping(_ value: Int) -> Int {
    switch self {
    case .bool: value & 1
    case .uint8: Int(UInt8(truncatingIfNeeded: value))
    case .int32: Int(Int32(truncatingIfNeeded: value))
    case .int64, .bfloat16, .float16, .float32, .float64: value
    }
  }
}
