import DescentGraph
import Synchronization

/// A compiled function for arguments of one signature: the loop that trains fills its arguments and runs it.
package final class CompiledStep: Sendable {
  package let prepared: any PreparedStep
  /// Of all variables, and the one of them that runs take: they are one as soon as they are joined.
  private let turns: [Turn]
  private let turn: Turn
  /// Whether they are. Not before the first run: joining waits for runs, and whoever prepares holds a lock that those may
  /// want.
  private let isJoined = Atomic(false)

  package init(_ prepared: any PreparedStep, of program: Program) {
    self.prepared = prepared
    turns = program.turns
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
  package func run<Outcome>(
    _ fill: (_ arguments: [Buffer]) throws -> Void = { _ in }, _ read: (_ results: [Buffer]) throws -> Outcome
  ) throws -> Outcome {
    join()
    return try turn.take {
      try fill(prepared.arguments)
      try prepared.run()
      return try read(prepared.results)
    }
  }

  /// One run with the arguments and results as they are.
  package func run() throws {
    join()
    try turn.take { try prepared.run() }
  }
}
