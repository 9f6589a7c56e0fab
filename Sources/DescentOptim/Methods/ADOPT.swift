import DescentGraph

/// ADOPT (Taniguchi et al. 2024, arXiv 2411.02853): Adam that divides by the mean square *before* this gradient joins
/// it, and then averages: m ← β₁m + (1−β₁)·clip(g/max(√v, ε), ±(t−1)^¼); θ ← θ − η·m; v ← β₂v + (1−β₂)g². The first
/// step sets v = g² and moves nothing. Converges for every β₂.
///
/// State: two tensors. No bias correction.
public struct ADOPT: Optimizer {
  /// η; β₁ and β₂, how long scaled gradients and squares are remembered: in 0..<1; ε, the least that a gradient is
  /// divided by: above 0.
  public var learningRate, beta1, beta2, epsilon: Schedule
  /// Scaled gradients stay within ±(t−1)^¼.
  public var clips: Bool

  /// All schedules but η: commands can set them by name.
  public static let adjustable: [Hyperparameter<Self>] = [
    .init("beta1", \.beta1, .fraction), .init("beta2", \.beta2, .fraction), .init("epsilon", \.epsilon, .positive),
  ]

  /// With the clipping; `clips: false` is the method without it.
  public init(
    learningRate: Schedule = 1e-3, beta1: Schedule = 0.9, beta2: Schedule = 0.9999, epsilon: Schedule = 1e-6,
    clips: Bool = true
  ) {
    (self.learningRate, self.beta1, self.beta2, self.epsilon, self.clips) = (learningRate, beta1, beta2, epsilon, clips)
  }

  /// m takes g/max(√v, ε) in, then v takes g²; θ − η·m. In the first step m is 0.
  public func update(_ w: Tensor, gradient g: Tensor, state s: Moments, at step: Step<Self>) -> Tensor {
    let bound = pow(step.number - 1, 0.25)
    let scaled = g / maximum(sqrt(s.meanSquare), step.epsilon)
    let clipped = clips ? maximum(minimum(scaled, bound), -bound) : scaled
    s.mean = step.first(s.mean, otherwise: movingAverage(s.mean, clipped, step.beta1))
    s.meanSquare = step.first(g * g, otherwise: movingAverage(s.meanSquare, g * g, step.beta2))
    return w - step.learningRate * s.mean
  }
}
