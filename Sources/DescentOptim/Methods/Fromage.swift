import DescentGraph

/// Fromage (Bernstein et al. 2020, arXiv 2002.03432): each tensor moves by a fixed share of its own length and is then
/// shrunk so that it does not grow: θ ← (θ − η·‖θ‖/‖g‖·g)/√(1 + η²). Norms count as at least `minimumNorm`.
///
/// State: none.
public struct Fromage: Optimizer {
  public var learningRate, minimumNorm: Schedule

  public static let adjustable = [Hyperparameter<Self>("minimumNorm", \.minimumNorm, .positive)]

  public init(learningRate: Schedule = 0.01, minimumNorm: Schedule = 1e-6) {
    (self.learningRate, self.minimumNorm) = (learningRate, minimumNorm)
  }

  public func update(_ w: Tensor, gradient g: Tensor, state: NoState, at step: Step<Self>) -> Tensor {
    let (rate, least) = (step.learningRate, step.minimumNorm)
    let ratio = maximum(norm([w]), least) / maximum(norm([g]), least)
    return 1 / sqrt(1 + rate * rate) * (w - rate * ratio * g)
  }
}
