import DescentGraph

/// LaProp (Ziyin, Wang & Ueda 2020, arXiv 2002.04839): momentum over steps that are already scaled, m ← β₁m +
/// (1−β₁)·η·g/root; θ ← (1 − ηλ)·(θ − m̂), with Adam's root of the mean square.
///
/// State: two tensors. ε joins the uncorrected root, and stands under it as well, as in the authors' code.
/// `pytorch_optimizer` corrects m in float32 (`correctionType`).
public struct LaProp: Optimizer {
  /// η; β₁ and β₂, how long steps and the squares of gradients are remembered: in 0..<1; ε and, under the root, ε_root:
  /// at least 0; λ, the decoupled weight decay: at least 0.
  public var learningRate, beta1, beta2, epsilon, epsilonRoot, weightDecay: Schedule
  /// Which root ε joins; the format that the correction of m is rounded to.
  public var epsilonPlace: EpsilonPlace, correctionType: DType

  /// All schedules but η: commands can set them by name.
  public static let adjustable: [Hyperparameter<Self>] = [
    .init("beta1", \.beta1, .fraction), .init("beta2", \.beta2, .fraction), .init("epsilon", \.epsilon, .nonNegative),
    .init("epsilonRoot", \.epsilonRoot, .nonNegative), .init("weightDecay", \.weightDecay, .nonNegative),
  ]

  /// Without weight decay unless told otherwise.
  public init(
    learningRate: Schedule = 4e-4, beta1: Schedule = 0.9, beta2: Schedule = 0.999, epsilon: Schedule = 1e-15,
    epsilonRoot: Schedule = 1e-15, weightDecay: Schedule = 0, epsilonPlace: EpsilonPlace = .uncorrected,
    correctionType: DType = .float64
  ) {
    (self.learningRate, self.beta1, self.beta2, self.epsilon) = (learningRate, beta1, beta2, epsilon)
    (self.epsilonRoot, self.weightDecay, self.epsilonPlace) = (epsilonRoot, weightDecay, epsilonPlace)
    self.correctionType = correctionType
  }

  /// m ← β₁m + (1−β₁)·η·g/root; (1 − ηλ)·(θ − m̂): the rate is within m.
  public func update(_ w: Tensor, gradient g: Tensor, state s: Moments, at step: Step<Self>) -> Tensor {
    s.meanSquare = movingAverage(s.meanSquare, g * g, step.beta2)
    let root = epsilonPlace.root(
      s.meanSquare, step.correction(step.beta2), step.epsilon, inside: step.epsilonRoot)
    s.mean = movingAverage(s.mean, step.learningRate * g / root, step.beta1)
    let correction = step.correction(step.beta1).rounded(to: correctionType)
    let moved = w - correction * s.mean
    return moved - step.learningRate * step.weightDecay * moved
  }
}
