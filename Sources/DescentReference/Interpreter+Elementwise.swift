import DescentGraph
import RealModule

/// Element-wise ops. What each function means for one element is in `DescentGraph/ScalarMeaning.swift`.
extension Interpreter {
  func unary(_ f: Unary, _ x: Value) -> Value {
    switch x.elements {
    case .floats(let elements): Value(floats: elements.map { f($0) }, shape: x.shape, dtype: x.dtype)
    case .integers(let elements):
      Value(integers: elements.map { x.dtype.wrapping(f($0, x.dtype)) }, shape: x.shape, dtype: x.dtype)
    }
  }

  func binary(_ f: Binary, _ a: Value, _ b: Value) -> Value {
    switch a.elements {
    case .floats(let elements):
      Value(floats: zip(elements, b.floats).map { f($0, $1) }, shape: a.shape, dtype: a.dtype)
    case .integers(let elements):
      Value(
        integers: zip(elements, b.integers).map { a.dtype.wrapping(f($0, $1, a.dtype)) }, shape: a.shape, dtype: a.dtype
      )
    }
  }

  /// Comparing with NaN gives false, except `notEqual`, which gives true.
  func compare(_ c: Relation, _ a: Value, _ b: Value) -> Value {
    let truths: [Bool] =
      switch a.elements {
      case .floats(let elements): zip(elements, b.floats).map { c($0, $1) }
      case .integers(let elements): zip(elements, b.integers).map { c($0, $1) }
      }
    return Value(integers: truths.map { $0 ? 1 : 0 }, shape: a.shape, dtype: .bool)
  }

  func select(_ condition: Value, _ a: Value, _ b: Value) -> Value {
    let chosen = condition.integers
    switch a.elements {
    case .floats(let whereTrue):
      let whereFalse = b.floats
      return Value(
        floats: chosen.indices.map { chosen[$0] != 0 ? whereTrue[$0] : whereFalse[$0] }, shape: a.shape, dtype: a.dtype)
    case .integers(let whereTrue):
      let whereFalse = b.integers
      return Value(
        integers: chosen.indices.map { chosen[$0] != 0 ? whereTrue[$0] : whereFalse[$0] }, shape: a.shape,
        dtype: a.dtype)
    }
  }

  /// Float to integer truncates; what lies beyond the integer's range becomes its nearest limit, NaN becomes 0.
  /// Integer to integer wraps. Everything but 0 becomes `true`, NaN too.
  func cast(_ x: Value, to dtype: DType) -> Value {
    switch x.elements {
    case .floats(let elements):
      if dtype.isFloat { return rounded(Value(floats: elements, shape: x.shape, dtype: dtype), byCast: true) }
      if dtype == .bool {
        return Value(integers: elements.map { $0 == 0 ? 0 : 1 }, shape: x.shape, dtype: dtype)
      }
      return Value(integers: elements.map { truncated($0, to: dtype) }, shape: x.shape, dtype: dtype)
    case .integers(let elements):
      if dtype.isFloat {
        return rounded(Value(floats: elements.map { Scalar($0) }, shape: x.shape, dtype: dtype), byCast: true)
      }
      if dtype == .bool {
        return Value(integers: elements.map { $0 == 0 ? 0 : 1 }, shape: x.shape, dtype: dtype)
      }
      return Value(integers: elements.map { dtype.wrapping($0) }, shape: x.shape, dtype: dtype)
    }
  }

  /// Rounds to the float type first, as the bits of an exact value would have no meaning.
  func bitcast(_ x: Value, to dtype: DType) -> Value {
    switch x.elements {
    case .floats(let elements):
      let bits = elements.map { element in
        dtype == .int32
          ? Int(Int32(bitPattern: Float(element).bitPattern)) : Int(Int64(bitPattern: Double(element).bitPattern))
      }
      return Value(integers: bits, shape: x.shape, dtype: dtype)
    case .integers(let elements):
      let floats = elements.map { element in
        dtype == .float32
          ? Scalar(Float(bitPattern: UInt32(truncatingIfNeeded: element)))
          : Scalar(Double(bitPattern: UInt64(bitPattern: Int64(element))))
      }
      return Value(floats: floats, shape: x.shape, dtype: dtype)
    }
  }

  private func truncated(_ x: Scalar, to dtype: DType) -> Int {
    let (least, greatest): (Int, Int) =
      switch dtype {
      case .uint8: (0, 255)
      case .int32: (Int(Int32.min), Int(Int32.max))
      case .int64: (Int.min, Int.max)
      case .bool, .bfloat16, .float16, .float32, .float64: fatalError("reference: \(dtype) does not truncate")
      }
    if x.isNaN { return 0 }
    // `>=` and `<=`: a limit that `Scalar` cannot hold has been rounded outwards, where no `Int` is.
    if x >= Scalar(greatest) { return greatest }
    if x <= Scalar(least) { return least }
    return Int(x)
  }

  /// Halves rounded to their format; every other value as it is.
  func rounded(_ x: Value, byCast: Bool = false) -> Value {
    if !x.dtype.isHalf || (byCast && halfPrecision == .exact) { return x }
    return Value(floats: x.floats.map { Scalar(x.dtype.rounding(Double($0))) }, shape: x.shape, dtype: x.dtype)
  }
}
