import DescentGraph

/// AdamW without a schedule (Defazio et al. 2024, arXiv 2405.15682): as `ScheduleFreeSGD`, with z ← z − η(g/(√v̂ + ε)
/// + λy).
///
/// State: two tensors (z and v) and two numbers. The parameters are y while training; `evaluationPoint` gives x.
public struct ScheduleFreeAdamW: Optimizer {
  public var learningRate, beta, beta2, epsilon, weightDecay: Schedule

  public static let adjustable: [Hyperparameter<Self>] = [
    .init("beta", \.beta, .fraction), .init("beta2", \.beta2, .fraction), .init("epsilon", \.epsilon, .nonNegative),
    .init("weightDecay", \.weightDecay, .nonNegative),
  ]

  public init(
    learningRate: Schedule = 2.5e-3, beta: Schedule = 0.9, beta2: Schedule = 0.999, epsilon: Schedule = 1e-8,
    weightDecay: Schedule = 0
  ) {
    (self.learningRate, self.beta, self.beta2, self.epsilon) = (learningRate, beta, beta2, epsilon)
    self.weightDecay = weightDecay
  }

  public struct State: OptimizerState {
    @Slot public var meanSquare: Tensor
    public let base: ScheduleFreeState
    public init(like w: Tensor) { (meanSquare, base) = (.zeros(like: w), ScheduleFreeState(like: w)) }
  }

  public func update(_ w: Tensor, gradient g: Tensor, state s: State, at step: Step<Self>) -> Tensor {
    let z = step.first(w, otherwise: s.base.z)
    s.meanSquare = average(s.meanSquare, g * g, step.beta2)
    let direction = g / (sqrt(step.correction(step.beta2) * s.meanSquare) + step.epsilon)
    let next = z - step.learningRate * (direction + step.weightDecay * w)
    return s.base.advance(w, from: z, to: next, rate: step.learningRate, step.beta)
  }

  public func evaluationPoint(_ parameters: [ParameterStep<State>], at step: Step<Self>) -> [Tensor]? {
    parameters.map { $0.state.base.evaluationPoint($0.value, step.beta, at: step) }
  }
}
