import DescentGraph

/// Quasi-hyperbolic Adam (Ma & Yarats 2018, arXiv 1810.06801): θ ← θ − η·((1−ν₁)g + ν₁m̂)/(√((1−ν₂)g² + ν₂v̂) + ε),
/// with Adam's averages.
///
/// State: two tensors, which hold the corrected averages, and two numbers, their weights. `pytorch_optimizer` keeps
/// those in float32, which shows in the seventh digit (`weightType`).
public struct QHAdam: Optimizer {
  /// η; β₁ and β₂, how long gradients and their squares are remembered: in 0..<1; ν₁ and ν₂, the shares of the averages
  /// beside those of this step's g and g²: at least 0; ε, beside the root: at least 0; λ, the weight decay: at least 0.
  public var learningRate, beta1, beta2, share1, share2, epsilon, weightDecay: Schedule
  /// How λ acts; the format that the averages' weights are computed in.
  public var decayKind: WeightDecayKind, weightType: DType

  /// All schedules but η: commands can set them by name.
  public static let adjustable: [Hyperparameter<Self>] = [
    .init("beta1", \.beta1, .fraction), .init("beta2", \.beta2, .fraction), .init("share1", \.share1, .nonNegative),
    .init("share2", \.share2, .nonNegative), .init("epsilon", \.epsilon, .nonNegative),
    .init("weightDecay", \.weightDecay, .nonNegative),
  ]

  /// `share1` and `share2` are ν₁ and ν₂; both 1 is Adam.
  public init(
    learningRate: Schedule = 1e-3, beta1: Schedule = 0.995, beta2: Schedule = 0.999, share1: Schedule = 0.7,
    share2: Schedule = 1, epsilon: Schedule = 1e-8, weightDecay: Schedule = 0, decayKind: WeightDecayKind = .coupled,
    weightType: DType = .float64
  ) {
    (self.learningRate, self.beta1, self.beta2, self.share1, self.share2) = (learningRate, beta1, beta2, share1, share2)
    (self.epsilon, self.weightDecay, self.decayKind, self.weightType) = (epsilon, weightDecay, decayKind, weightType)
  }

  /// θ − η·((1−ν₁)g + ν₁m̂)/(√((1−ν₂)g² + ν₂v̂) + ε).
  public func update(_ w: Tensor, gradient: Tensor, state s: WeightedMoments, at step: Step<Self>) -> Tensor {
    let (w, g) = decayKind.applied(step.weightDecay, rate: step.learningRate, to: w, gradient)
    s.add(g, step.beta1, step.beta2, weightsIn: weightType)
    let square = movingAverage(g * g, s.base.meanSquare, 1 - step.share2)
    let direction = movingAverage(g, s.base.mean, 1 - step.share1)
    return w - step.learningRate * direction / (sqrt(square) + step.epsilon)
  }
}
