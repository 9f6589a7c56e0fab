import DescentGraph

/// AdaBelief (Zhuang et al. 2020, arXiv 2010.07468): Adam that divides by how far gradients are from their own
/// average, v ← β₂v + (1−β₂)(g−m)² + ε_root; θ ← θ − η·m̂/(√v̂ + ε).
///
/// State: two tensors. ε = 1e-16 as in the authors' code.
public struct AdaBelief: Optimizer {
  /// η; β₁ and β₂, how long gradients and their squared deviations are remembered: in 0..<1; ε, beside the root, and
  /// ε_root, added to v in each step: at least 0.
  public var learningRate, beta1, beta2, epsilon, epsilonRoot: Schedule

  /// All schedules but η: commands can set them by name.
  public static let adjustable: [Hyperparameter<Self>] = [
    .init("beta1", \.beta1, .fraction), .init("beta2", \.beta2, .fraction), .init("epsilon", \.epsilon, .nonNegative),
    .init("epsilonRoot", \.epsilonRoot, .nonNegative),
  ]

  /// Each a number or a schedule; the method has no weight decay.
  public init(
    learningRate: Schedule = 1e-3, beta1: Schedule = 0.9, beta2: Schedule = 0.999, epsilon: Schedule = 1e-16,
    epsilonRoot: Schedule = 1e-16
  ) {
    (self.learningRate, self.beta1, self.beta2, self.epsilon) = (learningRate, beta1, beta2, epsilon)
    self.epsilonRoot = epsilonRoot
  }

  /// v takes (g − m)² in, m being the new mean; θ − η·m̂/(√v̂ + ε).
  public func update(_ w: Tensor, gradient g: Tensor, state s: Moments, at step: Step<Self>) -> Tensor {
    s.mean = movingAverage(s.mean, g, step.beta1)
    let surprise = g - s.mean
    s.meanSquare = movingAverage(s.meanSquare, surprise * surprise, step.beta2) + step.epsilonRoot
    let root = sqrt(step.correction(step.beta2) * s.meanSquare) + step.epsilon
    return w - step.learningRate * step.correction(step.beta1) * s.mean / root
  }
}
