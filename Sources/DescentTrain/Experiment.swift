import DescentRuntime
import DescentData
import DescentNN
import DescentOptim

/// Data ready for training, in three parts, with what is needed to use the network on new data.
public struct PreparedData: Sendable {
  /// What reports call the data.
  public var name: String
  /// What is trained on.
  public var train: Dataset
  /// What choices are made by; may be empty.
  public var validation: Dataset
  /// What is measured after every epoch, and never trained on.
  public var test: Dataset
  /// How the features and the target of a table were encoded; nil for built-in data.
  public var preprocessing: Preprocessing?

  /// Parts that somebody else has cut.
  public init(name: String, train: Dataset, validation: Dataset, test: Dataset, preprocessing: Preprocessing? = nil) {
    self.name = name
    self.train = train
    self.validation = validation
    self.test = test
    self.preprocessing = preprocessing
  }

  /// The embedded digits, split by `seed`, stratified by class.
  public static func digits(validation: Double = 0, test: Double = 0.2, seed: UInt64 = 0) throws(DataError)
    -> PreparedData
  {
    let split = try Digits.load().split(validation: validation, test: test, seed: seed)
    return PreparedData(name: "digits", train: split.train, validation: split.validation, test: split.test)
  }

  /// A table that has been read, cut and encoded.
  public init(_ table: TableTask, name: String) {
    self.init(
      name: name, train: table.train, validation: table.validation, test: table.test,
      preprocessing: table.preprocessing)
  }

  /// What a standardized target is multiplied by to get back to its own unit; 1 for classes.
  public var targetScale: Double {
    if case .values(_, _, let scale)? = preprocessing?.target { scale } else { 1 }
  }

  /// Whether classes are predicted, and not numbers.
  public var isClassification: Bool { if case .classes = train.targets { true } else { false } }
}

/// A multilayer perceptron, a method and a budget: everything a training run depends on.
public struct Experiment: Sendable {
  /// Widths of the hidden layers, inputs first.
  public var hidden: [Int] = [128]
  /// Between the layers.
  public var activation = Activation.relu
  /// The rate behind each hidden layer, in `0..<1`; 0 leaves the layers out.
  public var dropout = 0.0
  /// The method of a run on batches.
  public var optimizer: any OptimizationMethod = AdamW()
  /// Trains with this on all examples at once, and not with `optimizer` on batches. `epochs` then are evaluations of the
  /// loss and its gradient, each of them a pass over the data.
  public var fullBatch: LBFGS?
  /// Examples per step; nil is all of them.
  public var batch: Int? = 32
  /// Passes over the training data.
  public var epochs = 30
  /// Of the parameters' start, of the order of examples, and of dropout.
  public var seed = 0
  /// Nil is the usual one for the targets.
  public var objective: Objective?
  /// Scales the learning rate down when an epoch's training loss has stopped falling.
  public var plateau: ReduceOnPlateau?
  /// The quality on the test part at which time and steps to target are taken.
  public var target: Double?
  /// Bytes that a step's intermediate results may take; nil is no limit.
  public var memoryLimit: Int?

  /// The settings that stand beside the properties.
  public init() {}

  /// The widths of the network's layers for `data`.
  public func widths(for data: PreparedData) -> [Int] {
    [data.train.featureCount] + hidden + [data.train.outputCount]
  }

  /// The method's hyper-parameters by name, as text.
  public var hyperparameters: [(name: String, value: String)] {
    fullBatch?.hyperparameters ?? optimizer.hyperparameters
  }

  /// What came out of a run.
  public struct Outcome {
    /// The network, where the method wants it evaluated.
    public var model: Sequential
    /// What was measured after every epoch.
    public var run: RunRecord
    /// The last measurement on the test part.
    public var test: Evaluation
    /// On the validation part, at the end; nil where there is none or the run diverged.
    public var validation: Evaluation?
    /// Mean training loss over the last epoch.
    public var trainLoss: Double
    /// Whether somebody ended the run before its budget did.
    public var wasCancelled: Bool
    /// Set when the run ended because the loss was no longer finite.
    public var divergence: TrainingError?
    /// Steps left out because a gradient was not finite; nil when the method leaves none out.
    public var skippedSteps: Int?
    /// Where the method takes one step for several batches: steps taken, and batches at the end that made no whole one.
    public var accumulation: (taken: Int, gathered: Int)?
    /// Why a minimization on all examples ended.
    public var ending: LBFGS.Result.Reason?
  }

  /// Trains once and measures the test part after every epoch. Measuring does not count as training time.
  ///
  /// - Parameters:
  ///   - data: trained on one part, measured on the others.
  ///   - onEpoch: told after every epoch how far the run is.
  ///   - isCancelled: asked before every step.
  public func run(
    on data: PreparedData, onEpoch: (RunRecord.Point) -> Void = { _ in },
    isCancelled: @escaping () -> Bool = { false }
  ) throws -> Outcome {
    if let fullBatch { return try minimize(fullBatch, data, isCancelled, onEpoch) }
    let model = Sequential.perceptron(widths(for: data), activation: activation, dropout: dropout)
    let trainer = try Trainer(
      model, optimizer: optimizer, on: data.train, batch: batch, seed: seed, objective: objective,
      memoryLimit: memoryLimit)
    trainer.isCancelled = isCancelled
    let evaluator = try trainer.evaluator(for: data.test)

    var evaluation = try evaluator.evaluate()
    var record = RunRecorder(seed: seed, target: target, data: data)
    var trainLoss = Double.nan
    var divergence: TrainingError?
    var plateau = plateau

    func measured(_ loss: Double) {
      onEpoch(
        record.add(
          evaluation, epoch: trainer.epochs, step: trainer.steps, seconds: trainer.seconds, trainLoss: loss))
    }
    measured(.nan)
    for _ in 0..<epochs where !isCancelled() {
      do {
        let loss = try trainer.epoch()
        if loss.isFinite { trainLoss = loss }
        if plateau?.report(loss) == true, let scale = plateau?.scale { trainer.scaleLearningRate(scale) }
      } catch let error as TrainingError {
        guard case .diverged(let step, _, _) = error else { throw error }
        record.run.divergedAtStep = step
        divergence = error
        break
      }
      evaluation = try evaluator.evaluate()
      guard evaluation.loss.isFinite else {
        // The loss of the epoch's last step was finite, and the parameters after it are not.
        let rate = optimizer.learningRate.value(at: max(trainer.steps - 1, 0))
        record.run.divergedAtStep = trainer.steps
        divergence = .diverged(step: trainer.steps, loss: evaluation.loss, learningRate: rate)
        break
      }
      measured(trainLoss)
    }
    if let (taken, gathered) = trainer.accumulation, taken == 0, gathered > 0, divergence == nil, !isCancelled() {
      throw TrainingError.noStep(batches: gathered)
    }
    record.finish(loss: divergence == nil ? trainLoss : .nan, steps: trainer.steps, seconds: trainer.seconds)
    let hasValidation = data.validation.count > 0 && divergence == nil
    let validation = hasValidation ? try trainer.evaluate(data.validation) : nil
    try trainer.moveToEvaluationPoint()
    return Outcome(
      model: model, run: record.run, test: evaluation, validation: validation, trainLoss: trainLoss,
      wasCancelled: isCancelled(), divergence: divergence, skippedSteps: trainer.skippedSteps,
      accumulation: trainer.accumulation)
  }
}

extension Metric {
  /// Accuracy for classes, root mean squared error for numbers.
  public static func standard(for data: PreparedData) -> Metric {
    data.isClassification ? .testAccuracy : .testRMSE
  }

  /// The metric's value; `scale` brings standardized targets back to their own unit.
  public func value(of evaluation: Evaluation, scale: Double) -> Double {
    evaluation.accuracy ?? evaluation.rootMeanSquaredError.map { $0 * scale } ?? .nan
  }
}
