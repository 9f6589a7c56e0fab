import DescentGraph
import RealModule

extension Interpreter {
  /// A tensor's value: `Scalar`s for every float dtype, `Int`s for integers and bools (0 and 1), row-major.
  package struct Value: Sendable {
    package enum Elements: Sendable {
      case floats([Scalar])
      case integers([Int])
    }

    package let shape: Shape
    package let dtype: DType
    package let elements: Elements

    /// Floats. Traps when `dtype` is no float type or the count does not fill `shape`.
    package init(floats: [Scalar], shape: Shape, dtype: DType = .float32) {
      require(
        dtype.isFloat && floats.count == shape.elementCount,
        "reference: \(floats.count) floats do not make a \(dtype)\(shape)")
      self.shape = shape
      self.dtype = dtype
      elements = .floats(floats)
    }

    /// Integers or bools, already within the range of `dtype`. Traps as the other initializer does.
    package init(integers: [Int], shape: Shape, dtype: DType = .int32) {
      require(
        !dtype.isFloat && integers.count == shape.elementCount,
        "reference: \(integers.count) integers do not make a \(dtype)\(shape)")
      self.shape = shape
      self.dtype = dtype
      elements = .integers(integers)
    }

    /// The elements of a float value; traps on integers.
    package var floats: [Scalar] {
      guard case .floats(let floats) = elements else { fatalError("reference: \(dtype)\(shape) holds integers") }
      return floats
    }

    /// The elements of an integer or bool value; traps on floats.
    package var integers: [Int] {
      guard case .integers(let integers) = elements else { fatalError("reference: \(dtype)\(shape) holds floats") }
      return integers
    }

    /// The same elements under another shape of as many elements.
    func reshaped(to shape: Shape) -> Value {
      switch elements {
      case .floats(let x): Value(floats: x, shape: shape, dtype: dtype)
      case .integers(let x): Value(integers: x, shape: shape, dtype: dtype)
      }
    }

    /// A value of `shape` whose element at each index is this value's element at the offset `source` gives, or the only
    /// element of `fill` where `source` gives nil.
    func rearranged(to shape: Shape, fill: Value? = nil, _ source: ([Int]) -> Int?) -> Value {
      var offsets: [Int?] = []
      offsets.reserveCapacity(shape.elementCount)
      shape.forEachIndex { offsets.append(source($0)) }
      switch elements {
      case .floats(let x):
        return Value(floats: offsets.map { $0.map { x[$0] } ?? fill!.floats[0] }, shape: shape, dtype: dtype)
      case .integers(let x):
        return Value(integers: offsets.map { $0.map { x[$0] } ?? fill!.integers[0] }, shape: shape, dtype: dtype)
      }
    }
  }
}

extension Interpreter.Value {
  /// The value a storage holds; exact, except that `Scalar` may be narrower than float64.
  package init(_ storage: Storage) {
    let range = 0..<storage.shape.elementCount
    if storage.dtype.isFloat {
      self.init(floats: range.map { Scalar(storage.double(at: $0)) }, shape: storage.shape, dtype: storage.dtype)
    } else {
      self.init(integers: range.map { storage.integer(at: $0) }, shape: storage.shape, dtype: storage.dtype)
    }
  }

  /// A new storage with this value, each float rounded to `dtype`.
  package func storage() -> Storage {
    let storage = Storage(shape: shape, dtype: dtype)
    switch elements {
    case .floats(let x):
      for (i, element) in x.enumerated() { storage.set(Double(element), at: i) }
    case .integers(let x):
      for (i, element) in x.enumerated() {
        // `set` takes a Double, which does not hold every i64.
        if dtype == .int64 {
          storage.pointer.storeBytes(of: Int64(element), toByteOffset: i * 8, as: Int64.self)
        } else {
          storage.set(Double(element), at: i)
        }
      }
    }
    return storage
  }

  /// Element `index` (row-major) as a `Double`; an i64 beyond 2^53 is rounded.
  package func double(at index: Int) -> Double {
    switch elements {
    case .floats(let x): Double(x[index])
    case .integers(let x): Double(x[index])
    }
  }
}
