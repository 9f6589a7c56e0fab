import DescentGraph

/// Gradient descent without a schedule (Defazio et al. 2024, arXiv 2405.15682): z ← z − η(g + λy); x ← (1−c)x + cz
/// with c the share of this step's η² in all so far; the gradient is taken at y = βx + (1−β)z, and the network
/// evaluated at x.
///
/// State: one tensor (z) and two numbers. The parameters are y while training; `evaluationPoint` gives x.
public struct ScheduleFreeSGD: Optimizer {
  /// η; β, the share of x in y: above 0 and below 1; λ, the weight decay at y: at least 0.
  public var learningRate, beta, weightDecay: Schedule

  /// All schedules but η: commands can set them by name.
  public static let adjustable: [Hyperparameter<Self>] = [
    .init("beta", \.beta, .positiveFraction), .init("weightDecay", \.weightDecay, .nonNegative),
  ]

  /// η needs no schedule, but may warm up; without weight decay unless told otherwise.
  public init(learningRate: Schedule = 1, beta: Schedule = 0.9, weightDecay: Schedule = 0) {
    (self.learningRate, self.beta, self.weightDecay) = (learningRate, beta, weightDecay)
  }

  /// z, and how much each step weighs in x.
  public typealias State = ScheduleFreeState

  /// The next y; z ← z − η(g + λy), with z = θ in the first step.
  public func update(_ w: Tensor, gradient g: Tensor, state s: State, at step: Step<Self>) -> Tensor {
    let z = step.first(w, otherwise: s.z)
    let next = z - step.learningRate * (g + step.weightDecay * w)
    return s.advance(w, from: z, to: next, rate: step.learningRate, step.beta)
  }

  /// x = (y − (1−β)z)/β; before the first step the parameters.
  public func evaluationPoint(_ parameters: [ParameterStep<State>], at step: Step<Self>) -> [Tensor]? {
    parameters.map { $0.state.evaluationPoint($0.value, step.beta, at: step) }
  }
}
