import DescentGraph

/// ADOPT (Taniguchi et al. 2024, arXiv 2411.02853): Adam that divides by the mean square *before* this gradient joins
/// it, and then averages: m ← β₁m + (1−β₁)·clip(g/max(√v, ε), ±(t−1)^¼); θ ← θ − η·m; v ← β₂v + (1−β₂)g². The first
/// step sets v = g² and moves nothing. Converges for every β₂.
///
/// State: two tensors. No bias correction.
public struct ADOPT: Optimizer {
  public var learningRate, beta1, beta2, epsilon: Schedule
  public var clips: Bool

  public static let adjustable: [Hyperparameter<Self>] = [
    .init("beta1", \.beta1, .fraction), .init("beta2", \.beta2, .fraction), .init("epsilon", \.epsilon, .positive),
  ]

  public init(
    learningRate: Schedule = 1e-3, beta1: Schedule = 0.9, beta2: Schedule = 0.9999, epsilon: Schedule = 1e-6,
    clips: Bool = true
  ) {
    (self.learningRate, self.beta1, self.beta2, self.epsilon, self.clips) = (learningRate, beta1, beta2, epsilon, clips)
  }

  public func update(_ w: Tensor, gradient g: Tensor, state s: Moments, at step: Step<Self>) -> Tensor {
    let bound = pow(step.number - 1, 0.25)
    let scaled = g / maximum(sqrt(s.meanSquare), step.epsilon)
    let clipped = clips ? maximum(minimum(scaled, bound), -bound) : scaled
    s.mean = step.first(s.mean, otherwise: average(s.mean, clipped, step.beta1))
    s.meanSquare = step.first(g * g, otherwise: average(s.meanSquare, g * g, step.beta2))
    return w - step.learningRate * s.mean
  }
}
