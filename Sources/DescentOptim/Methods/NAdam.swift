import DescentGraph

/// Adam with Nesterov's momentum (Dozat 2016): the step is (μ′m/(1−Πμ·μ′) + (1−μ)g/(1−Πμ))/(√v̂ + ε), with μ this
/// step's momentum, μ′ the next one's and Πμ the product so far. μₜ = β₁(1 − ½·0.96^(tψ)), ψ = `momentumDecay`, or β₁
/// if not `warmsMomentum` (optax).
///
/// State: two tensors and a number. With decoupled decay it is NAdamW.
public struct NAdam: Optimizer {
  /// η; β₁ and β₂, how long gradients and their squares are remembered: in 0..<1; ε and, under the root, ε_root: at
  /// least 0; ψ, how fast the momentum warms up: at least 0; λ, the weight decay: at least 0.
  public var learningRate, beta1, beta2, epsilon, epsilonRoot, momentumDecay, weightDecay: Schedule
  /// How λ acts; whether the momentum rises from about β₁/2 to β₁.
  public var decayKind: WeightDecayKind, warmsMomentum: Bool

  /// All schedules but η: commands can set them by name.
  public static let adjustable: [Hyperparameter<Self>] = [
    .init("beta1", \.beta1, .fraction), .init("beta2", \.beta2, .fraction), .init("epsilon", \.epsilon, .nonNegative),
    .init("epsilonRoot", \.epsilonRoot, .nonNegative), .init("momentumDecay", \.momentumDecay, .nonNegative),
    .init("weightDecay", \.weightDecay, .nonNegative),
  ]

  /// Without weight decay unless told otherwise; `.decoupled` makes it NAdamW.
  public init(
    learningRate: Schedule = 2e-3, beta1: Schedule = 0.9, beta2: Schedule = 0.999, epsilon: Schedule = 1e-8,
    epsilonRoot: Schedule = 0, momentumDecay: Schedule = 4e-3, weightDecay: Schedule = 0,
    decayKind: WeightDecayKind = .coupled, warmsMomentum: Bool = true
  ) {
    (self.learningRate, self.beta1, self.beta2, self.epsilon) = (learningRate, beta1, beta2, epsilon)
    (self.epsilonRoot, self.momentumDecay, self.weightDecay) = (epsilonRoot, momentumDecay, weightDecay)
    (self.decayKind, self.warmsMomentum) = (decayKind, warmsMomentum)
  }

  /// θ − η·(μ′m/(1−Πμ·μ′) + (1−μ)g/(1−Πμ))/(√v̂ + ε).
  public func update(_ w: Tensor, gradient: Tensor, state s: WarmedMoments, at step: Step<Self>) -> Tensor {
    let (w, g) = decayKind.applied(step.weightDecay, rate: step.learningRate, to: w, gradient)
    func momentum(_ t: Tensor) -> Tensor {
      warmsMomentum ? step.beta1 * (1 - 0.5 * pow(Tensor(0.96), t * step.momentumDecay)) : step.beta1
    }
    let (now, next) = (momentum(step.number), momentum(step.number + 1))
    s.base.add(g, step.beta1, step.beta2)
    s.momentumProduct = s.momentumProduct * now
    let (old, new) = (next / (1 - s.momentumProduct * next), (1 - now) / (1 - s.momentumProduct))
    let root = sqrt(step.correction(step.beta2) * s.base.meanSquare + step.epsilonRoot) + step.epsilon
    return w - step.learningRate * (old * s.base.mean + new * g) / root
  }
}
