import DescentGraph

/// RMSProp (Tieleman & Hinton, Coursera lecture 6e, 2012): v ← ρv + (1−ρ)g²; θ ← θ − η·g/(√(v + ε_root) + ε). When
/// `centered`, the square of the mean gradient is taken from v (Graves 2013, arXiv 1308.0850).
///
/// State: one tensor, two if centered. Defaults as in `torch.optim.RMSprop`; `.optax` and `.keras` have ε under the
/// root. Weight decay is coupled. `MomentumRMSProp` adds momentum.
public struct RMSProp: Optimizer {
  /// η; ρ, how long squares are remembered: in 0..<1; ε and, under the root, ε_root: at least 0; λ, the coupled weight
  /// decay: at least 0.
  public var learningRate, decay, epsilon, epsilonRoot, weightDecay: Schedule
  /// The square of the mean gradient is taken from v.
  public var centered: Bool

  /// All schedules but η: commands can set them by name.
  public static let adjustable: [Hyperparameter<Self>] = [
    .init("decay", \.decay, .fraction), .init("epsilon", \.epsilon, .nonNegative),
    .init("epsilonRoot", \.epsilonRoot, .nonNegative), .init("weightDecay", \.weightDecay, .nonNegative),
  ]

  /// `decay` is ρ; without weight decay, and not centered, unless told otherwise.
  public init(
    learningRate: Schedule = 1e-2, decay: Schedule = 0.99, epsilon: Schedule = 1e-8, epsilonRoot: Schedule = 0,
    weightDecay: Schedule = 0, centered: Bool = false
  ) {
    (self.learningRate, self.decay, self.epsilon, self.epsilonRoot) = (learningRate, decay, epsilon, epsilonRoot)
    (self.weightDecay, self.centered) = (weightDecay, centered)
  }

  /// v, and the mean gradient if centered.
  public typealias State = SecondMoment

  /// Zeros; the mean gradient is empty unless centered.
  public func makeState(for w: Tensor, named name: String) -> State { SecondMoment(like: w, centered: centered) }

  /// θ − η·g/(√(v + ε_root) + ε), without bias correction.
  public func update(_ w: Tensor, gradient: Tensor, state s: State, at step: Step<Self>) -> Tensor {
    let g = gradient + step.weightDecay * w
    let scale = s.add(g, step.decay)
    return w - step.learningRate * g / (sqrt(scale + step.epsilonRoot) + step.epsilon)
  }
}
