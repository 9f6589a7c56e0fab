#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif
import DescentGraph
import Synchronization

/// A named, mutable cell: a parameter, a piece of optimizer state, a counter.
///
/// Inside a compiled function, reading ``value`` gives the variable's current value in that function and writing it records
/// the update; the compiled step then reads and writes the memory itself. Outside, reading gives a snapshot, which later
/// steps do not change.
///
/// A variable can be shared between tasks: steps that use it, snapshots and assignments take turns.
public final class Variable: TracedVariable, Sendable {
  package let buffer: Buffer
  /// Taken by everyone who reads or writes the elements; steps join those of all their variables.
  package let turn = Turn()
  /// The property path the variable was found under (`hidden.weight`); "" until somebody names it.
  public var name: String {
    get { label.withLock { $0 } }
    set { label.withLock { $0 = newValue } }
  }
  private let label: Mutex<String>

  /// Whether a module's parameter stands behind it: then it has a name as soon as somebody has found it.
  package let isParameter: Bool
  /// How many updaters train it.
  private let updaters = Atomic(0)
  package var isTrained: Bool { updaters.load(ordering: .relaxed) > 0 }
  package func beginTraining() { updaters.add(1, ordering: .relaxed) }
  package func endTraining() { updaters.subtract(1, ordering: .relaxed) }

  /// The value's extents.
  public var shape: Shape { buffer.shape }
  /// The type of its elements.
  public var dtype: DType { buffer.dtype }

  /// The elements in rows: the memory itself and no copy, so that writing to it changes the variable. It is given out between
  /// two steps and not kept from later ones: where other tasks may run some, use ``snapshot()`` and ``assign(_:)-(Storage)``.
  public var storage: Storage { turn.take { buffer.rows } }

  /// A variable of zeros.
  public init(shape: Shape, dtype: DType = .float32, name: String = "") {
    buffer = Buffer(shape: shape, dtype: dtype)
    label = Mutex(name)
    isParameter = false
  }
  /// The zeros that a module's parameter starts from.
  package init(parameterOf shape: Shape, dtype: DType) {
    buffer = Buffer(shape: shape, dtype: dtype)
    label = Mutex("")
    isParameter = true
  }
  /// A variable with `value`, rounded to the type, in every element.
  public init(filled value: Double, shape: Shape, dtype: DType = .float32, name: String = "") {
    buffer = Buffer(owning: Storage(filled: value, shape: shape, dtype: dtype))
    label = Mutex(name)
    isParameter = false
  }
  /// A variable that starts as a copy of `initial`.
  public init(_ initial: Storage, name: String = "") {
    buffer = Buffer(owning: initial.copy())
    label = Mutex(name)
    isParameter = false
  }

  /// The present value: in a compiled function a tensor of its graph, elsewhere a snapshot.
  ///
  /// Writing it inside a compiled function is the update; outside, use ``assign(_:)-(Tensor)``.
  public var value: Tensor {
    get { Trace.current?.read(self) ?? Tensor(present()) }
    set {
      guard let trace = Trace.current else {
        fatalError("variable \(name) \(dtype)\(shape): outside a compiled function use assign(_:), which evaluates")
      }
      trace.write(self, newValue)
    }
  }

  /// The elements as they are now as a constant: the one of the last time where nothing has changed, so that a loss which
  /// read the variable depends on what it gives to whoever asks for the gradient.
  private func present() -> Node {
    turn.take {
      let rows = buffer.rows
      if let known = last.withLock({ $0.node }), case .constant(.data(let storage)) = known.op,
        memcmp(storage.pointer, rows.pointer, rows.byteCount) == 0
      {
        return known
      }
      let node = Tensor(storage: rows.copy()).node
      last.withLock { $0.node = node }
      return node
    }
  }
  private struct Last: Sendable { weak var node: Node? }
  private let last = Mutex(Last())

  /// A copy of the elements as they are now, between two steps.
  public func snapshot() -> Storage { turn.take { buffer.copy() } }

  /// Copies `source` into the variable, between two steps. Traps when shape or dtype differ.
  public func assign(_ source: Storage) {
    require(
      source.shape == shape && source.dtype == dtype,
      "variable \(name) is \(dtype)\(shape); \(source.dtype)\(source.shape) cannot be assigned to it")
    turn.take { buffer.fill(from: source) }
  }

  /// Gives the variable a new value, evaluated now.
  ///
  /// - Throws: what the device's back end throws, such as `EngineError` when a library is missing.
  public func assign(_ tensor: Tensor) throws { assign(try tensor.storage()) }
}

extension Program.Read {
  /// The memory that the program reads.
  package var buffer: Buffer { Variable.behind(variable).buffer }
}

extension Program.Update {
  /// The memory that the program writes.
  package var buffer: Buffer { Variable.behind(variable).buffer }
}

extension Program {
  /// The turns of all variables that the program uses.
  package var turns: [Turn] { reads.map { Variable.behind($0.variable).turn } }
}

extension Variable {
  /// The variable that a trace has recorded.
  fileprivate static func behind(_ traced: any TracedVariable) -> Variable {
    guard let variable = traced as? Variable else {
      fatalError("\(type(of: traced)) \(traced.name) has no memory that a step could read or write")
    }
    return variable
  }
}
