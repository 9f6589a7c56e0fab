import DescentGraph

/// AdamW with Adafactor's clipping of the step (Wortsman et al. 2023, arXiv 2304.13013): the learning rate is divided
/// by max(1, √mean(g²/max(v, ε²))), which tames a gradient that v has not seen the like of. The averages' decays βₜ =
/// β(1−βᵗ⁻¹)/(1−βᵗ) correct for the start.
///
/// State: two tensors. The decay is scaled with the rate.
public struct StableAdamW: Optimizer {
  /// η; β₁ and β₂, how long gradients and their squares are remembered: in 0..<1; ε, added to the root, and the least
  /// √v that the clipping counts: above 0; λ, the weight decay: at least 0.
  public var learningRate, beta1, beta2, epsilon, weightDecay: Schedule
  /// How λ acts; decoupled, θ shrinks by λ times the clipped rate.
  public var decayKind: WeightDecayKind

  /// All schedules but η: commands can set them by name.
  public static let adjustable: [Hyperparameter<Self>] = [
    .init("beta1", \.beta1, .fraction), .init("beta2", \.beta2, .fraction), .init("epsilon", \.epsilon, .positive),
    .init("weightDecay", \.weightDecay, .nonNegative),
  ]

  /// Weight decay is 0.01 unless told otherwise.
  public init(
    learningRate: Schedule = 1e-3, beta1: Schedule = 0.9, beta2: Schedule = 0.99, epsilon: Schedule = 1e-8,
    weightDecay: Schedule = 0.01, decayKind: WeightDecayKind = .decoupled
  ) {
    (self.learningRate, self.beta1, self.beta2, self.epsilon) = (learningRate, beta1, beta2, epsilon)
    (self.weightDecay, self.decayKind) = (weightDecay, decayKind)
  }

  /// η ← η/max(1, √mean(g²/max(v, ε²))); θ − ηλθ − η·m/(√v + ε).
  public func update(_ w: Tensor, gradient: Tensor, state s: Moments, at step: Step<Self>) -> Tensor {
    func corrected(_ beta: Tensor) -> Tensor { beta * (1 - pow(beta, step.number - 1)) * step.correction(beta) }
    let seen = decayKind.applied(step.weightDecay, rate: step.learningRate, to: w, gradient).gradient
    s.add(seen, corrected(step.beta1), corrected(step.beta2))
    let excess = sqrt((seen * seen / maximum(s.meanSquare, step.epsilon * step.epsilon)).mean())
    let rate = step.learningRate / maximum(excess, 1)
    let kept = decayKind.applied(step.weightDecay, rate: rate, to: w, gradient).w
    return kept - rate * s.mean / (sqrt(s.meanSquare) + step.epsilon)
  }
}
