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
    let entry = try MethodChoice.entry(named: optimizer.optimizer)
    if entry.isFullBatch, budget.batch != nil {
      throw UsageError("\(entry.name) takes all examples in every step and has no --batch; sgd takes batches.")
    }
    let batch = entry.isFullBatch ? data.train.count : min(budget.batchSize, data.train.count)
    let stepsPerEpoch = (data.train.count + batch - 1) / batch
    self.optimizer = try optimizer.make(epochs: budget.epochs, stepsPerEpoch: stepsPerEpoch)

    var experiment = Experiment()
    experiment.hidden = network.hiddenWidths
    experiment.activation = network.activation
    experiment.dropout = network.dropout
    experiment.optimizer = self.optimizer.method
    experiment.plateau = self.optimizer.plateau
    experiment.batch = batch
    experiment.epochs = budget.epochs
    experiment.seed = seed
    experiment.memoryLimit = memoryLimit?.bytes
    experiment.objective = try objective.chosen(for: data)
    self.experiment = experiment
    try NetworkOptions.checkMemory(experiment.widths(for: data))
  }

  /// The layer widths: `64-128-10`.
  var network: String { experiment.widths(for: data).map(String.init).joined(separator: "-") }

  var objective: Objective { experiment.objective ?? .standard(for: data.train.targets) }
}
