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
    byteCount = shape.elementCount * dtype.byteCount
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
    switch dtype {
    case .bool, .uint8: Double(pointer.load(fromByteOffset: index, as: UInt8.self))
    case .int32: Double(pointer.load(fromByteOffset: index * 4, as: Int32.self))
    case .int64: Double(pointer.load(fromByteOffset: index * 8, as: Int64.self))
    case .bfloat16: Double(BFloat16.value(pointer.load(fromByteOffset: index * 2, as: UInt16.self)))
    case .float16: Double(Float16Bits.value(pointer.load(fromByteOffset: index * 2, as: UInt16.self)))
    case .float32: Double(pointer.load(fromByteOffset: index * 4, as: Float.self))
    case .float64: pointer.load(fromByteOffset: index * 8, as: Double.self)
    }
  }

  /// Writes `value`, rounded to the storage's type, to element `index`. Integer types truncate it towards zero;
  /// they trap for NaN and for what they cannot hold.
  public func set(_ value: Double, at index: Int) {
    switch dtype {
    case .bool: pointer.storeBytes(of: value == 0 ? 0 : 1, toByteOffset: index, as: UInt8.self)
    case .uint8: pointer.storeBytes(of: UInt8(value), toByteOffset: index, as: UInt8.self)
    case .int32: pointer.storeBytes(of: Int32(value), toByteOffset: index * 4, as: Int32.self)
    case .int64: pointer.storeBytes(of: Int64(value), toByteOffset: index * 8, as: Int64.self)
    case .bfloat16: pointer.storeBytes(of: BFloat16.bits(Float(value)), toByteOffset: index * 2, as: UInt16.self)
    case .float16: pointer.storeBytes(of: Float16Bits.bits(Float(value)), toByteOffset: index * 2, as: UInt16.self)
    case .float32: pointer.storeBytes(of: Float(value), toByteOffset: index * 4, as: Float.self)
    case .float64: pointer.storeBytes(of: value, toByteOffset: index * 8, as: Double.self)
    }
  }

  /// Element `index` (row-major) as an `Int`. Floats are truncated towards zero; traps for NaN and for what an `Int`
  /// cannot hold.
  public func integer(at index: Int) -> Int {
    switch dtype {
    case .int64: Int(pointer.load(fromByteOffset: index * 8, as: Int64.self))
    case .bool, .uint8, .int32, .bfloat16, .float16, .float32, .float64: Int(double(at: index))
    }
  }
}
