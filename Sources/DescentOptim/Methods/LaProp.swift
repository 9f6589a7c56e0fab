import DescentGraph

/// LaProp (Ziyin, Wang & Ueda 2020, arXiv 2002.04839): momentum over steps that are already scaled, m ← β₁m +
/// (1−β₁)·η·g/root; θ ← (1 − ηλ)·(θ − m̂), with Adam's root of the mean square.
///
/// State: two tensors. ε joins the uncorrected root, and stands under it as well, as in the authors' code.
/// `pytorch_optimizer` corrects m in float32 (`correctionType`).
public struct LaProp: Optimizer {
  public var learningRate, beta1, beta2, epsilon, epsilonRoot, weightDecay: Schedule
  public var epsilonPlace: EpsilonPlace, correctionType: DType

  public static let adjustable: [Hyperparameter<Self>] = [
    .init("beta1", \.beta1, .fraction), .init("beta2", \.beta2, .fraction), .init("epsilon", \.epsilon, .nonNegative),
    .init("epsilonRoot", \.epsilonRoot, .nonNegative), .init("weightDecay", \.weightDecay, .nonNegative),
  ]

  public init(
    learningRate: Schedule = 4e-4, beta1: Schedule = 0.9, beta2: Schedule = 0.999, epsilon: Schedule = 1e-15,
    epsilonRoot: Schedule = 1e-15, weightDecay: Schedule = 0, epsilonPlace: EpsilonPlace = .uncorrected,
    correctionType: DType = .float64
  ) {
    (self.learningRate, self.beta1, self.beta2, self.epsilon) = (learningRate, beta1, beta2, epsilon)
    (self.epsilonRoot, self.weightDecay, self.epsilonPlace) = (epsilonRoot, weightDecay, epsilonPlace)
    self.correctionType = correctionType
  }

  public func update(_ w: Tensor, gradient g: Tensor, state s: Moments, at step: Step<Self>) -> Tensor {
    s.meanSquare = average(s.meanSquare, g * g, step.beta2)
    let root = epsilonPlace.root(
      s.meanSquare, step.correction(step.beta2), step.epsilon, inside: step.epsilonRoot)
    s.mean = average(s.mean, step.learningRate * g / root, step.beta1)
    let correction = step.correction(step.beta1).rounded(to: correctionType)
    let moved = w - correction * s.mean
    return moved - step.learningRate * step.weightDecay * moved
  }
}
