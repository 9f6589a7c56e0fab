import DescentBench
import ArgumentParser
import Descent

/// Other sizes for the workloads that are transformers.
struct SizeOptions: ParsableArguments {
  @Option(help: "Features of a token.") var width: Int?
  @Option(help: "Blocks.") var depth: Int?
  @Option(help: "Attention heads; they divide the width.") var heads: Int?
  @Option(help: "Tokens of a sequence.") var context: Int?

  private var values: [(name: String, value: Int?)] {
    [("--width", width), ("--depth", depth), ("--heads", heads), ("--context", context)]
  }

  /// The options that were given.
  var given: [String] { values.filter { $0.value != nil }.map(\.name) }

  /// The options as a command line has them.
  var arguments: [String] { values.flatMap { option in option.value.map { [option.name, String($0)] } ?? [] } }

  func validate() throws {
    for case (let name, let value?) in values where value < 1 {
      throw ValidationError("\(name) must be at least 1, not \(value).")
    }
  }

  /// `workload` with the sizes that were given, and with `batch` sequences a step.
  func applied(to workload: Workload, batch: Int?) throws -> Workload {
    guard let option = given.first ?? (batch == nil ? nil : "--batch") else { return workload }
    guard var size = workload.size else {
      throw ValidationError("\(option) is for the transformers; '\(workload.name)' has a size of its own.")
    }
    size.width = width ?? size.width
    size.depth = depth ?? size.depth
    size.heads = heads ?? size.heads
    size.context = context ?? size.context
    size.batch = batch ?? size.batch
    guard size.width % size.heads == 0 else {
      throw ValidationError("the width \(size.width) cannot be divided into \(size.heads) heads; give --heads as well.")
    }
    return .transformer(workload.name, size)
  }
}
