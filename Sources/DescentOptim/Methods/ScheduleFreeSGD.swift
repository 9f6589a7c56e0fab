import DescentGraph

/// Gradient descent without a schedule (Defazio et al. 2024, arXiv 2405.15682): z ← z − η(g + λy); x ← (1−c)x + cz
/// with c the share of this step's η² in all so far; the gradient is taken at y = βx + (1−β)z, and the network
/// evaluated at x.
///
/// State: one tensor (z) and two numbers. The parameters are y while training; `evaluationPoint` gives x.
public struct ScheduleFreeSGD: Optimizer {
  public var learningRate, beta, weightDecay: Schedule

  public static let adjustable: [Hyperparameter<Self>] = [
    .init("beta", \.beta, .fraction), .init("weightDecay", \.weightDecay, .nonNegative),
  ]

  public init(learningRate: Schedule = 1, beta: Schedule = 0.9, weightDecay: Schedule = 0) {
    (self.learningRate, self.beta, self.weightDecay) = (learningRate, beta, weightDecay)
  }

  public typealias State = ScheduleFreeState

  public func update(_ w: Tensor, gradient g: Tensor, state s: State, at step: Step<Self>) -> Tensor {
    let z = step.first(w, otherwise: s.z)
    let next = z - step.learningRate * (g + step.weightDecay * w)
    return s.advance(w, from: z, to: next, rate: step.learningRate, step.beta)
  }

  public func evaluationPoint(_ parameters: [ParameterStep<State>], at step: Step<Self>) -> [Tensor]? {
    parameters.map { $0.state.evaluationPoint($0.value, step.beta, at: step) }
  }
}
