import DescentGraph

/// Signum (Bernstein et al. 2018, arXiv 1802.04434): the sign of an average of the gradients. m ← βm + (1−β)g; θ ← θ −
/// η·(sign(m) + λθ). Without momentum it is signSGD.
///
/// State: one tensor. Weight decay is decoupled, as in the paper.
public struct Signum: Optimizer {
  /// η; β, how long gradients are remembered: in 0..<1, 0 being signSGD; λ, the weight decay: at least 0.
  public var learningRate, momentum, weightDecay: Schedule
  /// How λ acts.
  public var decayKind: WeightDecayKind

  /// All schedules but η: commands can set them by name.
  public static let adjustable: [Hyperparameter<Self>] = [
    .init("momentum", \.momentum, .fraction), .init("weightDecay", \.weightDecay, .nonNegative),
  ]

  /// Without weight decay unless told otherwise.
  public init(
    learningRate: Schedule = 1e-4, momentum: Schedule = 0.9, weightDecay: Schedule = 0,
    decayKind: WeightDecayKind = .decoupled
  ) {
    (self.learningRate, self.momentum, self.weightDecay) = (learningRate, momentum, weightDecay)
    self.decayKind = decayKind
  }

  /// m takes g in; θ − η·(sign(m) + λθ).
  public func update(_ w: Tensor, gradient: Tensor, state s: Lion.State, at step: Step<Self>) -> Tensor {
    let (w, g) = decayKind.applied(step.weightDecay, rate: step.learningRate, to: w, gradient)
    s.mean = movingAverage(s.mean, g, step.momentum)
    return w - step.learningRate * sign(s.mean)
  }
}
