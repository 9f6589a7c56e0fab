import DescentGraph

/// Adan (Xie et al. 2022, arXiv 2208.06677), Nesterov's momentum without a second evaluation: averages m of g, d of
/// the change Δ of g, and n of (g + β₂Δ)²; θ ← (θ − η·(m̂ + β₂d̂)/(√n̂ + ε))/(1 + ηλ).
///
/// State: four tensors. The β are 1 minus the paper's. `.optax` has 1−β₂ for the factor β₂ and decoupled decay.
public struct Adan: Optimizer {
  public var learningRate, beta1, beta2, beta3, epsilon, epsilonRoot, weightDecay: Schedule
  public var form: Form

  public static let adjustable: [Hyperparameter<Self>] = [
    .init("beta1", \.beta1, .fraction), .init("beta2", \.beta2, .fraction), .init("beta3", \.beta3, .fraction),
    .init("epsilon", \.epsilon, .nonNegative), .init("epsilonRoot", \.epsilonRoot, .nonNegative),
    .init("weightDecay", \.weightDecay, .nonNegative),
  ]

  public init(
    learningRate: Schedule = 1e-3, beta1: Schedule = 0.98, beta2: Schedule = 0.92, beta3: Schedule = 0.99,
    epsilon: Schedule = 1e-8, epsilonRoot: Schedule = 0, weightDecay: Schedule = 0, form: Form = .authors
  ) {
    (self.learningRate, self.beta1, self.beta2, self.beta3, self.epsilon) = (learningRate, beta1, beta2, beta3, epsilon)
    (self.epsilonRoot, self.weightDecay, self.form) = (epsilonRoot, weightDecay, form)
  }

  public enum Form: String, Sendable { case authors, optax }

  public func update(_ w: Tensor, gradient g: Tensor, state s: AdanMoments, at step: Step<Self>) -> Tensor {
    let change = step.first(.zeros(like: g), otherwise: g - s.previous)
    let share = form == .authors ? step.beta2 : 1 - step.beta2
    let ahead = g + share * change
    s.base.mean = average(s.base.mean, g, step.beta1)
    s.base.meanSquare = average(s.base.meanSquare, ahead * ahead, step.beta3)
    s.meanChange = average(s.meanChange, change, step.beta2)
    s.previous = g
    let root = sqrt(step.correction(step.beta3) * s.base.meanSquare + step.epsilonRoot) + step.epsilon
    let push = step.correction(step.beta1) * s.base.mean + share * step.correction(step.beta2) * s.meanChange
    let (moved, decay) = (w - step.learningRate * push / root, step.learningRate * step.weightDecay)
    return form == .authors ? moved / (1 + decay) : moved - decay * w
  }
}
