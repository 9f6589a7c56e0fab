import DescentGraph

/// Quasi-hyperbolic momentum (Ma & Yarats 2018, arXiv 1810.06801): a mean of plain descent and averaged momentum. m ←
/// βm + (1−β)g; θ ← θ − η·((1−ν)g + νm).
///
/// State: one tensor. ν = 0 is descent, ν = 1 averaged momentum.
public struct QHM: Optimizer {
  /// η; β, how long gradients are remembered: in 0..<1; ν, the share of m in the step: at least 0; λ, the weight decay:
  /// at least 0.
  public var learningRate, momentum, share, weightDecay: Schedule
  /// How λ acts.
  public var decayKind: WeightDecayKind

  /// All schedules but η: commands can set them by name.
  public static let adjustable: [Hyperparameter<Self>] = [
    .init("momentum", \.momentum, .fraction), .init("share", \.share, .nonNegative),
    .init("weightDecay", \.weightDecay, .nonNegative),
  ]

  /// `momentum` is β, `share` ν.
  public init(
    learningRate: Schedule = 0.1, momentum: Schedule = 0.999, share: Schedule = 0.7, weightDecay: Schedule = 0,
    decayKind: WeightDecayKind = .coupled
  ) {
    (self.learningRate, self.momentum, self.share, self.weightDecay) = (learningRate, momentum, share, weightDecay)
    self.decayKind = decayKind
  }

  /// m takes g in; θ − η·((1−ν)g + νm).
  public func update(_ w: Tensor, gradient: Tensor, state s: Lion.State, at step: Step<Self>) -> Tensor {
    let (w, g) = decayKind.applied(step.weightDecay, rate: step.learningRate, to: w, gradient)
    s.mean = movingAverage(s.mean, g, step.momentum)
    return w - step.learningRate * movingAverage(g, s.mean, 1 - step.share)
  }
}
