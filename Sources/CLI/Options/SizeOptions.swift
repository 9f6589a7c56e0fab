import DescentBench
import ArgumentParser
import DescentText
import Foundation
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
    for (name, value) in values { try Bounds.check(value, name, to: Bounds.listed) }
  }

  /// Refuses what cannot be in memory: the blocks' weights and gradients, and a batch's features, 4 bytes each.
  private func checkMemory(_ size: Workload.TransformerSize) throws {
    let (width, depth) = (Double(size.width), Double(size.depth))
    let weights: Double = 12 * depth * width * width
    let features: Double = Double(size.batch) * Double(size.context) * width
    let needed: Double = 8 * (weights + features)
    guard needed < Double(ProcessInfo.processInfo.physicalMemory) else {
      let gigabytes = NumberText.significant(needed / 1e9, 2)
      throw ValidationError(
        "a step with \(given.joined(separator: ", ")) needs \(gigabytes) GB or more, which this machine does not have.")
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
    try checkMemory(size)
    return .transformer(workload.name, size)
  }
}
