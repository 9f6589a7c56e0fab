import DescentGraph

/// The heavy ball with a damped push, as `torch.optim.SGD` has it: v ← μv + (1−τ)g, and v = g in the first step; θ ← θ
/// − η·v.
///
/// State: one tensor. Weight decay is coupled.
public struct DampenedMomentum: Optimizer {
  public var learningRate, momentum, dampening, weightDecay: Schedule

  public static let adjustable: [Hyperparameter<Self>] = [
    .init("momentum", \.momentum, .fraction), .init("dampening", \.dampening, .fraction),
    .init("weightDecay", \.weightDecay, .nonNegative),
  ]

  public init(
    learningRate: Schedule = 0.05, momentum: Schedule = 0.9, dampening: Schedule = 0.5, weightDecay: Schedule = 0
  ) {
    (self.learningRate, self.momentum, self.dampening) = (learningRate, momentum, dampening)
    self.weightDecay = weightDecay
  }

  public func update(_ w: Tensor, gradient: Tensor, state s: Momentum.State, at step: Step<Self>) -> Tensor {
    let g = gradient + step.weightDecay * w
    s.velocity = step.first(g, otherwise: step.momentum * s.velocity + (1 - step.dampening) * g)
    return w - step.learningRate * s.velocity
  }
}
