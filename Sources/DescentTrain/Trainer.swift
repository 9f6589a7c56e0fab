import DescentData
import DescentRuntime
import DescentGraph
import DescentNN
import DescentOptim

/// Trains a network on a dataset in memory: one compiled step, replayed for every batch.
///
/// The dataset stays where it is; a step gets the indices of its examples and gathers them itself. After the first epoch
/// a step traces and allocates nothing.
///
/// ```swift
/// let trainer = try Trainer(model, optimizer: AdamW(), on: split.train, batch: 32, seed: 0)
/// for _ in 1...30 { try trainer.epoch() }
/// print(try trainer.evaluate(split.test).accuracy ?? 0)
/// ```
public final class Trainer<Model: UnaryModule> {
  public let model: Model
  public let objective: Objective
  public let batch: Int
  /// Steps taken.
  public private(set) var steps = 0
  /// Epochs completed.
  public private(set) var epochs = 0
  /// Wall time spent in `epoch()`, tracing and compiling included.
  public private(set) var seconds = 0.0
  /// Checked before every step; when it says true, `epoch()` returns early.
  public var isCancelled: () -> Bool = { false }

  private let order: BatchOrder
  private var rows: [Int32] = []
  private let step: CompiledFunction
  /// The compiled step by batch size: the usual one, and that of an epoch's last batch.
  private var compiledSteps: [Int: CompiledStep] = [:]
  private let learningRate: () -> Double
  private let withEvaluationPoint: (() throws -> Void) throws -> Void

  /// Leaves the model where it is to be evaluated and saved (an average of the path, for some methods): the end of training.
  public let moveToEvaluationPoint: () throws -> Void
  /// Steps left out because a gradient was not finite; nil when the method leaves none out.
  public var skippedSteps: Int? { skipped() }
  private let skipped: () -> Int?
  /// Multiplies the learning rate by a factor, which replaces an earlier one: for ``ReduceOnPlateau``.
  public let scaleLearningRate: (_ factor: Double) -> Void

  /// - Parameters:
  ///   - batch: examples a step takes; nil takes all of them.
  ///   - seed: of the parameters' start, of the order of examples, and of dropout.
  ///   - memoryLimit: bytes that a step's intermediate results may take; nil is no limit.
  /// - Throws: `TrainingError` when data and objective do not fit, `EngineError` when an engine library is missing.
  public init<Method: OptimizationMethod>(
    _ model: Model, optimizer: Method, on data: Dataset, batch: Int? = 32, seed: Int = 0, objective: Objective? = nil,
    memoryLimit: Int? = nil
  ) throws {
    let objective = objective ?? .standard(for: data.targets)
    guard data.count > 0 else { throw TrainingError.noExamples(data.name) }
    try objective.check(data)
    require(batch.map { $0 > 0 } ?? true, "Trainer: a batch has at least one example, not \(batch ?? 0)")
    try model.initialize(seed: seed)

    self.model = model
    self.objective = objective
    self.batch = min(batch ?? data.count, data.count)
    order = BatchOrder(count: data.count, batchSize: self.batch, seed: UInt64(bitPattern: Int64(seed)))
    let source = Evaluator.Source(data)
    let updater = try Updater(optimizer, parameters: model.trainableVariables)
    learningRate = { updater.method.learningRate.value(at: max(updater.stepCount.storage.integer(at: 0) - 1, 0)) }
    withEvaluationPoint = { try updater.withEvaluationPoint($0) }
    moveToEvaluationPoint = { try updater.moveToEvaluationPoint() }
    skipped = { updater.skippedSteps }
    let rate = optimizer.learningRate
    scaleLearningRate = { updater.method.learningRate = rate.scaled(by: $0) }
    let key = RandomKey(seed).folding(in: "dropout")
    step = compile(memoryLimit: memoryLimit) { arguments in
      let x = source.features.gathering(arguments[0])
      let y = source.targets.gathering(arguments[0])
      let loss = Forward.training(key: key.folding(in: updater.stepCount.value)) { objective.loss(model(x), y) }
      updater.minimize(loss)
      return [loss]
    }
  }

  /// One pass over the data in an order that depends on the seed and the epoch's number.
  ///
  /// - Returns: the mean training loss over the epoch's examples, each measured just before the step that used it; those
  ///   of steps that were left out (``skippedSteps``) do not count.
  /// - Throws: `TrainingError.diverged` at the first step whose loss is not finite.
  @discardableResult
  public func epoch() throws -> Double {
    let start = ContinuousClock.now
    defer { seconds += (ContinuousClock.now - start) / .seconds(1) }
    order.fill(&rows, epoch: epochs)
    var total = 0.0
    var seen = 0
    for batch in 0..<order.batchCount {
      if isCancelled() { return seen == 0 ? .nan : total / Double(seen) }
      let range = order.range(ofBatch: batch)
      let loss = try compiled(batch: range.count).run(
        { arguments in
          rows.withUnsafeBytes { bytes in
            arguments[0].fill(
              from: UnsafeRawBufferPointer(rebasing: bytes[(range.lowerBound * 4)..<(range.upperBound * 4)]))
          }
        }, { $0[0].double(at: 0) })
      steps += 1
      guard loss.isFinite else {
        // The step was left out and counted.
        if skippedSteps != nil { continue }
        throw TrainingError.diverged(step: steps, loss: loss, learningRate: learningRate())
      }
      total += loss * Double(range.count)
      seen += range.count
    }
    epochs += 1
    return seen == 0 ? .nan : total / Double(seen)
  }

  private func compiled(batch: Int) throws -> CompiledStep {
    if let known = compiledSteps[batch] { return known }
    let compiled = try step.step(shapes: [[batch]], dtypes: [.int32])
    compiledSteps[batch] = compiled
    return compiled
  }

  /// One training step as a program, for people to look at; nothing is prepared or run.
  package func stepProgram() throws -> Program { try step.program(shapes: [[batch]], dtypes: [.int32]) }

  /// Loss and quality on `data`, with dropout off, where the method wants the network evaluated.
  public func evaluate(_ data: Dataset) throws -> Evaluation {
    try evaluator(for: data).evaluate()
  }

  /// An evaluator that can be asked again and again without tracing anew.
  public func evaluator(for data: Dataset) throws -> Evaluator {
    try objective.check(data)
    return Evaluator(model, objective, Evaluator.Source(data), data.targets, around: withEvaluationPoint)
  }
}
