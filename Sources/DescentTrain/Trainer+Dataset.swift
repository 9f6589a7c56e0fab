import DescentData
import DescentGraph
import DescentNN
import DescentOptim
import DescentRuntime

extension Trainer where Model: UnaryModule {
  /// Trains a network on a dataset in memory, towards one of the usual objectives.
  ///
  /// - Parameters:
  ///   - model: its parameters are drawn anew, unless `keepsParameters` says otherwise.
  ///   - optimizer: with the hyper-parameters to start with.
  ///   - data: what it learns.
  ///   - batch: examples a step takes; nil takes all of them.
  ///   - seed: of the parameters' start, of the order of examples, and of dropout.
  ///   - keepsParameters: whether training goes on from the parameters as they are: loaded, or trained before.
  ///   - objective: nil is the usual one for the data's targets.
  ///   - device: where the steps run; nil is the current one.
  ///   - memoryLimit: bytes that a step's intermediate results may take; nil is no limit.
  /// - Throws: `TrainingError` when data and objective do not fit, and what the other initializer throws.
  public convenience init(
    _ model: Model, optimizer: any OptimizationMethod, on data: Dataset, batch: Int? = 32, seed: Int = 0,
    keepsParameters: Bool = false, objective: Objective? = nil, device: Device? = nil, memoryLimit: Int? = nil
  ) throws {
    let objective = objective ?? .standard(for: data.targets)
    guard data.count > 0 else { throw TrainingError.noExamples(data.name) }
    try objective.check(data)
    try self.init(
      model, optimizer: optimizer, on: data.source(batch: batch, seed: seed), seed: seed,
      keepsParameters: keepsParameters, device: device, memoryLimit: memoryLimit, forward: { $0($1.features) },
      loss: { output, batch in
        try objective.check(output, data)
        return objective.loss(output, batch.targets)
      })
    self.objective = objective
  }

  /// Loss and quality on `data`, with dropout off, where the method wants the network evaluated.
  ///
  /// - Throws: `TrainingError` when the data have no targets that fit.
  public func evaluate(_ data: Dataset) throws -> Evaluation { try evaluator(for: data).evaluate() }

  /// An evaluator that can be asked again and again without tracing anew.
  ///
  /// - Throws: `TrainingError` when the data have no targets that fit.
  public func evaluator(for data: Dataset) throws -> Evaluator {
    let objective = objective ?? .standard(for: data.targets)
    try objective.check(data)
    return Evaluator(model, objective, Evaluator.Source(data), data.targets, on: device) { [self] in
      try withEvaluationPoint($0)
    }
  }
}
