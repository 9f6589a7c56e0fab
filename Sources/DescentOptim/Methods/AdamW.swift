import DescentGraph

/// Adam with decoupled weight decay (Loshchilov & Hutter 2017, arXiv 1711.05101): the decay shrinks the parameter
/// itself, θ ← θ − ηλθ − η·m̂/(√v̂ + ε), and is not divided by the root.
///
/// State: two tensors. Defaults as in `torch.optim.AdamW`.
public struct AdamW: Optimizer {
  /// η; β₁ and β₂, how long gradients and their squares are remembered: in 0..<1; ε and, under the root, ε_root: at
  /// least 0; λ, the decoupled weight decay: at least 0.
  public var learningRate, beta1, beta2, epsilon, epsilonRoot, weightDecay: Schedule
  /// Which root ε joins: √v̂, or √v before the correction.
  public var epsilonPlace: EpsilonPlace

  /// All schedules but η: commands can set them by name.
  public static let adjustable: [Hyperparameter<Self>] = [
    .init("beta1", \.beta1, .fraction), .init("beta2", \.beta2, .fraction), .init("epsilon", \.epsilon, .nonNegative),
    .init("epsilonRoot", \.epsilonRoot, .nonNegative), .init("weightDecay", \.weightDecay, .nonNegative),
  ]

  /// Weight decay is 0.01 unless told otherwise.
  public init(
    learningRate: Schedule = 1e-3, beta1: Schedule = 0.9, beta2: Schedule = 0.999, epsilon: Schedule = 1e-8,
    epsilonRoot: Schedule = 0, weightDecay: Schedule = 0.01, epsilonPlace: EpsilonPlace = .corrected
  ) {
    (self.learningRate, self.beta1, self.beta2, self.epsilon) = (learningRate, beta1, beta2, epsilon)
    (self.epsilonRoot, self.weightDecay, self.epsilonPlace) = (epsilonRoot, weightDecay, epsilonPlace)
  }

  /// θ − ηλθ − η·m̂/(√(v̂ + ε_root) + ε).
  public func update(_ w: Tensor, gradient g: Tensor, state s: Moments, at step: Step<Self>) -> Tensor {
    s.add(g, step.beta1, step.beta2)
    let root = epsilonPlace.root(
      s.meanSquare, step.correction(step.beta2), step.epsilon, inside: step.epsilonRoot)
    let decay = step.learningRate * step.weightDecay
    return w - decay * w - step.learningRate * step.correction(step.beta1) * s.mean / root
  }
}
