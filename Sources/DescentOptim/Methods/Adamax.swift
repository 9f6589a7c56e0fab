import DescentGraph

/// Adam with the greatest magnitude in place of the root mean square (Kingma & Ba 2014, section 7.1): u ← max(β₂u, |g|
/// + ε); θ ← θ − η·m̂/u.
///
/// State: two tensors. ε is within the maximum, as in PyTorch and optax, or joins u afterwards, as in Keras
/// (`epsilonOutside`).
public struct Adamax: Optimizer {
  /// η; β₁ and β₂, how long gradients and the greatest magnitude are remembered: in 0..<1; ε and λ, the weight decay:
  /// at least 0.
  public var learningRate, beta1, beta2, epsilon, weightDecay: Schedule
  /// How λ acts; whether ε is added to u after the maximum (Keras) and not to |g| within it.
  public var decayKind: WeightDecayKind, epsilonOutside: Bool

  /// All schedules but η: commands can set them by name.
  public static let adjustable: [Hyperparameter<Self>] = [
    .init("beta1", \.beta1, .fraction), .init("beta2", \.beta2, .fraction), .init("epsilon", \.epsilon, .nonNegative),
    .init("weightDecay", \.weightDecay, .nonNegative),
  ]

  /// Without weight decay, and with ε within the maximum, unless told otherwise.
  public init(
    learningRate: Schedule = 2e-3, beta1: Schedule = 0.9, beta2: Schedule = 0.999, epsilon: Schedule = 1e-8,
    weightDecay: Schedule = 0, decayKind: WeightDecayKind = .coupled, epsilonOutside: Bool = false
  ) {
    (self.learningRate, self.beta1, self.beta2, self.epsilon) = (learningRate, beta1, beta2, epsilon)
    (self.weightDecay, self.decayKind, self.epsilonOutside) = (weightDecay, decayKind, epsilonOutside)
  }

  /// The average gradient and the greatest magnitude.
  public struct State: OptimizerState {
    /// m, the average of gradients.
    @Slot public var mean: Tensor
    /// u, the greatest magnitude, which falls by the factor β₂ a step.
    @Slot public var greatest: Tensor
    /// Zeros in the shape of `w`.
    public init(like w: Tensor) { (mean, greatest) = (.zeros(like: w), .zeros(like: w)) }
  }

  /// u ← max(β₂u, |g| + ε); θ − η·m̂/u.
  public func update(_ w: Tensor, gradient: Tensor, state s: State, at step: Step<Self>) -> Tensor {
    let (w, g) = decayKind.applied(step.weightDecay, rate: step.learningRate, to: w, gradient)
    s.mean = movingAverage(s.mean, g, step.beta1)
    s.greatest = maximum(step.beta2 * s.greatest, epsilonOutside ? abs(g) : abs(g) + step.epsilon)
    let size = epsilonOutside ? s.greatest + step.epsilon : s.greatest
    return w - step.learningRate * step.correction(step.beta1) * s.mean / size
  }
}
