/// What one run of a Swift function did to tensors: the way a function becomes a `Program`.
///
/// `@unchecked Sendable`: a trace is task-local and only the task that records it touches it.
package final class Trace: @unchecked Sendable {
  @TaskLocal package static var current: Trace?

  private var inputCount = 0
  private var arguments: [Node] = []
  private var feeds: [Program.Feed] = []
  private var feedNodes: [AnyHashable: Tensor] = [:]
  /// Those that were read or written so far.
  package private(set) var variables: [any TracedVariable] = []
  private var inputs: [ObjectIdentifier: Node] = [:]
  private var current: [ObjectIdentifier: Tensor] = [:]
  /// Values that somebody wants to find again later in this trace.
  private var notes: [ObjectIdentifier: Tensor] = [:]
  /// Layers that ran for evaluation although nobody had asked for it; a training step refuses them.
  package private(set) var evaluatedLayers: [String] = []
  package func noteEvaluation(of layer: String) { evaluatedLayers.append(layer) }

  private var requirements: [Program.Requirement] = []
  /// The first constant that is not as it must be.
  private var violation: ValueError?

  /// `input` must be as `requirement` says, if it is an argument; false if not: variables are the program's own affair.
  func note(_ requirement: ValueRequirement, of input: Node) -> Bool {
    guard let argument = arguments.firstIndex(of: input) else { return false }
    let new = Program.Requirement(argument: argument, requirement: requirement)
    if !requirements.contains(new) { requirements.append(new) }
    return true
  }
  func note(_ violation: ValueError) { self.violation = self.violation ?? violation }

  /// The lengths of the loops whose bodies are being traced, one within the other.
  private var loops: [Int] = []

  /// How often a run executes what is being traced: in the body of a loop its length, elsewhere once.
  package static var repetitions: Int { current?.loops.reduce(1, *) ?? 1 }

  private func input(_ name: String, _ shape: Shape, _ dtype: DType) -> Node {
    defer { inputCount += 1 }
    return Node(.input(InputID(index: inputCount, name: name)), [], shape: shape, dtype: dtype)
  }

  /// Runs `body` on new inputs of the given types and records what it does.
  package static func record(
    arguments: [(name: String, shape: Shape, dtype: DType)], _ body: ([Tensor]) throws -> [Tensor]
  ) rethrows -> Program {
    let trace = Trace()
    trace.arguments = arguments.map { trace.input($0.name, $0.shape, $0.dtype) }
    let results = try $current.withValue(trace) { try body(trace.arguments.map(Tensor.init)) }
    return trace.program(results: results.map(\.node))
  }

  private func program(results: [Node]) -> Program {
    let updates = variables.compactMap { variable -> Program.Update? in
      let key = ObjectIdentifier(variable)
      guard let value = current[key]?.node, value !== inputs[key] else { return nil }
      return Program.Update(variable: variable, value: value)
    }
    let reads = variables.map { Program.Read(variable: $0, input: inputs[ObjectIdentifier($0)]!) }
    var program = Program(arguments: arguments, feeds: feeds, reads: reads, results: results, updates: updates)
    program.requirements = requirements
    program.violation = violation
    return program
  }

  package func read(_ variable: any TracedVariable) -> Tensor {
    let key = ObjectIdentifier(variable)
    if let tensor = current[key] { return tensor }
    let node = input(
      variable.name.isEmpty ? "variable\(variables.count)" : variable.name, variable.shape, variable.dtype)
    variables.append(variable)
    inputs[key] = node
    current[key] = Tensor(node)
    return Tensor(node)
  }

  /// Traces the body of a loop: variables and feeds can be read, but not written.
  static func withinLoop<Result>(of length: Int, _ body: () throws -> Result) rethrows -> Result {
    guard let trace = current else { return try body() }
    trace.loops.append(length)
    defer { trace.loops.removeLast() }
    return try body()
  }

  /// A variable that was written, with its values before and after.
  struct Write {
    let variable: any TracedVariable
    let before: Tensor
    let value: Tensor
  }

  /// Runs `body` and gives the variables that it wrote, with their values at its end. What it noted is forgotten: those
  /// values are the body's own.
  static func collectingWrites<Result>(_ body: () throws -> Result) rethrows -> (result: Result, writes: [Write]) {
    guard let trace = current else { return (try body(), []) }
    let (before, notes) = (trace.current, trace.notes)
    let result = try body()
    let writes = trace.variables.compactMap { variable -> Write? in
      let key = ObjectIdentifier(variable)
      let (old, value) = (before[key] ?? Tensor(trace.inputs[key]!), trace.current[key]!)
      return value.node === old.node ? nil : Write(variable: variable, before: old, value: value)
    }
    trace.notes = trace.notes.filter { $1.node === notes[$0]?.node }
    return (result, writes)
  }

  package func write(_ variable: any TracedVariable, _ value: Tensor) {
    require(
      loops.isEmpty,
      "variable \(variable.name) is written in the body of a loop; return the value and write it outside"
    )
    require(
      value.shape == variable.shape && value.dtype == variable.dtype,
      "variable \(variable.name) is \(variable.dtype)\(variable.shape); a value \(value.dtype)\(value.shape) does not fit"
    )
    _ = read(variable)
    current[ObjectIdentifier(variable)] = value
  }

  /// Remembers a value for the rest of this trace, under the identity of whoever asks.
  package func note(_ value: Tensor?, for owner: AnyObject) { notes[ObjectIdentifier(owner)] = value }
  package func noted(for owner: AnyObject) -> Tensor? { notes[ObjectIdentifier(owner)] }

  /// A scalar that the host computes anew before every run of the program: a learning rate, a decay factor.
  ///
  /// `key` identifies it: asking twice for one key gives one input.
  package func feed(
    _ name: @autoclosure () -> String, key: AnyHashable, value: @escaping @Sendable () -> Double
  ) -> Tensor {
    if let known = feedNodes[key] { return known }
    let node = input(name(), [], .float64)
    feeds.append(Program.Feed(input: node, value: value))
    feedNodes[key] = Tensor(node)
    return Tensor(node)
  }
}

/// What a program reads and updates from run to run, by identity: the graph knows its type, and no memory.
package protocol TracedVariable: AnyObject, Sendable {
  var name: String { get }
  var shape: Shape { get }
  var dtype: DType { get }
}

/// A traced function: its inputs, its results, and the variables it reads and updates.
package struct Program: Sendable {
  package struct Feed: Sendable {
    package let input: Node
    package let value: @Sendable () -> Double
  }
  package struct Read: Sendable {
    package let variable: any TracedVariable
    package var input: Node
  }
  package struct Update: Sendable {
    package let variable: any TracedVariable
    package var value: Node
  }

  /// What an argument's elements must be.
  package struct Requirement: Sendable, Equatable {
    package let argument: Int
    package let requirement: ValueRequirement
  }

  package var arguments: [Node]
  package var feeds: [Feed]
  package var reads: [Read]
  package var results: [Node]
  package var updates: [Update]
  /// What is looked at before each run.
  package var requirements: [Requirement] = []
  /// Data in the program that is not as it must be: it cannot run.
  package var violation: ValueError?

  /// Everything the program must compute.
  package var roots: [Node] { results + updates.map(\.value) }

  /// The same program with each root replaced.
  package func mapRoots(_ transform: ([Node]) -> [Node]) -> Program {
    let mapped = transform(roots)
    var copy = self
    copy.results = Array(mapped[..<results.count])
    for i in updates.indices { copy.updates[i].value = mapped[results.count + i] }
    return copy
  }
}
