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
  /// A literal in this tensor's dtype and shape. Traps for one that the dtype cannot hold, which would be another number.
  private func literal(_ value: Double) -> Tensor {
    require(
      dtype.isFloat || dtype.rounding(value) == value,
      "\(value) with a tensor \(dtype)\(shape): it is no \(dtype); cast the tensor to a float type first")
    return Tensor(filled: value, shape: shape, dtype: dtype)
  }

  /// Element by element; shapes broadcast. Integers wrap around. Traps for `bool`, and for dtypes that differ, except
  /// that a float64 scalar takes the other operand's float dtype.
  public static func + (a: Tensor, b: Tensor) -> Tensor { binary(.add, a, b) }
  /// The number takes the dtype of the tensor; traps where integers cannot hold it.
  public static func + (a: Tensor, b: Double) -> Tensor { binary(.add, a, a.literal(b)) }
  /// The number takes the dtype of the tensor; traps where integers cannot hold it.
  public static func + (a: Double, b: Tensor) -> Tensor { binary(.add, b.literal(a), b) }
  /// Element by element; shapes broadcast. Integers wrap around, `uint8` below 0 too.
  public static func - (a: Tensor, b: Tensor) -> Tensor { binary(.subtract, a, b) }
  /// The number takes the dtype of the tensor; traps where integers cannot hold it.
  public static func - (a: Tensor, b: Double) -> Tensor { binary(.subtract, a, a.literal(b)) }
  /// The number takes the dtype of the tensor; traps where integers cannot hold it.
  public static func - (a: Double, b: Tensor) -> Tensor { binary(.subtract, b.literal(a), b) }
  /// Element by element; shapes broadcast. Integers wrap around. For matrix products see `matmul` and `dot`.
  public static func * (a: Tensor, b: Tensor) -> Tensor { binary(.multiply, a, b) }
  /// The number takes the dtype of the tensor. Traps where integers cannot hold it, as 0.5: cast them first.
  public static func * (a: Tensor, b: Double) -> Tensor { binary(.multiply, a, a.literal(b)) }
  /// The number takes the dtype of the tensor. Traps where integers cannot hold it, as 0.5: cast them first.
  public static func * (a: Double, b: Tensor) -> Tensor { binary(.multiply, b.literal(a), b) }
  /// Element by element; shapes broadcast. Integers divide towards zero, by 0 to 0.
  public static func / (a: Tensor, b: Tensor) -> Tensor { binary(.divide, a, b) }
  /// The number takes the dtype of the tensor. Traps where integers cannot hold it, as 255.5: cast them first.
  public static func / (a: Tensor, b: Double) -> Tensor { binary(.divide, a, a.literal(b)) }
  /// The number takes the dtype of the tensor; traps where integers cannot hold it. They divide towards zero, by 0 to 0.
  public static func / (a: Double, b: Tensor) -> Tensor { binary(.divide, b.literal(a), b) }
  /// Integers wrap around: `uint8` 1 becomes 255. Traps for `bool`.
  public static prefix func - (a: Tensor) -> Tensor { Tensor(.unary(.negate), [a]) }

  /// Logical on `bool`, bitwise on integers; shapes broadcast. Traps for floats.
  public static func & (a: Tensor, b: Tensor) -> Tensor { binary(.and, a, b) }
  /// Logical on `bool`, bitwise on integers; shapes broadcast. Traps for floats.
  public static func | (a: Tensor, b: Tensor) -> Tensor { binary(.or, a, b) }
  /// Exclusive or: logical on `bool`, bitwise on integers; shapes broadcast. Traps for floats.
  public static func ^ (a: Tensor, b: Tensor) -> Tensor { binary(.xor, a, b) }
  /// Logical on `bool`, every bit on integers. Traps for floats.
  public static prefix func ! (a: Tensor) -> Tensor { Tensor(.unary(.not), [a]) }
  /// Integers, by 0 or more bits; by their width or more nothing is left. Traps for other dtypes.
  public func shiftedLeft(by bits: Int) -> Tensor { Tensor.binary(.shiftLeft, self, count(bits, "shiftedLeft")) }
  /// Integers, by 0 or more bits; fills with zeros from the left, also where the number is negative. Traps for other
  /// dtypes.
  public func shiftedRight(by bits: Int) -> Tensor { Tensor.binary(.shiftRight, self, count(bits, "shiftedRight")) }
  private func count(_ bits: Int, _ op: String) -> Tensor {
    require(bits >= 0, "\(op): the number of bits is \(bits), below 0; shift in the other direction")
    return literal(Double(Swift.min(bits, 64)))
  }

  /// `bool`, element by element; shapes broadcast. NaN equals nothing, not even itself.
  public static func .== (a: Tensor, b: Tensor) -> Tensor { compare(.equal, a, b) }
  /// The number takes the dtype of the tensor; traps where integers cannot hold it. So 2.5 is compared as 2 there.
  public static func .== (a: Tensor, b: Double) -> Tensor { compare(.equal, a, a.literal(b)) }
  /// `bool`, element by element; shapes broadcast. True where one of the two is NaN.
  public static func .!= (a: Tensor, b: Tensor) -> Tensor { compare(.notEqual, a, b) }
  /// The number takes the dtype of the tensor; traps where integers cannot hold it. So 2.5 is compared as 2 there.
  public static func .!= (a: Tensor, b: Double) -> Tensor { compare(.notEqual, a, a.literal(b)) }
  /// `bool`, element by element; shapes broadcast. False where one of the two is NaN.
  public static func .< (a: Tensor, b: Tensor) -> Tensor { compare(.less, a, b) }
  /// The number takes the dtype of the tensor; traps where integers cannot hold it. So 2.5 is compared as 2 there.
  public static func .< (a: Tensor, b: Double) -> Tensor { compare(.less, a, a.literal(b)) }
  /// `bool`, element by element; shapes broadcast. False where one of the two is NaN.
  public static func .<= (a: Tensor, b: Tensor) -> Tensor { compare(.lessOrEqual, a, b) }
  /// The number takes the dtype of the tensor; traps where integers cannot hold it. So 2.5 is compared as 2 there.
  public static func .<= (a: Tensor, b: Double) -> Tensor { compare(.lessOrEqual, a, a.literal(b)) }
  /// `bool`, element by element; shapes broadcast. False where one of the two is NaN.
  public static func .> (a: Tensor, b: Tensor) -> Tensor { compare(.greater, a, b) }
  /// The number takes the dtype of the tensor; traps where integers cannot hold it. So 2.5 is compared as 2 there.
  public static func .> (a: Tensor, b: Double) -> Tensor { compare(.greater, a, a.literal(b)) }
  /// `bool`, element by element; shapes broadcast. False where one of the two is NaN.
  public static func .>= (a: Tensor, b: Tensor) -> Tensor { compare(.greaterOrEqual, a, b) }
  /// The number takes the dtype of the tensor; traps where integers cannot hold it. So 2.5 is compared as 2 there.
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

/// |x| of floats and integers, whose least value stays as it is. The gradient at 0 is 0.
public func abs(_ x: Tensor) -> Tensor { .elementwise(.abs, x) }
/// -1, 0 or 1; NaN stays NaN.
public func sign(_ x: Tensor) -> Tensor { .elementwise(.sign, x) }
/// eˣ; floats only.
public func exp(_ x: Tensor) -> Tensor { .elementwise(.exp, x) }
/// exp(x) - 1, exact near 0.
public func expm1(_ x: Tensor) -> Tensor { .elementwise(.expm1, x) }
/// The natural logarithm: −∞ at 0, NaN below. Floats only.
public func log(_ x: Tensor) -> Tensor { .elementwise(.log, x) }
/// log(1 + x), exact near 0.
public func log1p(_ x: Tensor) -> Tensor { .elementwise(.log1p, x) }
/// NaN below 0; the gradient at 0 is not finite. Floats only.
public func sqrt(_ x: Tensor) -> Tensor { .elementwise(.sqrt, x) }
/// 1 / sqrt(x).
public func rsqrt(_ x: Tensor) -> Tensor { .elementwise(.rsqrt, x) }
/// x in radians; floats only.
public func sin(_ x: Tensor) -> Tensor { .elementwise(.sin, x) }
/// x in radians; floats only.
public func cos(_ x: Tensor) -> Tensor { .elementwise(.cos, x) }
/// (eˣ − e⁻ˣ)/(eˣ + e⁻ˣ), without overflow; floats only.
public func tanh(_ x: Tensor) -> Tensor { .elementwise(.tanh, x) }
/// The error function 2/√π · ∫₀ˣ exp(−t²) dt; floats only.
public func erf(_ x: Tensor) -> Tensor { .elementwise(.erf, x) }
/// 1 / (1 + exp(-x)).
public func sigmoid(_ x: Tensor) -> Tensor { .elementwise(.sigmoid, x) }
/// max(x, 0); its gradient at 0 is 0.
public func relu(_ x: Tensor) -> Tensor { .elementwise(.relu, x) }
/// The greatest whole number that is not above x; floats only. It has no gradient.
public func floor(_ x: Tensor) -> Tensor { .elementwise(.floor, x) }
/// The least whole number that is not below x; floats only. It has no gradient.
public func ceil(_ x: Tensor) -> Tensor { .elementwise(.ceil, x) }

/// Element by element, floats only; shapes broadcast. As C's `pow`: a negative base has a value for whole exponents
/// only, and pow(x, 0) and pow(1, y) are 1, for NaN too. The gradient by the exponent counts as 0 where the base is not
/// above 0.
public func pow(_ base: Tensor, _ exponent: Tensor) -> Tensor { .elementwise(.power, base, exponent) }
/// As with a tensor of exponents; floats only.
public func pow(_ base: Tensor, _ exponent: Double) -> Tensor { .elementwise(.power, base, exponent) }
/// The greater of two elements; NaN when either is NaN. Equal elements share the gradient.
public func maximum(_ a: Tensor, _ b: Tensor) -> Tensor { .elementwise(.maximum, a, b) }
/// NaN where `a` is NaN; where both are equal half of the gradient flows. The number takes the dtype of the tensor:
/// traps where integers cannot hold it.
public func maximum(_ a: Tensor, _ b: Double) -> Tensor { .elementwise(.maximum, a, b) }
/// The lesser of two elements; NaN when either is NaN. Equal elements share the gradient.
public func minimum(_ a: Tensor, _ b: Tensor) -> Tensor { .elementwise(.minimum, a, b) }
/// NaN where `a` is NaN; where both are equal half of the gradient flows. The number takes the dtype of the tensor:
/// traps where integers cannot hold it.
public func minimum(_ a: Tensor, _ b: Double) -> Tensor { .elementwise(.minimum, a, b) }
