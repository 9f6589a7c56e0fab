import DescentGraph

/// The heavy ball with a damped push, as `torch.optim.SGD` has it: v ← μv + (1−τ)g, and v = g in the first step; θ ← θ
/// − η·v.
///
/// State: one tensor. Weight decay is coupled.
public struct DampenedMomentum: Optimizer {
  /// η; μ, the share of v that stays: in 0..<1; τ, the share of g that is left out: in 0..<1; λ, the coupled weight
  /// decay: at least 0.
  public var learningRate, momentum, dampening, weightDecay: Schedule

  /// All schedules but η: commands can set them by name.
  public static let adjustable: [Hyperparameter<Self>] = [
    .init("momentum", \.momentum, .fraction), .init("dampening", \.dampening, .fraction),
    .init("weightDecay", \.weightDecay, .nonNegative),
  ]

  /// `dampening` is τ; equal to `momentum` it averages, but for the first step.
  public init(
    learningRate: Schedule = 0.05, momentum: Schedule = 0.9, dampening: Schedule = 0.5, weightDecay: Schedule = 0
  ) {
    (self.learningRate, self.momentum, self.dampening) = (learningRate, momentum, dampening)
    self.weightDecay = weightDecay
  }

  /// v ← μv + (1−τ)g, in the first step g; θ − η·v.
  public func update(_ w: Tensor, gradient: Tensor, state s: Momentum.State, at step: Step<Self>) -> Tensor {
    let g = gradient + step.weightDecay * w
    s.velocity = step.first(g, otherwise: step.momentum * s.velocity + (1 - step.dampening) * g)
    return w - step.learningRate * s.velocity
  }
}
