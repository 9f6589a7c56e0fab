import Descent

/// Everything about one training run that follows from the options, for the commands that need a run.
struct TrainingPlan {
  let source: DataSource
  let data: PreparedData
  let experiment: Experiment
  let optimizer: OptimizerOptions.Chosen

  /// - Parameters:
  ///   - target: the column to predict.
  init(
    data options: DataOptions, target: String?, network: NetworkOptions, objective: ObjectiveOptions,
    optimizer: OptimizerOptions, budget: BudgetOptions, seed: Int, memoryLimit: ByteCount? = nil
  ) throws {
    source = try DataSource(options.data, options.table, column: target, columnOption: "--target")
    data = try source.prepare(seed: seed)
    let entry = try MethodChoice.described(named: optimizer.optimizer)
    if entry.isFullBatch, budget.batch != nil {
      throw UsageError("\(entry.name) takes all examples in every step and has no --batch; sgd takes batches.")
    }
    let batch = entry.isFullBatch ? data.train.count : min(budget.batchSize, data.train.count)
    let stepsPerEpoch = (data.train.count + batch - 1) / batch

    var experiment = Experiment()
    experiment.hidden = network.hiddenWidths
    experiment.activation = network.activation
    experiment.dropout = network.dropout
    experiment.batch = batch
    experiment.epochs = budget.epochs
    experiment.seed = seed
    experiment.memoryLimit = memoryLimit?.bytes
    experiment.objective = try objective.chosen(for: data)
    if let fullBatch = entry as? FullBatchEntry {
      if network.dropout > 0 {
        throw UsageError(
          "\(entry.name) has no --dropout: a line search needs the same loss in every evaluation.")
      }
      self.optimizer = try optimizer.make(fullBatch)
    } else {
      self.optimizer = try optimizer.make(
        MethodChoice.entry(named: entry.name), epochs: budget.epochs, stepsPerEpoch: stepsPerEpoch)
    }
    switch self.optimizer.kind {
    case .steps(let method, let plateau): (experiment.optimizer, experiment.plateau) = (method, plateau)
    case .fullBatch(let method): experiment.fullBatch = method
    }
    self.experiment = experiment
    try NetworkOptions.checkMemory(experiment.widths(for: data))
  }

  /// The layer widths: `64-128-10`.
  var network: String { experiment.widths(for: data).map(String.init).joined(separator: "-") }

  var objective: Objective { experiment.objective ?? .standard(for: data.train.targets) }
}
