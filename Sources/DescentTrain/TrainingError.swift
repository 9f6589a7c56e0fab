/// What can go wrong while training.
public enum TrainingError: Error, Equatable, CustomStringConvertible {
  /// The loss became NaN or infinite at `step` (counted from 1).
  case diverged(step: Int, loss: Double, learningRate: Double)
  /// The loss or its gradient is NaN or infinite before the first step.
  case notFiniteAtStart(loss: Double)
  /// The data have nothing to train on.
  case noExamples(String)
  /// No target was given for a comparison, and the reference runs that were to set one all diverged.
  case noTarget(task: String)
  /// A step takes the gradients of more batches than the run has.
  case noStep(batches: Int)
  /// The data's targets, or what the network gives for them, do not fit the objective.
  case objectiveMismatch(String)

  /// What happened and what to do.
  public var description: String {
    switch self {
    case .diverged(let step, let loss, let rate):
      "the loss became \(loss.isNaN ? "NaN" : "\(loss)") at step \(step): the learning rate \(rate) is too high for this method and data; "
        + "try \(Float(rate / 10))"
    case .notFiniteAtStart(let loss):
      "the loss (\(loss)) or its gradient is not finite at the starting weights; look for huge numbers in the data"
    case .noTarget(let task):
      "the reference runs that were to set a target for \(task) all diverged; give one with --target"
    case .noExamples(let name): "\(name) has no examples to train on"
    case .noStep(let batches):
      "no step was taken: the run has \(batches) batches, and a step takes the gradients of more; accumulate fewer, or train longer"
    case .objectiveMismatch(let text): text
    }
  }
}
