import DescentGraph

/// AdEMAMix (Pagliardini, Ablin & Grangier 2024, arXiv 2409.03137): Adam with a second, much slower average of the
/// gradient, θ ← θ − η·((m̂₁ + α·m₂)/(√v̂ + ε) + λθ).
///
/// State: three tensors. m₂ is not corrected for its start. The paper warms α and β₃ up: give them schedules.
public struct AdEMAMix: Optimizer {
  /// η; β₁, β₂ and β₃, how long gradients, their squares and, for the slow average, gradients are remembered: in 0..<1;
  /// α, the slow average's weight, ε and, under the root, ε_root, and λ, the decoupled weight decay: at least 0.
  public var learningRate, beta1, beta2, beta3, alpha, epsilon, epsilonRoot, weightDecay: Schedule

  /// All schedules but η: commands can set them by name.
  public static let adjustable: [Hyperparameter<Self>] = [
    .init("beta1", \.beta1, .fraction), .init("beta2", \.beta2, .fraction), .init("beta3", \.beta3, .fraction),
    .init("alpha", \.alpha, .nonNegative), .init("epsilon", \.epsilon, .nonNegative),
    .init("epsilonRoot", \.epsilonRoot, .nonNegative), .init("weightDecay", \.weightDecay, .nonNegative),
  ]

  /// Without weight decay unless told otherwise; β₃ and α stay the same unless they are schedules.
  public init(
    learningRate: Schedule = 1e-3, beta1: Schedule = 0.9, beta2: Schedule = 0.999, beta3: Schedule = 0.9999,
    alpha: Schedule = 5, epsilon: Schedule = 1e-8, epsilonRoot: Schedule = 0, weightDecay: Schedule = 0
  ) {
    (self.learningRate, self.beta1, self.beta2, self.beta3, self.alpha) = (learningRate, beta1, beta2, beta3, alpha)
    (self.epsilon, self.epsilonRoot, self.weightDecay) = (epsilon, epsilonRoot, weightDecay)
  }

  /// Adam's averages and the slow one.
  public struct State: OptimizerState {
    /// m₂, the slow average of gradients.
    @Slot public var slowMean: Tensor
    /// m₁ and v.
    public let base: Moments
    /// Zeros in the shape of `w`.
    public init(like w: Tensor) { (slowMean, base) = (.zeros(like: w), Moments(like: w)) }
  }

  /// θ − η·((m̂₁ + α·m₂)/(√v̂ + ε) + λθ).
  public func update(_ w: Tensor, gradient g: Tensor, state s: State, at step: Step<Self>) -> Tensor {
    s.base.add(g, step.beta1, step.beta2)
    s.slowMean = movingAverage(s.slowMean, g, step.beta3)
    let root = sqrt(step.correction(step.beta2) * s.base.meanSquare + step.epsilonRoot) + step.epsilon
    let direction = (step.correction(step.beta1) * s.base.mean + step.alpha * s.slowMean) / root
    return w - step.learningRate * (direction + step.weightDecay * w)
  }
}
