import DescentGraph

/// What makes programs run: a folder of its own, and a row in ``Device``'s table.
package protocol Backend: Sendable {
  /// Begins to open what programs need (libraries, a client of a device), beside the tracing that comes first.
  ///
  /// - Returns: what to call before the process may end: it waits.
  func beginOpening() -> @Sendable () -> Void

  /// Makes a program ready to run again and again, as a whole: what is planned, compiled and allocated is done here.
  ///
  /// - Parameter note: is told when a part of it is done.
  func prepare(
    _ program: Program, _ options: CompileOptions, note: (_ part: String) -> Void
  ) throws -> any PreparedStep
}

extension Backend {
  package func beginOpening() -> @Sendable () -> Void { {} }
}

/// A program that is ready to run. Whoever runs it has the program's turn (``Turn``), so that nobody else uses its buffers and
/// variables meanwhile.
///
/// Arguments and results stay where they are from run to run, and nothing is passed along: a run allocates nothing.
package protocol PreparedStep: AnyObject, Sendable {
  /// Filled before a run, one for each argument of the program.
  var arguments: [Buffer] { get }
  /// Read after it, one for each result.
  var results: [Buffer] { get }
  /// Computes the results and updates the variables' buffers.
  func run() throws
}

/// What a compiled program may trade, and what it must keep to.
package struct CompileOptions: Hashable, Sendable {
  package var precision: Precision
  /// Bytes that the intermediate results of a run may take; nil is no limit.
  package var memoryLimit: Int?

  package init(precision: Precision = .fast, memoryLimit: Int? = nil) {
    self.precision = precision
    self.memoryLimit = memoryLimit
  }
}
