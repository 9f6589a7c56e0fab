import DescentGraph

/// Adagrad (Duchi, Hazan & Singer 2011): every gradient so far counts, s ← s + g²; θ ← θ − η/(1 + (t−1)·ρ)·g/(√(s +
/// ε_root) + ε), with ρ = `rateDecay`.
///
/// State: one tensor, which starts at `start`. Weight decay is coupled.
public struct Adagrad: Optimizer {
  /// η; ε, beside the root, and ε_root, under it; ρ, by which the rate falls as 1/(1 + (t−1)ρ); λ, the coupled weight
  /// decay. All at least 0.
  public var learningRate, epsilon, epsilonRoot, rateDecay, weightDecay: Schedule
  /// What the sums of squares start from: at least 0.
  public var start: Double

  /// All schedules but η: commands can set them by name.
  public static let adjustable: [Hyperparameter<Self>] = [
    .init("epsilon", \.epsilon, .nonNegative), .init("epsilonRoot", \.epsilonRoot, .nonNegative),
    .init("rateDecay", \.rateDecay, .nonNegative), .init("weightDecay", \.weightDecay, .nonNegative),
  ]

  /// Without `rateDecay` and weight decay, and with sums that start at 0, unless told otherwise.
  public init(
    learningRate: Schedule = 0.01, epsilon: Schedule = 1e-10, epsilonRoot: Schedule = 0, rateDecay: Schedule = 0,
    weightDecay: Schedule = 0, start: Double = 0
  ) {
    (self.learningRate, self.epsilon, self.epsilonRoot) = (learningRate, epsilon, epsilonRoot)
    (self.rateDecay, self.weightDecay, self.start) = (rateDecay, weightDecay, start)
  }

  /// Sums that start at `start`.
  public func makeState(for w: Tensor, named name: String) -> SquareSum { SquareSum(like: w, filled: start) }

  /// s ← s + g²; θ − η/(1 + (t−1)ρ)·g/(√(s + ε_root) + ε).
  public func update(_ w: Tensor, gradient: Tensor, state s: SquareSum, at step: Step<Self>) -> Tensor {
    let g = gradient + step.weightDecay * w
    s.squareSum = s.squareSum + g * g
    let rate = step.learningRate / (1 + (step.number - 1) * step.rateDecay)
    return w - rate * g / (sqrt(s.squareSum + step.epsilonRoot) + step.epsilon)
  }
}
