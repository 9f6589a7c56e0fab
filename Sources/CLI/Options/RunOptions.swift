import ArgumentParser

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
}
