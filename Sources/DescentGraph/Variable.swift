import Synchronization

/// A named, mutable cell: a parameter, a piece of optimizer state, a counter.
///
/// Inside a traced function, reading `value` gives the variable's current value in that function and writing it records
/// the update; the compiled step then reads and writes the memory itself. Outside, reading gives a snapshot, which later
/// steps do not change.
///
/// `@unchecked Sendable`: the memory is written by `assign` and by compiled steps. Whoever shares a variable between
/// threads must not run two of those at once; one step at a time is what training does anyway.
public final class Variable: @unchecked Sendable {
  public let storage: Storage
  /// The property path the variable was found under (`hidden.weight`); "" until somebody names it.
  public var name: String {
    get { label.withLock { $0 } }
    set { label.withLock { $0 = newValue } }
  }
  private let label: Mutex<String>

  public var shape: Shape { storage.shape }
  public var dtype: DType { storage.dtype }

  /// A variable of zeros.
  public init(shape: Shape, dtype: DType = .float32, name: String = "") {
    storage = Storage(shape: shape, dtype: dtype)
    label = Mutex(name)
  }
  /// A variable with `value`, rounded to the type, in every element.
  public init(filled value: Double, shape: Shape, dtype: DType = .float32, name: String = "") {
    storage = Storage(filled: value, shape: shape, dtype: dtype)
    label = Mutex(name)
  }
  /// A variable that starts as a copy of `initial`.
  public init(_ initial: Storage, name: String = "") {
    storage = initial.copy()
    label = Mutex(name)
  }

  public var value: Tensor {
    get { Trace.current?.read(self) ?? Tensor(storage: storage.copy()) }
    set {
      guard let trace = Trace.current else {
        fatalError("variable \(name) \(dtype)\(shape): outside a compiled function use assign(_:), which evaluates")
      }
      trace.write(self, newValue)
    }
  }

  /// Copies `source` into the variable. Traps when shape or dtype differ.
  public func assign(_ source: Storage) {
    require(
      source.shape == shape && source.dtype == dtype,
      "variable \(name) is \(dtype)\(shape); \(source.dtype)\(source.shape) cannot be assigned to it")
    storage.pointer.copyMemory(from: source.pointer, byteCount: storage.byteCount)
  }
}
