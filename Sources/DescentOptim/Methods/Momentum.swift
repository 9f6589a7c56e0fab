import DescentGraph

/// Gradient descent with momentum, the heavy ball (Polyak 1964): θ ← θ − η·v.
///
/// The two forms differ by the scale of v: `.accumulating` sums (v ← μv + g, Sutskever et al. 2013,
/// `torch.optim.SGD`), so that a steady gradient moves 1/(1−μ) times as far; `.averaging` keeps an exponential average
/// (v ← μv + (1−μ)g), and moves as far as plain descent. State: one tensor. Weight decay is coupled.
public struct Momentum: Optimizer {
  /// η; μ, the share of v that stays: in 0..<1; λ, the coupled weight decay: at least 0.
  public var learningRate, momentum, weightDecay: Schedule
  /// Whether v sums or averages: at the same η, a factor of 1/(1−μ).
  public var form: Form

  /// All schedules but η: commands can set them by name.
  public static let adjustable: [Hyperparameter<Self>] = [
    .init("momentum", \.momentum, .fraction), .init("weightDecay", \.weightDecay, .nonNegative),
  ]

  /// The sum, without weight decay, unless told otherwise.
  public init(
    learningRate: Schedule = 0.05, momentum: Schedule = 0.9, weightDecay: Schedule = 0, form: Form = .accumulating
  ) {
    (self.learningRate, self.momentum, self.weightDecay, self.form) = (learningRate, momentum, weightDecay, form)
  }

  /// `accumulating`: v ← μv + g. `averaging`: v ← μv + (1−μ)g.
  public enum Form: String, Sendable { case accumulating, averaging }

  /// The velocity.
  public struct State: OptimizerState {
    /// v.
    @Slot public var velocity: Tensor
    /// Zeros in the shape of `w`.
    public init(like w: Tensor) { velocity = .zeros(like: w) }
  }

  /// v takes g + λθ in; θ − η·v with the new v.
  public func update(_ w: Tensor, gradient: Tensor, state s: State, at step: Step<Self>) -> Tensor {
    let g = gradient + step.weightDecay * w
    s.velocity = step.momentum * s.velocity + (form == .averaging ? (1 - step.momentum) * g : g)
    return w - step.learningRate * s.velocity
  }
}
