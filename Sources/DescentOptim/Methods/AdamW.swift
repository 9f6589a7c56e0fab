import DescentGraph

/// Adam with decoupled weight decay (Loshchilov & Hutter 2017, arXiv 1711.05101): the decay shrinks the parameter itself,
/// θ ← θ − ηλθ − η·m̂/(√v̂ + ε), and is not divided by the root.
///
/// State: two tensors. Defaults as in `torch.optim.AdamW`.
public struct AdamW: Optimizer {
  public var learningRate: Schedule
  public var beta1: Schedule
  public var beta2: Schedule
  public var epsilon: Schedule
  public var weightDecay: Schedule
  public var epsilonPlace: EpsilonPlace

  public static var adjustable: [Hyperparameter<Self>] {
    [
      .init("beta1", \.beta1, .fraction), .init("beta2", \.beta2, .fraction),
      .init("epsilon", \.epsilon, .nonNegative), .init("weightDecay", \.weightDecay, .nonNegative),
    ]
  }

  public init(
    learningRate: Schedule = 1e-3, beta1: Schedule = 0.9, beta2: Schedule = 0.999, epsilon: Schedule = 1e-8,
    weightDecay: Schedule = 0.01, epsilonPlace: EpsilonPlace = .outsideRoot
  ) {
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.epsilonPlace = epsilonPlace
  }

  public func update(_ w: Tensor, gradient g: Tensor, state s: Adam.State, at step: Step<Self>) -> Tensor {
    let direction = s.direction(
      g, beta1: step.beta1, beta2: step.beta2, epsilon: step.epsilon, epsilonPlace, number: step.number)
    let kept = 1 - step.learningRate * step.weightDecay
    return kept * w - step.learningRate * direction
  }
}
