import DescentGraph
import DescentReference
import DescentRuntime
import Synchronization

/// A toy of a back end: it counts the ops that it is given, and has the reference compute them. With its row in
/// ``BackendTable`` it is all that a third back end takes.
package final class CountingBackend: Backend {
  private let counts = Mutex<[String: Int]>([:])

  package init() {}

  /// How many nodes of each op it has prepared so far.
  package var opCounts: [String: Int] { counts.withLock { $0 } }

  package func prepare(
    _ program: Program, _ options: CompileOptions, note: (_ part: String) -> Void
  ) throws -> any PreparedStep {
    counts.withLock { counts in
      for node in Node.topologicalOrder(of: program.roots) { counts[node.op.name, default: 0] += 1 }
    }
    return try ReferenceBackend().prepare(program, options, note: note)
  }
}
