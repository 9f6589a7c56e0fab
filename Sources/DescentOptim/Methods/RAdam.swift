import DescentGraph

/// Rectified Adam (Liu et al. 2019, arXiv 1908.03265): Adam's step times r, which grows from nearly 0 to 1 as the
/// estimate of v gets certain; before that (ρ ≤ `threshold`), momentum alone.
///
/// State: two tensors. ε joins the uncorrected root, as in PyTorch; optax has the corrected one. The threshold is 5,
/// as everyone's code has it; the paper says 4.
public struct RAdam: Optimizer {
  /// η; β₁ and β₂, how long gradients and their squares are remembered: in 0..<1; ε and, under the root, ε_root: at
  /// least 0; λ, the weight decay: at least 0.
  public var learningRate, beta1, beta2, epsilon, epsilonRoot, weightDecay: Schedule
  /// How λ acts; which root ε joins; the ρ up to which the step is momentum alone: at least 4.
  public var decayKind: WeightDecayKind, epsilonPlace: EpsilonPlace, threshold: Double

  /// All schedules but η: commands can set them by name.
  public static let adjustable: [Hyperparameter<Self>] = [
    .init("beta1", \.beta1, .fraction), .init("beta2", \.beta2, .fraction), .init("epsilon", \.epsilon, .nonNegative),
    .init("epsilonRoot", \.epsilonRoot, .nonNegative), .init("weightDecay", \.weightDecay, .nonNegative),
  ]

  /// As PyTorch, and without weight decay, unless told otherwise.
  public init(
    learningRate: Schedule = 1e-3, beta1: Schedule = 0.9, beta2: Schedule = 0.999, epsilon: Schedule = 1e-8,
    epsilonRoot: Schedule = 0, weightDecay: Schedule = 0, decayKind: WeightDecayKind = .coupled,
    epsilonPlace: EpsilonPlace = .uncorrected, threshold: Double = 5
  ) {
    require(threshold >= 4, "RAdam: the threshold is 4 or more, not \(threshold); below, r is no number")
    (self.learningRate, self.beta1, self.beta2, self.epsilon) = (learningRate, beta1, beta2, epsilon)
    (self.epsilonRoot, self.weightDecay, self.decayKind) = (epsilonRoot, weightDecay, decayKind)
    (self.epsilonPlace, self.threshold) = (epsilonPlace, threshold)
  }

  /// θ − η·r·m̂/(root of v̂) where ρ > `threshold`, else θ − η·m̂.
  public func update(_ w: Tensor, gradient: Tensor, state s: Moments, at step: Step<Self>) -> Tensor {
    let (w, g) = decayKind.applied(step.weightDecay, rate: step.learningRate, to: w, gradient)
    s.add(g, step.beta1, step.beta2)
    let correction = step.correction(step.beta2)
    let limit = 2 / (1 - step.beta2) - 1
    let length = limit - 2 * step.number * pow(step.beta2, step.number) * correction
    let r = sqrt((length - 4) * (length - 2) * limit / ((limit - 4) * (limit - 2) * length))
    let root = epsilonPlace.root(s.meanSquare, correction, step.epsilon, inside: step.epsilonRoot)
    let scale = select(length .> threshold, r / root, Tensor.ones(like: w))
    return w - step.learningRate * step.correction(step.beta1) * s.mean * scale
  }
}
