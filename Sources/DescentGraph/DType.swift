/// The type of a tensor's elements.
public enum DType: String, CaseIterable, Sendable, Hashable, Codable, CustomStringConvertible {
  /// Arithmetic on integers wraps around; `bool` has none.
  case bool, uint8, int32, int64
  /// Storage types: arithmetic on them is done in float32 and rounded on the way to memory.
  case bfloat16, float16
  /// IEEE 754 single and double precision.
  case float32, float64

  /// Bytes an element takes in memory.
  public var byteCount: Int {
    switch self {
    case .bool, .uint8: 1
    case .bfloat16, .float16: 2
    case .int32, .float32: 4
    case .int64, .float64: 8
    }
  }

  /// True of the half-width types too.
  public var isFloat: Bool {
    switch self {
    case .bfloat16, .float16, .float32, .float64: true
    case .bool, .uint8, .int32, .int64: false
    }
  }

  /// `bool` is none.
  public var isInteger: Bool {
    switch self {
    case .uint8, .int32, .int64: true
    case .bool, .bfloat16, .float16, .float32, .float64: false
    }
  }

  /// The type that a bit cast leads to; nil where there is none.
  var sameBits: DType? {
    switch self {
    case .float32: .int32
    case .int32: .float32
    case .float64: .int64
    case .int64: .float64
    case .bool, .uint8, .bfloat16, .float16: nil
    }
  }

  /// The short name that printed graphs use: `f32`, `i64`, `bool` …
  public var description: String {
    switch self {
    case .bool: "bool"
    case .uint8: "u8"
    case .int32: "i32"
    case .int64: "i64"
    case .bfloat16: "bf16"
    case .float16: "f16"
    case .float32: "f32"
    case .float64: "f64"
    }
  }

  /// `value` as the nearest value this type can hold, given back as `Double`.
  ///
  /// Integer types truncate towards zero and stop at their limits, as a cast does, and NaN becomes 0; `bool` is 1 for
  /// everything but 0. The upper limit of `int64` is 2^63 - 1024 here, the greatest one that a `Double` holds.
  public func rounding(_ value: Double) -> Double {
    switch self {
    case .float64: value
    case .float32: Double(Float(value))
    case .bfloat16: Double(BFloat16.round(Float(value)))
    case .float16: Double(Float(Float16Bits.value(Float16Bits.bits(Float(value)))))
    case .bool: value == 0 ? 0 : 1
    case .uint8: Self.truncated(value, 0, 255)
    case .int32: Self.truncated(value, Double(Int32.min), Double(Int32.max))
    case .int64: Self.truncated(value, -0x1p63, 0x1p63 - 1024)
    }
  }
}

extension DType {
  /// The greatest number below infinity; the greatest one of all for integers.
  var greatestFinite: Double {
    switch self {
    case .float64: Double.greatestFiniteMagnitude
    case .float32: Double(Float.greatestFiniteMagnitude)
    case .bfloat16: Double(BFloat16.value(0x7F7F))
    case .float16: 65504
    case .int64, .int32, .uint8, .bool: rounding(.greatestFiniteMagnitude)
    }
  }

  private static func truncated(_ value: Double, _ least: Double, _ greatest: Double) -> Double {
    value.isNaN ? 0 : min(max(value.rounded(.towardZero), least), greatest)
  }

  /// Whether `value` is an element of this type that a `Double` holds without doubt: an i64 beyond 2^53 may have been
  /// rounded, so constants are not folded to it.
  func holdsExactly(_ value: Double) -> Bool { self != .int64 || value.magnitude <= 0x1p53 }

  /// What a cast makes of `value`, an element of `source`: integers wrap to a narrower integer type.
  func casting(_ value: Double, from source: DType) -> Double {
    isInteger && !source.isFloat ? Double(wrapping(Int(value))) : rounding(value)
  }
}

/// bfloat16: the upper half of a float32, rounded to nearest, ties to even.
public enum BFloat16 {
  /// The bits of the bfloat16 nearest to `value`: an infinity beyond the greatest finite one; NaN stays NaN.
  public static func bits(_ value: Float) -> UInt16 {
    let bits = value.bitPattern
    if value.isNaN { return UInt16(truncatingIfNeeded: bits >> 16) | 0x40 }
    return UInt16(truncatingIfNeeded: (bits &+ 0x7FFF &+ ((bits >> 16) & 1)) >> 16)
  }
  /// The number with these bits, exactly.
  public static func value(_ bits: UInt16) -> Float { Float(bitPattern: UInt32(bits) << 16) }
  /// The bfloat16 nearest to `value`.
  public static func round(_ value: Float) -> Float { self.value(bits(value)) }
}

/// IEEE binary16, converted in software because `Float16` is missing on Intel Macs.
public enum Float16Bits {
  /// The bits of the float16 nearest to `value`, ties to even: an infinity from 65,520 on; NaN stays NaN.
  public static func bits(_ value: Float) -> UInt16 {
    let sign = UInt16(truncatingIfNeeded: value.bitPattern >> 16) & 0x8000
    if value.isNaN { return sign | 0x7E00 }
    let magnitude = value.magnitude
    if magnitude >= 65520 { return sign | 0x7C00 }
    // Below 2^-14 the spacing is 2^-24; above, 11 significant bits. Both are one rounding of an exact scaling.
    let exponent = max(magnitude == 0 ? -14 : Int(magnitude.exponent), -14)
    let units = (magnitude * Float(sign: .plus, exponent: 10 - exponent, significand: 1)).rounded(.toNearestOrEven)
    let field = UInt16(units) &+ UInt16(exponent + 14) &* 1024
    return sign | field
  }
  /// The number with these bits, exactly.
  public static func value(_ bits: UInt16) -> Float {
    let exponent = Int(bits >> 10) & 31
    let fraction = Float(bits & 1023)
    let magnitude: Float
    if exponent == 31 {
      magnitude = fraction == 0 ? .infinity : .nan
    } else if exponent == 0 {
      magnitude = fraction * Float(sign: .plus, exponent: -24, significand: 1)
    } else {
      magnitude = (1024 + fraction) * Float(sign: .plus, exponent: exponent - 25, significand: 1)
    }
    return bits & 0x8000 == 0 ? magnitude : -magnitude
  }
}

/// A Swift type whose values a tensor can hold.
public protocol TensorScalar: Sendable {
  /// The type of the elements of a tensor that is made of such values.
  static var dtype: DType { get }
}
extension Float: TensorScalar { public static var dtype: DType { .float32 } }
extension Double: TensorScalar { public static var dtype: DType { .float64 } }
extension Int32: TensorScalar { public static var dtype: DType { .int32 } }
extension Int64: TensorScalar { public static var dtype: DType { .int64 } }
extension UInt8: TensorScalar { public static var dtype: DType { .uint8 } }
extension Bool: TensorScalar { public static var dtype: DType { .bool } }

extension DType {
  /// Whether this is one of the two 16-bit storage types.
  package var isHalf: Bool { self == .bfloat16 || self == .float16 }
}
