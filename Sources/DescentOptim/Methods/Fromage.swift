import DescentGraph

/// Fromage (Bernstein et al. 2020, arXiv 2002.03432): each tensor moves by a fixed share of its own length and is then
/// shrunk so that it does not grow: θ ← (θ − η·‖θ‖/‖g‖·g)/√(1 + η²). Norms count as at least `minimumNorm`.
///
/// State: none.
public struct Fromage: Optimizer {
  /// η, the share of its length that a tensor moves: at least 0; the least that a norm counts as: above 0.
  public var learningRate, minimumNorm: Schedule

  /// All schedules but η: commands can set them by name.
  public static let adjustable = [Hyperparameter<Self>("minimumNorm", \.minimumNorm, .positive)]

  /// Each a number or a schedule.
  public init(learningRate: Schedule = 0.01, minimumNorm: Schedule = 1e-6) {
    (self.learningRate, self.minimumNorm) = (learningRate, minimumNorm)
  }

  /// (θ − η·‖θ‖/‖g‖·g)/√(1 + η²), with norms of each tensor.
  public func update(_ w: Tensor, gradient g: Tensor, state: NoState, at step: Step<Self>) -> Tensor {
    let (rate, least) = (step.learningRate, step.minimumNorm)
    let ratio = maximum(w.norm(), least) / maximum(g.norm(), least)
    return 1 / sqrt(1 + rate * rate) * (w - rate * ratio * g)
  }
}
