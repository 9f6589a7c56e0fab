import DescentGraph

/// AdEMAMix (Pagliardini, Ablin & Grangier 2024, arXiv 2409.03137): Adam with a second, much slower average of the
/// gradient, θ ← θ − η·((m̂₁ + α·m₂)/(√v̂ + ε) + λθ).
///
/// State: three tensors. m₂ is not corrected for its start. The paper warms α and β₃ up: give them schedules.
public struct AdEMAMix: Optimizer {
  public var learningRate, beta1, beta2, beta3, alpha, epsilon, epsilonRoot, weightDecay: Schedule

  public static let adjustable: [Hyperparameter<Self>] = [
    .init("beta1", \.beta1, .fraction), .init("beta2", \.beta2, .fraction), .init("beta3", \.beta3, .fraction),
    .init("alpha", \.alpha, .nonNegative), .init("epsilon", \.epsilon, .nonNegative),
    .init("epsilonRoot", \.epsilonRoot, .nonNegative), .init("weightDecay", \.weightDecay, .nonNegative),
  ]

  public init(
    learningRate: Schedule = 1e-3, beta1: Schedule = 0.9, beta2: Schedule = 0.999, beta3: Schedule = 0.9999,
    alpha: Schedule = 5, epsilon: Schedule = 1e-8, epsilonRoot: Schedule = 0, weightDecay: Schedule = 0
  ) {
    (self.learningRate, self.beta1, self.beta2, self.beta3, self.alpha) = (learningRate, beta1, beta2, beta3, alpha)
    (self.epsilon, self.epsilonRoot, self.weightDecay) = (epsilon, epsilonRoot, weightDecay)
  }

  public struct State: OptimizerState {
    @Slot public var slowMean: Tensor
    public let base: Moments
    public init(like w: Tensor) { (slowMean, base) = (.zeros(like: w), Moments(like: w)) }
  }

  public func update(_ w: Tensor, gradient g: Tensor, state s: State, at step: Step<Self>) -> Tensor {
    s.base.add(g, step.beta1, step.beta2)
    s.slowMean = average(s.slowMean, g, step.beta3)
    let root = sqrt(step.correction(step.beta2) * s.base.meanSquare + step.epsilonRoot) + step.epsilon
    let direction = (step.correction(step.beta1) * s.base.mean + step.alpha * s.slowMean) / root
    return w - step.learningRate * (direction + step.weightDecay * w)
  }
}
