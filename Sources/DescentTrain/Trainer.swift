import DescentData
import DescentFiles
import DescentGraph
import DescentNN
import DescentOptim
import DescentRuntime

/// Trains a model on a source of batches: one compiled step, replayed for every batch.
///
/// Any model, any data, any loss:
///
/// ```swift
/// let trainer = try Trainer(model, optimizer: AdamW(), on: source, seed: 0) { model, batch in
///   model(batch["tokens"])
/// } loss: { logits, batch in
///   crossEntropy(logits, labels: batch["targets"])
/// }
/// for _ in 1...30 { try trainer.epoch() }
/// ```
///
/// A data set in memory and a network from one tensor to one need less:
///
/// ```swift
/// let trainer = try Trainer(model, optimizer: AdamW(), on: split.train, batch: 32, seed: 0)
/// for _ in 1...30 { try trainer.epoch() }
/// print(try trainer.evaluate(split.test).accuracy ?? 0)
/// ```
///
/// Data in memory stay where they are; a step gets the numbers of its rows and gathers them itself. After the first epoch a
/// step traces nothing.
public final class Trainer<Model: Module> {
  /// What is trained.
  public let model: Model
  /// The method at work: its hyper-parameters, its state, its count of steps; what saves and restores them.
  public let updater: Updater<AnyMethod>
  /// Where the batches come from.
  public let source: any BatchSource
  /// What a network on a dataset is trained to do; nil for a loss of one's own.
  public internal(set) var objective: Objective?
  /// Where the steps run.
  public let device: Device
  /// Steps taken.
  public private(set) var steps = 0
  /// Epochs completed.
  public private(set) var epochs = 0
  /// Wall time spent in training, tracing and compiling included.
  public private(set) var seconds = 0.0
  /// The part of it in which the source was waited for.
  public private(set) var waitingSeconds = 0.0
  /// Checked before every step; when it says true, `epoch()` returns early.
  public var isCancelled: () -> Bool = { false }

  private let step: BatchFunction
  /// What ``evaluate(on:)`` was last asked for.
  private var evaluation: (source: any BatchSource, loss: BatchFunction)?
  private let loss: @Sendable (Model, Batch) throws -> Tensor
  /// The schedule that factors multiply.
  private let learningRate: Schedule

  /// - Parameters:
  ///   - model: its parameters are drawn anew, unless `keepsParameters` says otherwise.
  ///   - optimizer: with the hyper-parameters to start with.
  ///   - source: gives the batches; its fields are what `forward` and `loss` find in their batch.
  ///   - seed: of the parameters' start, and of what layers draw.
  ///   - keepsParameters: whether training goes on from the parameters as they are: loaded, or trained before.
  ///   - device: where the steps run; nil is the current one.
  ///   - memoryLimit: bytes that a step's intermediate results may take; nil is no limit.
  ///   - forward: what the model makes of a batch: a tensor, or several in a tuple. Layers are in training mode.
  ///   - loss: how good that is: a scalar, the mean over the batch's examples.
  /// - Throws: what the updater throws for parameters and method that do not fit, and what the device's back end throws.
  public init<Outputs>(
    _ model: Model, optimizer: any OptimizationMethod, on source: any BatchSource, seed: Int = 0,
    keepsParameters: Bool = false, device: Device? = nil, memoryLimit: Int? = nil,
    forward: @escaping @Sendable (_ model: Model, _ batch: Batch) throws -> Outputs,
    loss: @escaping @Sendable (_ outputs: Outputs, _ batch: Batch) throws -> Tensor
  ) throws {
    if !keepsParameters { try model.initialize(seed: seed) }
    self.model = model
    self.source = source
    self.device = device ?? .current
    let updater = try Updater(AnyMethod(optimizer), parameters: model.trainableVariables)
    self.updater = updater
    learningRate = optimizer.learningRate
    let lossOfBatch: @Sendable (Model, Batch) throws -> Tensor = { try loss(forward($0, $1), $1) }
    self.loss = lossOfBatch
    let key = RandomKey(seed).folding(in: "dropout")
    step = BatchFunction(over: source, on: self.device, memoryLimit: memoryLimit) { batch in
      let loss = try Forward.training(key: key.folding(in: updater.stepCount.value)) { try lossOfBatch(model, batch) }
      updater.minimize(loss)
      return loss
    }
  }

  /// The rest of the present epoch: all of it, unless steps were taken or the position was set.
  ///
  /// - Returns: the mean training loss over the examples, each measured just before the step that used it; those of steps
  ///   that were left out (``skippedSteps``) do not count.
  /// - Throws: `TrainingError.diverged` at the first step whose loss is not finite, and what the source throws.
  @discardableResult
  public func epoch() throws -> Double {
    var mean = RunningMean()
    while !isCancelled() {
      guard let (loss, count) = try advance() else { break }
      mean.add(loss, count)
    }
    return mean.value
  }

  /// A number of steps, going on to the next epoch where one ends.
  ///
  /// - Returns: the mean loss over their examples, as ``epoch()``.
  /// - Throws: as ``epoch()``, and `TrainingError.noExamples` when an epoch has no batch at all.
  @discardableResult
  public func train(steps count: Int) throws -> Double {
    var mean = RunningMean()
    let end = steps + count
    var emptyEpochs = 0
    while steps < end, !isCancelled() {
      guard let (loss, count) = try advance() else {
        emptyEpochs += 1
        if emptyEpochs > 1 { throw TrainingError.noExamples("the source") }
        continue
      }
      emptyEpochs = 0
      mean.add(loss, count)
    }
    return mean.value
  }

  /// One step; nil at the end of an epoch. The loss is nil for a step that was left out.
  private func advance() throws -> (loss: Double?, count: Int)? {
    let start = ContinuousClock.now
    defer { seconds += (ContinuousClock.now - start) / .seconds(1) }
    let next = try source.next()
    waitingSeconds += (ContinuousClock.now - start) / .seconds(1)
    guard let batch = next else {
      epochs += 1
      return nil
    }
    let loss = try step(batch)
    steps += 1
    if loss.isFinite { return (loss, batch.count) }
    // The step was left out and counted.
    if skippedSteps != nil { return (nil, batch.count) }
    let rate = updater.method.learningRate.value(at: max(updater.stepCount.storage.integer(at: 0) - 1, 0))
    throw TrainingError.diverged(step: steps, loss: loss, learningRate: rate)
  }

  /// One training step as a program, for people to look at; nothing is prepared or run. It takes the source's next batch.
  package func stepProgram() throws -> Program {
    guard let batch = try source.next() else { throw TrainingError.noExamples("the source") }
    return try step.program(for: batch)
  }

  /// Steps left out because a gradient was not finite; nil when the method leaves none out.
  public var skippedSteps: Int? { updater.skippedSteps }

  /// Steps taken with the mean gradient of several batches, and the batches gathered since the last of them; nil when the
  /// method takes a step for each batch. ``steps`` counts batches.
  public var accumulation: (taken: Int, gathered: Int)? { updater.accumulation }

  /// Multiplies the learning rate by a factor, which replaces an earlier one: for `ReduceOnPlateau`.
  public func scaleLearningRate(_ factor: Double) { updater.method.learningRate = learningRate.scaled(by: factor) }

  // MARK: Measuring

  /// Runs `body` with the model where the method wants it evaluated.
  func withEvaluationPoint(_ body: () throws -> Void) throws {
    try device.use { try updater.withEvaluationPoint(body) }
  }

  /// Leaves the model where it is to be evaluated and saved (an average of the path, for some methods): the end of training.
  ///
  /// - Throws: what the device's back end throws.
  public func moveToEvaluationPoint() throws { _ = try device.use { try updater.moveToEvaluationPoint() } }

  /// The mean of the loss over an epoch of `source`, with layers in evaluation mode, where the method wants the model
  /// evaluated. Other steps wait for it. Asked again for the same source it traces nothing.
  ///
  /// - Throws: what the source throws.
  public func evaluate(on source: any BatchSource) throws -> Double {
    if let evaluation, evaluation.source === source { return try mean(over: source, evaluation.loss) }
    let function = measure(loss, over: source)
    evaluation = (source, function)
    return try mean(over: source, function)
  }

  /// The mean of a scalar that is itself a mean over the examples of a batch, as ``evaluate(on:)``; traced each time.
  ///
  /// ```swift
  /// let accuracy = try trainer.mean(over: test) { model, batch in
  ///   (model(batch.features).argmax() .== batch.targets).cast(to: .float32).mean()
  /// }
  /// ```
  public func mean(
    over source: any BatchSource, of quality: @escaping @Sendable (_ model: Model, _ batch: Batch) throws -> Tensor
  ) throws -> Double {
    try mean(over: source, measure(quality, over: source))
  }

  private func measure(
    _ quality: @escaping @Sendable (Model, Batch) throws -> Tensor, over source: any BatchSource
  ) -> BatchFunction {
    let model = model
    return BatchFunction(over: source, on: device) { batch in try Forward.evaluation { try quality(model, batch) } }
  }

  private func mean(over source: any BatchSource, _ value: BatchFunction) throws -> Double {
    var mean = RunningMean()
    try withEvaluationPoint { while let batch = try source.next() { mean.add(try value(batch), batch.count) } }
    return mean.value
  }

  // MARK: Going on later

  /// How far training is: with the model's file and that of the ``updater`` it is all that going on takes.
  public struct Position: Codable, Hashable, Sendable {
    /// Steps taken, and epochs completed.
    public var steps: Int, epochs: Int
    /// The source's next batch.
    public var batches: BatchPosition
  }

  /// How far training is.
  public var position: Position { Position(steps: steps, epochs: epochs, batches: source.position) }

  /// Goes on from a position that a trainer with the same source has had.
  ///
  /// - Throws: what the source throws.
  public func restore(_ position: Position) throws {
    try source.restore(position.batches)
    (steps, epochs) = (position.steps, position.epochs)
  }
}

/// A mean over examples of what is known as means over batches.
private struct RunningMean {
  private var total = 0.0
  private var count = 0
  mutating func add(_ mean: Double?, _ count: Int) {
    guard let mean else { return }
    total += mean * Double(count)
    self.count += count
  }
  /// NaN where nothing was added.
  var value: Double { count == 0 ? .nan : total / Double(count) }
}
