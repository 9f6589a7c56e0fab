import DescentGraph

/// LAMB (You et al. 2019, arXiv 1904.00962): AdamW's step for each tensor scaled to the length of the tensor. u =
/// m̂/(√v̂ + ε) + λθ; θ ← θ − η·‖θ‖/‖u‖·u. Without a norm the scale is 1. For large batches.
///
/// State: two tensors. Norms as they are, φ(x) = x.
public struct LAMB: Optimizer {
  /// η; β₁ and β₂, how long gradients and their squares are remembered: in 0..<1; ε and, under the root, ε_root: at
  /// least 0; λ, the weight decay, part of u: at least 0.
  public var learningRate, beta1, beta2, epsilon, epsilonRoot, weightDecay: Schedule

  /// All schedules but η: commands can set them by name.
  public static let adjustable: [Hyperparameter<Self>] = [
    .init("beta1", \.beta1, .fraction), .init("beta2", \.beta2, .fraction), .init("epsilon", \.epsilon, .nonNegative),
    .init("epsilonRoot", \.epsilonRoot, .nonNegative), .init("weightDecay", \.weightDecay, .nonNegative),
  ]

  /// Weight decay is 0.01 unless told otherwise.
  public init(
    learningRate: Schedule = 1e-3, beta1: Schedule = 0.9, beta2: Schedule = 0.999, epsilon: Schedule = 1e-6,
    epsilonRoot: Schedule = 0, weightDecay: Schedule = 0.01
  ) {
    (self.learningRate, self.beta1, self.beta2, self.epsilon) = (learningRate, beta1, beta2, epsilon)
    (self.epsilonRoot, self.weightDecay) = (epsilonRoot, weightDecay)
  }

  /// θ − η·‖θ‖/‖u‖·u with u = m̂/(√v̂ + ε) + λθ, and norms of each tensor.
  public func update(_ w: Tensor, gradient g: Tensor, state s: Moments, at step: Step<Self>) -> Tensor {
    s.add(g, step.beta1, step.beta2)
    let root = sqrt(step.correction(step.beta2) * s.meanSquare + step.epsilonRoot) + step.epsilon
    let u = step.correction(step.beta1) * s.mean / root + step.weightDecay * w
    return w - step.learningRate * trustRatio(w, u) * u
  }
}
