import DescentGraph

/// Adam (Kingma & Ba 2014, arXiv 1412.6980): exponential averages of the gradient and its square, both corrected for
/// their start at zero. m ← β₁m + (1−β₁)g; v ← β₂v + (1−β₂)g²; θ ← θ − η·m̂/(√v̂ + ε).
///
/// State: two tensors. Weight decay is coupled (part of the gradient), as in `torch.optim.Adam`; use `AdamW` for the
/// decoupled kind.
public struct Adam: Optimizer {
  /// η; β₁ and β₂, how long gradients and their squares are remembered: in 0..<1; ε and, under the root, ε_root: at
  /// least 0; λ, the coupled weight decay: at least 0.
  public var learningRate, beta1, beta2, epsilon, epsilonRoot, weightDecay: Schedule
  /// Which root ε joins: √v̂, or √v before the correction.
  public var epsilonPlace: EpsilonPlace

  /// All schedules but η: commands can set them by name.
  public static let adjustable: [Hyperparameter<Self>] = [
    .init("beta1", \.beta1, .fraction), .init("beta2", \.beta2, .fraction), .init("epsilon", \.epsilon, .nonNegative),
    .init("epsilonRoot", \.epsilonRoot, .nonNegative), .init("weightDecay", \.weightDecay, .nonNegative),
  ]

  /// With the paper's defaults, and without weight decay unless told otherwise.
  public init(
    learningRate: Schedule = 1e-3, beta1: Schedule = 0.9, beta2: Schedule = 0.999, epsilon: Schedule = 1e-8,
    epsilonRoot: Schedule = 0, weightDecay: Schedule = 0, epsilonPlace: EpsilonPlace = .corrected
  ) {
    (self.learningRate, self.beta1, self.beta2, self.epsilon) = (learningRate, beta1, beta2, epsilon)
    (self.epsilonRoot, self.weightDecay, self.epsilonPlace) = (epsilonRoot, weightDecay, epsilonPlace)
  }

  /// θ − η·m̂/(√(v̂ + ε_root) + ε), with g + λθ for the gradient.
  public func update(_ w: Tensor, gradient: Tensor, state s: Moments, at step: Step<Self>) -> Tensor {
    s.add(gradient + step.weightDecay * w, step.beta1, step.beta2)
    let root = epsilonPlace.root(
      s.meanSquare, step.correction(step.beta2), step.epsilon, inside: step.epsilonRoot)
    return w - step.learningRate * step.correction(step.beta1) * s.mean / root
  }
}
