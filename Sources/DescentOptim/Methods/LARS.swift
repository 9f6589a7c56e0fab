import DescentGraph

/// Layer-wise adaptive rate scaling (You, Gitman & Ginsburg 2017, arXiv 1708.03888): the gradient of each tensor
/// scaled to a length in proportion to the tensor's, then momentum. u = g + λθ; v ← μv + η·κ‖θ‖/(‖u‖ + ε)·u; θ ← θ −
/// v. Without a norm the scale is 1.
///
/// State: one tensor. Weight decay is coupled. κ is `trust`.
public struct LARS: Optimizer {
  /// η; μ, the share of v that stays: in 0..<1; λ, the coupled weight decay: at least 0; κ, the length of u relative to
  /// θ: above 0; ε, added to ‖u‖: at least 0.
  public var learningRate, momentum, weightDecay, trust, epsilon: Schedule

  /// All schedules but η: commands can set them by name.
  public static let adjustable: [Hyperparameter<Self>] = [
    .init("momentum", \.momentum, .fraction), .init("weightDecay", \.weightDecay, .nonNegative),
    .init("trust", \.trust, .positive), .init("epsilon", \.epsilon, .nonNegative),
  ]

  /// `trust` is κ; weight decay is 1e-4 unless told otherwise.
  public init(
    learningRate: Schedule = 0.1, momentum: Schedule = 0.9, weightDecay: Schedule = 1e-4, trust: Schedule = 1e-3,
    epsilon: Schedule = 0
  ) {
    (self.learningRate, self.momentum, self.weightDecay, self.trust) = (learningRate, momentum, weightDecay, trust)
    self.epsilon = epsilon
  }

  /// v ← μv + η·κ‖θ‖/(‖u‖ + ε)·u; θ − v: the rate is within v.
  public func update(_ w: Tensor, gradient g: Tensor, state s: Momentum.State, at step: Step<Self>) -> Tensor {
    let u = g + step.weightDecay * w
    let scale = trustRatio(w, u, epsilon: step.epsilon, coefficient: step.trust)
    s.velocity = step.momentum * s.velocity + step.learningRate * scale * u
    return w - s.velocity
  }
}
