/// Element-wise operations. Operands of different shapes are broadcast under NumPy's rule; a float64 *scalar* takes the
/// float dtype of the tensor it meets, exactly as a Swift literal does. Everything else must agree or be cast.

infix operator .== : ComparisonPrecedence
infix operator .!= : ComparisonPrecedence
infix operator .< : ComparisonPrecedence
infix operator .<= : ComparisonPrecedence
infix operator .> : ComparisonPrecedence
infix operator .>= : ComparisonPrecedence

extension Tensor {
  /// Both operands with one dtype and one shape.
  private static func matched(_ a: Tensor, _ b: Tensor, for op: String) -> (Tensor, Tensor) {
    var (a, b) = (a, b)
    if a.dtype != b.dtype {
      if a.isFloatScalar && b.dtype.isFloat && !(b.isFloatScalar && b.dtype == .float64) {
        a = a.cast(to: b.dtype)
      } else if b.isFloatScalar && a.dtype.isFloat {
        b = b.cast(to: a.dtype)
      }
    }
    guard let shape = Shape.broadcasting(a.shape, b.shape) else {
      fatalError("\(op): shapes \(a.shape) and \(b.shape) differ and cannot be broadcast to each other")
    }
    return (a.broadcast(to: shape), b.broadcast(to: shape))
  }
  private var isFloatScalar: Bool { shape.isScalar && dtype == .float64 }

  private static func binary(_ f: Binary, _ a: Tensor, _ b: Tensor) -> Tensor {
    let (a, b) = matched(a, b, for: f.rawValue)
    return Tensor(.binary(f), [a, b])
  }
  private static func compare(_ c: Relation, _ a: Tensor, _ b: Tensor) -> Tensor {
    let (a, b) = matched(a, b, for: c.rawValue)
    return Tensor(.compare(c), [a, b])
  }
  /// A literal in this tensor's dtype and shape.
  private func literal(_ value: Double) -> Tensor { Tensor(filled: value, shape: shape, dtype: dtype) }

  public static func + (a: Tensor, b: Tensor) -> Tensor { binary(.add, a, b) }
  public static func + (a: Tensor, b: Double) -> Tensor { binary(.add, a, a.literal(b)) }
  public static func + (a: Double, b: Tensor) -> Tensor { binary(.add, b.literal(a), b) }
  public static func - (a: Tensor, b: Tensor) -> Tensor { binary(.subtract, a, b) }
  public static func - (a: Tensor, b: Double) -> Tensor { binary(.subtract, a, a.literal(b)) }
  public static func - (a: Double, b: Tensor) -> Tensor { binary(.subtract, b.literal(a), b) }
  public static func * (a: Tensor, b: Tensor) -> Tensor { binary(.multiply, a, b) }
  public static func * (a: Tensor, b: Double) -> Tensor { binary(.multiply, a, a.literal(b)) }
  public static func * (a: Double, b: Tensor) -> Tensor { binary(.multiply, b.literal(a), b) }
  /// Integers divide towards zero.
  public static func / (a: Tensor, b: Tensor) -> Tensor { binary(.divide, a, b) }
  public static func / (a: Tensor, b: Double) -> Tensor { binary(.divide, a, a.literal(b)) }
  public static func / (a: Double, b: Tensor) -> Tensor { binary(.divide, b.literal(a), b) }
  public static prefix func - (a: Tensor) -> Tensor { Tensor(.unary(.negate), [a]) }

  public static func & (a: Tensor, b: Tensor) -> Tensor { binary(.and, a, b) }
  public static func | (a: Tensor, b: Tensor) -> Tensor { binary(.or, a, b) }
  public static func ^ (a: Tensor, b: Tensor) -> Tensor { binary(.xor, a, b) }
  public static prefix func ! (a: Tensor) -> Tensor { Tensor(.unary(.not), [a]) }
  public func shiftedLeft(by bits: Int) -> Tensor { Tensor.binary(.shiftLeft, self, literal(Double(bits))) }
  /// Fills with zeros from the left.
  public func shiftedRight(by bits: Int) -> Tensor { Tensor.binary(.shiftRight, self, literal(Double(bits))) }

  public static func .== (a: Tensor, b: Tensor) -> Tensor { compare(.equal, a, b) }
  public static func .== (a: Tensor, b: Double) -> Tensor { compare(.equal, a, a.literal(b)) }
  public static func .!= (a: Tensor, b: Tensor) -> Tensor { compare(.notEqual, a, b) }
  public static func .!= (a: Tensor, b: Double) -> Tensor { compare(.notEqual, a, a.literal(b)) }
  public static func .< (a: Tensor, b: Tensor) -> Tensor { compare(.less, a, b) }
  public static func .< (a: Tensor, b: Double) -> Tensor { compare(.less, a, a.literal(b)) }
  public static func .<= (a: Tensor, b: Tensor) -> Tensor { compare(.lessOrEqual, a, b) }
  public static func .<= (a: Tensor, b: Double) -> Tensor { compare(.lessOrEqual, a, a.literal(b)) }
  public static func .> (a: Tensor, b: Tensor) -> Tensor { compare(.greater, a, b) }
  public static func .> (a: Tensor, b: Double) -> Tensor { compare(.greater, a, a.literal(b)) }
  public static func .>= (a: Tensor, b: Tensor) -> Tensor { compare(.greaterOrEqual, a, b) }
  public static func .>= (a: Tensor, b: Double) -> Tensor { compare(.greaterOrEqual, a, a.literal(b)) }

  /// Converts the elements; the tensor itself when it already has this dtype.
  public func cast(to dtype: DType) -> Tensor {
    if dtype == self.dtype { return self }
    if let splat {
      let value = dtype.casting(splat, from: self.dtype)
      if dtype.holdsExactly(value) { return Tensor(filled: value, shape: shape, dtype: dtype) }
    }
    return Tensor(.cast, [self], shape: shape, dtype: dtype)
  }

  /// The bits of float32 as int32 and of float64 as int64, and back; no gradient flows through it.
  public var bits: Tensor { Tensor(.bitcast, [self]) }

  /// The same values, treated as constants by differentiation.
  public func stoppingGradient() -> Tensor { Tensor(.stopGradient, [self]) }

  static func elementwise(_ f: Unary, _ x: Tensor) -> Tensor { Tensor(.unary(f), [x]) }
  static func elementwise(_ f: Binary, _ a: Tensor, _ b: Tensor) -> Tensor { binary(f, a, b) }
  static func elementwise(_ f: Binary, _ a: Tensor, _ b: Double) -> Tensor { binary(f, a, a.literal(b)) }
  static func choose(_ condition: Tensor, _ a: Tensor, _ b: Tensor) -> Tensor {
    let (a, b) = matched(a, b, for: "select")
    guard let shape = Shape.broadcasting(condition.shape, a.shape) else {
      fatalError("select: shapes \(condition.shape) and \(a.shape) differ and cannot be broadcast to each other")
    }
    return Tensor(.select, [condition.broadcast(to: shape), a.broadcast(to: shape), b.broadcast(to: shape)])
  }
}

/// `a` where `condition` holds, else `b`. All three are broadcast to one shape.
public func select(_ condition: Tensor, _ a: Tensor, _ b: Tensor) -> Tensor { .choose(condition, a, b) }

public func abs(_ x: Tensor) -> Tensor { .elementwise(.abs, x) }
/// -1, 0 or 1; NaN stays NaN.
public func sign(_ x: Tensor) -> Tensor { .elementwise(.sign, x) }
public func exp(_ x: Tensor) -> Tensor { .elementwise(.exp, x) }
/// exp(x) - 1, exact near 0.
public func expm1(_ x: Tensor) -> Tensor { .elementwise(.expm1, x) }
public func log(_ x: Tensor) -> Tensor { .elementwise(.log, x) }
/// log(1 + x), exact near 0.
public func log1p(_ x: Tensor) -> Tensor { .elementwise(.log1p, x) }
public func sqrt(_ x: Tensor) -> Tensor { .elementwise(.sqrt, x) }
/// 1 / sqrt(x).
public func rsqrt(_ x: Tensor) -> Tensor { .elementwise(.rsqrt, x) }
public func sin(_ x: Tensor) -> Tensor { .elementwise(.sin, x) }
public func cos(_ x: Tensor) -> Tensor { .elementwise(.cos, x) }
public func tanh(_ x: Tensor) -> Tensor { .elementwise(.tanh, x) }
public func erf(_ x: Tensor) -> Tensor { .elementwise(.erf, x) }
/// 1 / (1 + exp(-x)).
public func sigmoid(_ x: Tensor) -> Tensor { .elementwise(.sigmoid, x) }
/// max(x, 0); its gradient at 0 is 0.
public func relu(_ x: Tensor) -> Tensor { .elementwise(.relu, x) }
public func floor(_ x: Tensor) -> Tensor { .elementwise(.floor, x) }
public func ceil(_ x: Tensor) -> Tensor { .elementwise(.ceil, x) }

public func pow(_ base: Tensor, _ exponent: Tensor) -> Tensor { .elementwise(.power, base, exponent) }
public func pow(_ base: Tensor, _ exponent: Double) -> Tensor { .elementwise(.power, base, exponent) }
/// The greater of two elements; NaN when either is NaN.
public func maximum(_ a: Tensor, _ b: Tensor) -> Tensor { .elementwise(.maximum, a, b) }
public func maximum(_ a: Tensor, _ b: Double) -> Tensor { .elementwise(.maximum, a, b) }
/// The lesser of two elements; NaN when either is NaN.
public func minimum(_ a: Tensor, _ b: Tensor) -> Tensor { .elementwise(.minimum, a, b) }
public func minimum(_ a: Tensor, _ b: Double) -> Tensor { .elementwise(.minimum, a, b) }
