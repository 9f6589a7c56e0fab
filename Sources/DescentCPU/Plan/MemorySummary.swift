import DescentGraph
import DescentRuntime

/// The memory that a plan's step will hold, known before anything has run. Machine code and the libraries come on top.
package struct MemorySummary: Sendable {
  /// Bytes of the model's own variables.
  package let parameters: Int
  /// Bytes of all other variables: what the optimizer remembers.
  package let optimizerState: Int
  /// Bytes of intermediate results, after buffers that do not live at the same time share memory.
  package let arena: Int
  package let argumentsAndResults: Int
  /// Bytes of data that the step holds, such as a dataset.
  package let constants: Int

  package var total: Int { parameters + optimizerState + arena + argumentsAndResults + constants }
}

extension Plan {
  /// - Parameters:
  ///   - parameters: the model's variables; the others count as the optimizer's.
  package func memorySummary(parameters: [Variable]) -> MemorySummary {
    let known = Set(parameters.map { ObjectIdentifier($0) })
    var bytes = (model: 0, optimizer: 0)
    for read in program.reads {
      if known.contains(ObjectIdentifier(read.variable)) {
        bytes.model += read.buffer.byteCount
      } else {
        bytes.optimizer += read.buffer.byteCount
      }
    }
    var constants: [ObjectIdentifier: Int] = [:]
    for node in Node.topologicalOrder(of: program.roots) {
      if case .constant(.data(let storage)) = node.op { constants[ObjectIdentifier(storage)] = storage.byteCount }
    }
    let feeds = program.feeds.map(\.input)
    return MemorySummary(
      parameters: bytes.model, optimizerState: bytes.optimizer, arena: arenaByteCount,
      argumentsAndResults: (program.arguments + program.results + feeds).reduce(0) { $0 + $1.byteCount },
      constants: constants.values.reduce(0, +))
  }
}
