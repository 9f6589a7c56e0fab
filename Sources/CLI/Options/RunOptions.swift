import ArgumentParser

/// How long to train.
struct BudgetOptions: ParsableArguments {
  @Option(help: "Passes over the training data.")
  var epochs = 30

  @Option(help: "Examples per step. (default: 32)")
  var batch: Int?

  var batchSize: Int { batch ?? 32 }

  func validate() throws {
    guard epochs >= 1 else { throw ValidationError("--epochs must be at least 1, not \(epochs).") }
    guard batchSize >= 1 else { throw ValidationError("--batch must be at least 1, not \(batchSize).") }
  }
}

/// What is written where.
struct OutputOptions: ParsableArguments {
  @Flag(help: "Write the results as JSON.")
  var json = false

  @Flag(name: .shortAndLong, help: "Write no progress.")
  var quiet = false
}
