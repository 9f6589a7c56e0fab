import DescentGraph

/// Lion (Chen et al. 2023, arXiv 2302.06675): θ ← θ − η·(sign(β₁m + (1−β₁)g) + λθ); m ← β₂m + (1−β₂)g.
///
/// State: one tensor. Weight decay is decoupled, as in the paper.
public struct Lion: Optimizer {
  /// η; β₁, the share of m in the direction, and β₂, how long m remembers: in 0..<1; λ, the weight decay: at least 0.
  public var learningRate, beta1, beta2, weightDecay: Schedule
  /// How λ acts.
  public var decayKind: WeightDecayKind

  /// All schedules but η: commands can set them by name.
  public static let adjustable: [Hyperparameter<Self>] = [
    .init("beta1", \.beta1, .fraction), .init("beta2", \.beta2, .fraction),
    .init("weightDecay", \.weightDecay, .nonNegative),
  ]

  /// Without weight decay unless told otherwise.
  public init(
    learningRate: Schedule = 1e-4, beta1: Schedule = 0.9, beta2: Schedule = 0.99, weightDecay: Schedule = 0,
    decayKind: WeightDecayKind = .decoupled
  ) {
    (self.learningRate, self.beta1, self.beta2, self.weightDecay) = (learningRate, beta1, beta2, weightDecay)
    self.decayKind = decayKind
  }

  /// An average of gradients.
  public struct State: OptimizerState {
    /// m.
    @Slot public var mean: Tensor
    /// Zeros in the shape of `w`.
    public init(like w: Tensor) { mean = .zeros(like: w) }
  }

  /// θ − η·(sign(β₁m + (1−β₁)g) + λθ); m takes the gradient in afterwards.
  public func update(_ w: Tensor, gradient: Tensor, state s: State, at step: Step<Self>) -> Tensor {
    let (w, g) = decayKind.applied(step.weightDecay, rate: step.learningRate, to: w, gradient)
    let direction = sign(movingAverage(s.mean, g, step.beta1))
    s.mean = movingAverage(s.mean, g, step.beta2)
    return w - step.learningRate * direction
  }
}
