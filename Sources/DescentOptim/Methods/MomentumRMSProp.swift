import DescentGraph

/// RMSProp whose steps push a heavy ball, as TensorFlow's first version and `torch.optim.RMSprop` have it: v ← μv +
/// g/(√(s + ε_root) + ε); θ ← θ − η·v, with s the mean square of `RMSProp`.
///
/// State: two tensors, three if centered. Weight decay is coupled.
public struct MomentumRMSProp: Optimizer {
  /// η; μ, the share of v that stays: in 0..<1; ρ, how long squares are remembered: in 0..<1; ε and, under the root,
  /// ε_root: at least 0; λ, the coupled weight decay: at least 0.
  public var learningRate, momentum, decay, epsilon, epsilonRoot, weightDecay: Schedule
  /// The square of the mean gradient is taken from s.
  public var centered: Bool

  /// All schedules but η: commands can set them by name.
  public static let adjustable: [Hyperparameter<Self>] = [
    .init("momentum", \.momentum, .fraction), .init("decay", \.decay, .fraction),
    .init("epsilon", \.epsilon, .nonNegative), .init("epsilonRoot", \.epsilonRoot, .nonNegative),
    .init("weightDecay", \.weightDecay, .nonNegative),
  ]

  /// `decay` is ρ; without weight decay, and not centered, unless told otherwise.
  public init(
    learningRate: Schedule = 1e-2, momentum: Schedule = 0.9, decay: Schedule = 0.99, epsilon: Schedule = 1e-8,
    epsilonRoot: Schedule = 0, weightDecay: Schedule = 0, centered: Bool = false
  ) {
    (self.learningRate, self.momentum, self.decay, self.epsilon) = (learningRate, momentum, decay, epsilon)
    (self.epsilonRoot, self.weightDecay, self.centered) = (epsilonRoot, weightDecay, centered)
  }

  /// v, and s with the mean gradient if centered.
  public typealias State = Layered<Momentum.State, SecondMoment>

  /// Zeros; the mean gradient is empty unless centered.
  public func makeState(for w: Tensor, named name: String) -> State {
    State(own: Momentum.State(like: w), base: SecondMoment(like: w, centered: centered))
  }

  /// v ← μv + g/(√(s + ε_root) + ε); θ − η·v.
  public func update(_ w: Tensor, gradient: Tensor, state s: State, at step: Step<Self>) -> Tensor {
    let g = gradient + step.weightDecay * w
    let scale = s.base.add(g, step.decay)
    let push = g / (sqrt(scale + step.epsilonRoot) + step.epsilon)
    s.own.velocity = step.momentum * s.own.velocity + push
    return w - step.learningRate * s.own.velocity
  }
}
