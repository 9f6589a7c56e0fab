import DescentGraph

/// Adadelta (Zeiler 2012, arXiv 1212.5701): the step has the units of the parameter, u = √(d + ε)/√(v + ε)·g with v a
/// running mean of g² and d of u²; θ ← θ − η·u.
///
/// State: two tensors. Weight decay is coupled. The paper has η = 1.
public struct Adadelta: Optimizer {
  public var learningRate, decay, epsilon, weightDecay: Schedule

  public static let adjustable: [Hyperparameter<Self>] = [
    .init("decay", \.decay, .fraction), .init("epsilon", \.epsilon, .positive),
    .init("weightDecay", \.weightDecay, .nonNegative),
  ]

  public init(learningRate: Schedule = 1, decay: Schedule = 0.95, epsilon: Schedule = 1e-6, weightDecay: Schedule = 0) {
    (self.learningRate, self.decay, self.epsilon, self.weightDecay) = (learningRate, decay, epsilon, weightDecay)
  }

  public struct State: OptimizerState {
    @Slot public var meanSquare: Tensor
    @Slot public var meanSquareStep: Tensor
    public init(like w: Tensor) { (meanSquare, meanSquareStep) = (.zeros(like: w), .zeros(like: w)) }
  }

  public func update(_ w: Tensor, gradient: Tensor, state s: State, at step: Step<Self>) -> Tensor {
    let g = gradient + step.weightDecay * w
    s.meanSquare = average(s.meanSquare, g * g, step.decay)
    let move = sqrt(s.meanSquareStep + step.epsilon) / sqrt(s.meanSquare + step.epsilon) * g
    s.meanSquareStep = average(s.meanSquareStep, move * move, step.decay)
    return w - step.learningRate * move
  }
}
