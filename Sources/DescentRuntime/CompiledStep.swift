import DescentGraph
import Synchronization

/// A compiled function for arguments of one signature: the loop that trains fills its arguments and runs it.
package final class CompiledStep: Sendable {
  package let prepared: any PreparedStep
  /// Of all variables, and the one of them that runs take: they are one as soon as they are joined.
  private let turns: [Turn]
  private let turn: Turn
  private let requirements: [Program.Requirement]
  /// Whether they are. Not before the first run: joining waits for runs, and whoever prepares holds a lock that those may
  /// want.
  private let isJoined = Atomic(false)

  package init(_ prepared: any PreparedStep, of program: Program) {
    self.prepared = prepared
    turns = program.turns
    requirements = program.requirements
    turn = turns.first ?? Turn()
  }

  private func join() {
    if isJoined.load(ordering: .acquiring) { return }
    _ = Turn.joining(turns)
    isJoined.store(true, ordering: .releasing)
  }

  /// One run, with nobody else between its parts. Allocates nothing of its own.
  ///
  /// - Parameters:
  ///   - fill: writes the arguments.
  ///   - read: takes what is wanted out of the results.
  /// - Throws: `ValueError` for an argument with an element that the program does not allow.
  package func run<Outcome>(
    _ fill: (_ arguments: [Buffer]) throws -> Void = { _ in }, _ read: (_ results: [Buffer]) throws -> Outcome
  ) throws -> Outcome {
    join()
    return try turn.take {
      try fill(prepared.arguments)
      try check()
      try prepared.run()
      return try read(prepared.results)
    }
  }

  private func check() throws {
    // Counted: in debug builds an array's iterator allocates.
    var i = 0
    while i < requirements.count {
      if let violation = requirements[i].requirement.violation(in: prepared.arguments[requirements[i].argument].rows) {
        throw violation
      }
      i += 1
    }
  }

  /// One run with the arguments and results as they are.
  package func run() throws {
    join()
    try turn.take { try prepared.run() }
  }
}
