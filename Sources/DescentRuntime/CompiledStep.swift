import DescentGraph
import Synchronization

/// A compiled function for arguments of one signature: the loop that trains fills its arguments and runs it.
package final class CompiledStep: Sendable {
  package let prepared: any PreparedStep
  private let turns: [Turn]
  /// All turns as one, from the first run on. Not before: joining waits for runs, and whoever prepares holds a lock that
  /// those may want.
  private let joined = Mutex<Turn?>(nil)

  package init(_ prepared: any PreparedStep, of program: Program) {
    self.prepared = prepared
    turns = program.turns
  }

  private var turn: Turn {
    if let known = joined.withLock({ $0 }) { return known }
    let turn = Turn.joining(turns)
    return joined.withLock { known in
      // A step without variables has one turn, whoever asked first.
      if let known { return known }
      known = turn
      return turn
    }
  }

  /// One run, with nobody else between its parts. Allocates nothing of its own.
  ///
  /// - Parameters:
  ///   - fill: writes the arguments.
  ///   - read: takes what is wanted out of the results.
  package func run<Outcome>(
    _ fill: (_ arguments: [Buffer]) throws -> Void = { _ in }, _ read: (_ results: [Buffer]) throws -> Outcome
  ) throws -> Outcome {
    try turn.take {
      try fill(prepared.arguments)
      try prepared.run()
      return try read(prepared.results)
    }
  }

  /// One run with the arguments and results as they are.
  package func run() throws { try turn.take { try prepared.run() } }
}
