import ArgumentParser
import Descent
import Foundation

/// How long to train.
struct BudgetOptions: ParsableArguments {
  @Option(help: "Passes over the training data.")
  var epochs = 30

  @Option(help: "Examples per step. (default: 32)")
  var batch: Int?

  var batchSize: Int { batch ?? 32 }

  func validate() throws {
    try Bounds.check(epochs, "--epochs")
    try Bounds.check(batch, "--batch")
  }
}

/// How much memory a step may take.
struct MemoryOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The most memory a step's intermediate results may take, such as 200MB; what does not fit is computed again.",
      valueName: "size"))
  var memoryLimit: ByteCount?
}

/// A number of bytes as people write it: `200MB`, `1.5GB`, `64kB`, `4096`.
struct ByteCount: ExpressibleByArgument {
  let bytes: Int

  init?(argument: String) {
    let units: [(String, Double)] = [("kb", 1e3), ("mb", 1e6), ("gb", 1e9), ("b", 1)]
    let text = argument.lowercased()
    let unit = units.first { text.hasSuffix($0.0) }
    guard let number = Double(text.dropLast(unit?.0.count ?? 0)), case let size = number * (unit?.1 ?? 1), size >= 1,
      size < 1e18
    else { return nil }
    bytes = Int(size)
  }
}

/// What is written where.
struct OutputOptions: ParsableArguments {
  @Flag(help: "Write the results as JSON.")
  var json = false

  @Flag(name: .shortAndLong, help: "Write no progress.")
  var quiet = false

  /// Writes a page and says where, apart from results that are for programs.
  func write(report html: String, to path: String) throws {
    let isReplaced = FileManager.default.fileExists(atPath: path)
    try AtomicFile.write(Array(html.utf8), to: path)
    let line = "report written to \(path)" + (isReplaced ? ", in place of the one that was there" : "")
    if json { if !quiet { StandardError.write("\(line)\n") } } else { print(line) }
  }
}
