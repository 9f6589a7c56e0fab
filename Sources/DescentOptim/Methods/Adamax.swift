import DescentGraph

/// Adam with the greatest magnitude in place of the root mean square (Kingma & Ba 2014, section 7.1): u ← max(β₂u, |g|
/// + ε); θ ← θ − η·m̂/u.
///
/// State: two tensors. ε is within the maximum, as in PyTorch and optax, or joins u afterwards, as in Keras
/// (`epsilonOutside`).
public struct Adamax: Optimizer {
  public var learningRate, beta1, beta2, epsilon, weightDecay: Schedule
  public var decayKind: WeightDecayKind, epsilonOutside: Bool

  public static let adjustable: [Hyperparameter<Self>] = [
    .init("beta1", \.beta1, .fraction), .init("beta2", \.beta2, .fraction), .init("epsilon", \.epsilon, .nonNegative),
    .init("weightDecay", \.weightDecay, .nonNegative),
  ]

  public init(
    learningRate: Schedule = 2e-3, beta1: Schedule = 0.9, beta2: Schedule = 0.999, epsilon: Schedule = 1e-8,
    weightDecay: Schedule = 0, decayKind: WeightDecayKind = .coupled, epsilonOutside: Bool = false
  ) {
    (self.learningRate, self.beta1, self.beta2, self.epsilon) = (learningRate, beta1, beta2, epsilon)
    (self.weightDecay, self.decayKind, self.epsilonOutside) = (weightDecay, decayKind, epsilonOutside)
  }

  public struct State: OptimizerState {
    @Slot public var mean: Tensor
    @Slot public var greatest: Tensor
    public init(like w: Tensor) { (mean, greatest) = (.zeros(like: w), .zeros(like: w)) }
  }

  public func update(_ w: Tensor, gradient: Tensor, state s: State, at step: Step<Self>) -> Tensor {
    let (w, g) = decayKind.applied(step.weightDecay, rate: step.learningRate, to: w, gradient)
    s.mean = average(s.mean, g, step.beta1)
    s.greatest = maximum(step.beta2 * s.greatest, epsilonOutside ? abs(g) : abs(g) + step.epsilon)
    let size = epsilonOutside ? s.greatest + step.epsilon : s.greatest
    return w - step.learningRate * step.correction(step.beta1) * s.mean / size
  }
}
