import DescentRuntime
import DescentData
import DescentGraph
import DescentNN
import DescentOptim

extension Experiment {
  /// Minimizes the loss over all training examples, and measures the test part after every iteration.
  ///
  /// A point's epoch is the count of evaluations so far, its step that of iterations. Dropout draws the same units in every
  /// evaluation, since the line search needs one function.
  func minimize(
    _ method: LBFGS, _ data: PreparedData, _ isCancelled: () -> Bool, _ onEpoch: (RunRecord.Point) -> Void
  ) throws -> Outcome {
    guard data.train.count > 0 else { throw TrainingError.noExamples(data.train.name) }
    let objective = objective ?? .standard(for: data.train.targets)
    for part in [data.train, data.test] { try objective.check(part) }
    let model = Sequential.perceptron(widths(for: data), activation: activation, dropout: dropout)
    try model.initialize(seed: seed)
    let evaluator = Evaluator(model, objective, Evaluator.Source(data.test), data.test.targets)
    var record = RunRecorder(seed: seed, target: target, data: data)
    var evaluation = try evaluator.evaluate()
    onEpoch(record.add(evaluation, epoch: 0, step: 0, seconds: 0, trainLoss: .nan))

    let clock = ContinuousClock()
    let start = clock.now
    var measuring = Duration.zero
    var failure: (any Error)?
    func measure(_ result: LBFGS.Result) {
      let now = clock.now
      do {
        evaluation = try evaluator.evaluate()
        onEpoch(
          record.add(
            evaluation, epoch: result.evaluations, step: result.iterations,
            seconds: (now - start - measuring) / .seconds(1), trainLoss: result.loss))
      } catch {
        failure = error
      }
      measuring += clock.now - now
    }
    var method = method
    method.maximumEvaluations = min(method.maximumEvaluations, epochs)
    let source = Evaluator.Source(data.train)
    let key = RandomKey(seed).folding(in: "dropout")
    let result = try method.minimize(
      model.trainableVariables, memoryLimit: memoryLimit,
      isCancelled: { result in
        measure(result)
        return failure != nil || isCancelled()
      }
    ) {
      Forward.training(key: key) { objective.loss(model(source.features), source.targets) }
    }
    if let failure { throw failure }
    // The last iteration is not announced when the minimization ends with it.
    if record.run.points.last?.epoch != result.evaluations, result.reason != .notFinite { measure(result) }
    record.finish(
      loss: result.reason == .notFinite ? .nan : result.loss, steps: result.iterations,
      seconds: (clock.now - start - measuring) / .seconds(1))
    record.run.gradientEvaluations = result.evaluations
    let isFinite = result.reason != .notFinite
    if !isFinite { record.run.divergedAtStep = 1 }
    return Outcome(
      model: model, run: record.run, test: evaluation,
      validation: data.validation.count > 0 && isFinite
        ? try Evaluator(model, objective, Evaluator.Source(data.validation), data.validation.targets).evaluate() : nil,
      trainLoss: result.loss, wasCancelled: result.reason == .cancelled,
      divergence: isFinite ? nil : .notFiniteAtStart(loss: result.loss), ending: result.reason)
  }
}
