/// A block of memory that holds a tensor's elements, aligned to a cache line.
///
/// They lie in row-major order. Only the memory of a `Buffer` may hold them in another between two runs of a compiled
/// step; the buffer puts them back before it hands the memory out.
///
/// `@unchecked Sendable`: a storage inside a `Node` is written once, before the node exists, and only read after that.
/// That of a `Buffer` belongs to whoever has the turn of the step or the variable.
public final class Storage: @unchecked Sendable {
  /// The extents of the tensor whose elements these are.
  public let shape: Shape
  /// The type of the elements.
  public let dtype: DType
  /// Where the memory starts.
  package let pointer: UnsafeMutableRawPointer
  /// The size of the elements together.
  public let byteCount: Int

  /// Memory for `shape`, every byte zero.
  public init(shape: Shape, dtype: DType) {
    self.shape = shape
    self.dtype = dtype
    let (byteCount, isTooLarge) = shape.elementCount.multipliedReportingOverflow(by: dtype.byteCount)
    require(!isTooLarge, "a tensor \(dtype)\(shape) has more bytes than can be counted")
    self.byteCount = byteCount
    pointer = TensorMemory.allocate(byteCount: byteCount)
  }

  /// `value`, rounded to the type as `set(_:at:)` does, in every element.
  public convenience init(filled value: Double, shape: Shape, dtype: DType) {
    self.init(shape: shape, dtype: dtype)
    guard byteCount > 0, value.bitPattern != 0 else { return }
    set(value, at: 0)
    var filled = dtype.byteCount
    while filled < byteCount {
      let next = min(filled, byteCount - filled)
      (pointer + filled).copyMemory(from: pointer, byteCount: next)
      filled += next
    }
  }

  /// A copy of `scalars`, row-major. Traps when they are not as many as the shape has elements.
  public convenience init<Scalar: TensorScalar>(_ scalars: [Scalar], shape: Shape) {
    require(
      scalars.count == shape.elementCount,
      "\(scalars.count) scalars do not fill shape \(shape), which has \(shape.elementCount) elements")
    self.init(shape: shape, dtype: Scalar.dtype)
    scalars.withUnsafeBytes { if let base = $0.baseAddress { pointer.copyMemory(from: base, byteCount: $0.count) } }
  }

  deinit { TensorMemory.deallocate(pointer, byteCount: byteCount) }

  /// The same elements in memory of their own.
  public func copy() -> Storage {
    let result = Storage(shape: shape, dtype: dtype)
    result.pointer.copyMemory(from: pointer, byteCount: byteCount)
    return result
  }

  /// The elements as Swift values. Traps when `Scalar` is not the storage's type.
  public func scalars<Scalar: TensorScalar>(as type: Scalar.Type = Scalar.self) -> [Scalar] {
    require(Scalar.dtype == dtype, "a tensor of \(dtype) cannot be read as \(Scalar.self); cast it first")
    let typed = pointer.assumingMemoryBound(to: Scalar.self)
    return Array(UnsafeBufferPointer(start: typed, count: shape.elementCount))
  }

  /// Element `index` (row-major) as a `Double`; an `int64` beyond 2^53 is rounded.
  public func double(at index: Int) -> Double {
    let element = address(of: index)
    return switch dtype {
    case .bool, .uint8: Double(element.load(as: UInt8.self))
    case .int32: Double(element.load(as: Int32.self))
    case .int64: Double(element.load(as: Int64.self))
    case .bfloat16: Double(BFloat16.value(element.load(as: UInt16.self)))
    case .float16: Double(Float16Bits.value(element.load(as: UInt16.self)))
    case .float32: Double(element.load(as: Float.self))
    case .float64: element.load(as: Double.self)
    }
  }

  /// Writes `value`, rounded to the storage's type, to element `index`. Integer types truncate it towards zero;
  /// they trap for NaN and for what they cannot hold.
  public func set(_ value: Double, at index: Int) {
    let element = address(of: index)
    switch dtype {
    case .bool: element.storeBytes(of: value == 0 ? 0 : 1, as: UInt8.self)
    case .uint8: element.storeBytes(of: truncated(value), as: UInt8.self)
    case .int32: element.storeBytes(of: truncated(value), as: Int32.self)
    case .int64: element.storeBytes(of: truncated(value), as: Int64.self)
    case .bfloat16: element.storeBytes(of: BFloat16.bits(Float(value)), as: UInt16.self)
    case .float16: element.storeBytes(of: Float16Bits.bits(Float(value)), as: UInt16.self)
    case .float32: element.storeBytes(of: Float(value), as: Float.self)
    case .float64: element.storeBytes(of: value, as: Double.self)
    }
  }

  /// Element `index` (row-major) as an `Int`. Floats are truncated towards zero; traps for NaN and for what an `Int`
  /// cannot hold.
  public func integer(at index: Int) -> Int {
    dtype == .int64 ? Int(address(of: index).load(as: Int64.self)) : truncated(double(at: index))
  }

  private func address(of index: Int) -> UnsafeMutableRawPointer {
    require(
      index >= 0 && index < byteCount / dtype.byteCount,
      "element \(index) does not exist in a tensor of shape \(shape), which has \(shape.elementCount)")
    return pointer + index * dtype.byteCount
  }

  private func truncated<Whole: FixedWidthInteger>(_ value: Double) -> Whole {
    guard let whole = Whole(exactly: value.rounded(.towardZero)) else {
      fatalError("\(value) in a tensor \(dtype)\(shape) does not fit \(Whole.self)")
    }
    return whole
  }
}
