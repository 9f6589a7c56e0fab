import DescentGraph

/// Lion (Chen et al. 2023, arXiv 2302.06675): θ ← θ − η·(sign(β₁m + (1−β₁)g) + λθ); m ← β₂m + (1−β₂)g.
///
/// State: one tensor. Weight decay is decoupled, as in the paper.
public struct Lion: Optimizer {
  public var learningRate, beta1, beta2, weightDecay: Schedule
  public var decayKind: WeightDecayKind

  public static let adjustable: [Hyperparameter<Self>] = [
    .init("beta1", \.beta1, .fraction), .init("beta2", \.beta2, .fraction),
    .init("weightDecay", \.weightDecay, .nonNegative),
  ]

  public init(
    learningRate: Schedule = 1e-4, beta1: Schedule = 0.9, beta2: Schedule = 0.99, weightDecay: Schedule = 0,
    decayKind: WeightDecayKind = .decoupled
  ) {
    (self.learningRate, self.beta1, self.beta2, self.weightDecay) = (learningRate, beta1, beta2, weightDecay)
    self.decayKind = decayKind
  }

  public struct State: OptimizerState {
    @Slot public var mean: Tensor
    public init(like w: Tensor) { mean = .zeros(like: w) }
  }

  public func update(_ w: Tensor, gradient: Tensor, state s: State, at step: Step<Self>) -> Tensor {
    let (w, g) = decayKind.applied(step.weightDecay, rate: step.learningRate, to: w, gradient)
    let direction = sign(average(s.mean, g, step.beta1))
    s.mean = average(s.mean, g, step.beta2)
    return w - step.learningRate * direction
  }
}
