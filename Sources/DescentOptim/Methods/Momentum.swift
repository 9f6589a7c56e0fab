import DescentGraph

/// Gradient descent with momentum, the heavy ball (Polyak 1964): θ ← θ − η·v.
///
/// The two forms differ by the scale of v: `.accumulating` sums (v ← μv + g, Sutskever et al. 2013,
/// `torch.optim.SGD`), so that a steady gradient moves 1/(1−μ) times as far; `.averaging` keeps an exponential average
/// (v ← μv + (1−μ)g), and moves as far as plain descent. State: one tensor. Weight decay is coupled.
public struct Momentum: Optimizer {
  public var learningRate, momentum, weightDecay: Schedule
  public var form: Form

  public static let adjustable: [Hyperparameter<Self>] = [
    .init("momentum", \.momentum, .fraction), .init("weightDecay", \.weightDecay, .nonNegative),
  ]

  public init(
    learningRate: Schedule = 0.05, momentum: Schedule = 0.9, weightDecay: Schedule = 0, form: Form = .accumulating
  ) {
    (self.learningRate, self.momentum, self.weightDecay, self.form) = (learningRate, momentum, weightDecay, form)
  }

  public enum Form: String, Sendable { case accumulating, averaging }

  public struct State: OptimizerState {
    @Slot public var velocity: Tensor
    public init(like w: Tensor) { velocity = .zeros(like: w) }
  }

  public func update(_ w: Tensor, gradient: Tensor, state s: State, at step: Step<Self>) -> Tensor {
    let g = gradient + step.weightDecay * w
    s.velocity = step.momentum * s.velocity + (form == .averaging ? (1 - step.momentum) * g : g)
    return w - step.learningRate * s.velocity
  }
}
