import DescentGraph

/// Adam whose mean square never falls (Reddi, Kale & Kumar 2018, arXiv 1904.09237): v̄ ← max(v̄, v) stands where Adam
/// has v.
///
/// State: three tensors. The maximum is of v, corrected afterwards, as PyTorch and Keras have it, or of the corrected
/// v̂, as optax (`correctsFirst`).
public struct AMSGrad: Optimizer {
  /// η; β₁ and β₂, how long gradients and their squares are remembered: in 0..<1; ε and, under the root, ε_root: at
  /// least 0; λ, the weight decay: at least 0.
  public var learningRate, beta1, beta2, epsilon, epsilonRoot, weightDecay: Schedule
  /// How λ acts; which root ε joins; whether the maximum is of v̂ (optax) and not of v.
  public var decayKind: WeightDecayKind, epsilonPlace: EpsilonPlace, correctsFirst: Bool

  /// All schedules but η: commands can set them by name.
  public static let adjustable: [Hyperparameter<Self>] = [
    .init("beta1", \.beta1, .fraction), .init("beta2", \.beta2, .fraction), .init("epsilon", \.epsilon, .nonNegative),
    .init("epsilonRoot", \.epsilonRoot, .nonNegative), .init("weightDecay", \.weightDecay, .nonNegative),
  ]

  /// By default as PyTorch: ε beside the corrected root, the maximum of v, coupled decay, which is 0.
  public init(
    learningRate: Schedule = 1e-3, beta1: Schedule = 0.9, beta2: Schedule = 0.999, epsilon: Schedule = 1e-8,
    epsilonRoot: Schedule = 0, weightDecay: Schedule = 0, decayKind: WeightDecayKind = .coupled,
    epsilonPlace: EpsilonPlace = .corrected, correctsFirst: Bool = false
  ) {
    (self.learningRate, self.beta1, self.beta2, self.epsilon) = (learningRate, beta1, beta2, epsilon)
    (self.epsilonRoot, self.weightDecay, self.decayKind) = (epsilonRoot, weightDecay, decayKind)
    (self.epsilonPlace, self.correctsFirst) = (epsilonPlace, correctsFirst)
  }

  /// v̄ ← max(v̄, v); θ − η·m̂/(√(v̄/(1−β₂ᵗ)) + ε), or without the correction where v̄ is of v̂.
  public func update(_ w: Tensor, gradient: Tensor, state s: GreatestMoments, at step: Step<Self>) -> Tensor {
    let (w, g) = decayKind.applied(step.weightDecay, rate: step.learningRate, to: w, gradient)
    s.base.add(g, step.beta1, step.beta2)
    let correction = step.correction(step.beta2)
    s.greatest = maximum(s.greatest, correctsFirst ? correction * s.base.meanSquare : s.base.meanSquare)
    let rest = correctsFirst ? Tensor(1) : correction
    let root = epsilonPlace.root(s.greatest, rest, step.epsilon, inside: step.epsilonRoot)
    return w - step.learningRate * step.correction(step.beta1) * s.base.mean / root
  }
}
