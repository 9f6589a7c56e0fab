import DescentGraph

/// Nesterov's accelerated gradient (1983) in the form of Sutskever et al. 2013, as `torch.optim.SGD(nesterov: true)`
/// computes it: v ← μv + g; θ ← θ − η·(g + μv), the gradient being taken at the point already looked ahead to.
///
/// State: one tensor. Weight decay is coupled.
public struct Nesterov: Optimizer {
  /// η; μ, the share of v that stays: in 0..<1; λ, the coupled weight decay: at least 0.
  public var learningRate, momentum, weightDecay: Schedule

  /// All schedules but η: commands can set them by name.
  public static let adjustable: [Hyperparameter<Self>] = [
    .init("momentum", \.momentum, .fraction), .init("weightDecay", \.weightDecay, .nonNegative),
  ]

  /// Without weight decay unless told otherwise.
  public init(learningRate: Schedule = 0.05, momentum: Schedule = 0.9, weightDecay: Schedule = 0) {
    (self.learningRate, self.momentum, self.weightDecay) = (learningRate, momentum, weightDecay)
  }

  /// v ← μv + g; θ − η·(g + μv), with g + λθ for g.
  public func update(_ w: Tensor, gradient: Tensor, state s: Momentum.State, at step: Step<Self>) -> Tensor {
    let g = gradient + step.weightDecay * w
    s.velocity = step.momentum * s.velocity + g
    return w - step.learningRate * (g + step.momentum * s.velocity)
  }
}
