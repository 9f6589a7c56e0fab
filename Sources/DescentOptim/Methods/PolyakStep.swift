import DescentGraph

/// Gradient descent with Polyak's step in its stochastic form (Polyak 1987; Loizou et al. 2020, arXiv 2002.10542): θ ←
/// θ − min(η, max(f − f*, 0)/(c·‖g‖²))·g, with the loss f of the batch and f* the least it can be (0 for most networks
/// that fit their data). η is the greatest rate.
///
/// State: none. It needs the loss, and so `minimize`.
public struct PolyakStep: OptimizationMethod {
  /// η, the greatest rate; f*, the least that the loss can be: at least 0; c, which divides the rate: above 0.
  public var learningRate, leastLoss, slack: Schedule

  /// All schedules but η: commands can set them by name.
  public static let adjustable: [Hyperparameter<Self>] = [
    .init("leastLoss", \.leastLoss, .nonNegative), .init("slack", \.slack, .positive),
  ]

  /// `slack` is c, ½ unless told otherwise.
  public init(learningRate: Schedule = 1, leastLoss: Schedule = 0, slack: Schedule = 0.5) {
    (self.learningRate, self.leastLoss, self.slack) = (learningRate, leastLoss, slack)
  }

  /// The rate is made from the loss.
  public var needsLoss: Bool { true }

  /// Nothing.
  public func makeState(for parameter: Tensor, named name: String) -> NoState { NoState() }

  /// θ − min(η, max(f − f*, 0)/(c·‖g‖²))·g, with one norm of all tensors; θ where it is zero.
  public func update(_ parameters: [ParameterStep<NoState>], at step: Step<Self>) -> [Tensor] {
    let square = squaredNorm(parameters.map(\.gradient))
    let gap = maximum(step.loss.cast(to: .float64) - step.leastLoss, 0)
    let rate = select(square .> 0, minimum(gap / (step.slack * square), step.learningRate), Tensor(0))
    return parameters.map { $0.value - rate * $0.gradient }
  }
}
