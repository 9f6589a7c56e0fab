import DescentGraph

/// AdamW without a schedule (Defazio et al. 2024, arXiv 2405.15682): as `ScheduleFreeSGD`, with z ← z − η(g/(√v̂ + ε)
/// + λy).
///
/// State: two tensors (z and v) and two numbers. The parameters are y while training; `evaluationPoint` gives x.
public struct ScheduleFreeAdamW: Optimizer {
  /// η; β, the share of x in y: above 0 and below 1; β₂, how long squares are remembered: in
  /// 0..<1; ε, beside the root: at least 0; λ, the weight decay at y: at least 0.
  public var learningRate, beta, beta2, epsilon, weightDecay: Schedule

  /// All schedules but η: commands can set them by name.
  public static let adjustable: [Hyperparameter<Self>] = [
    .init("beta", \.beta, .positiveFraction), .init("beta2", \.beta2, .fraction),
    .init("epsilon", \.epsilon, .nonNegative),
    .init("weightDecay", \.weightDecay, .nonNegative),
  ]

  /// η needs no schedule, but may warm up; without weight decay unless told otherwise.
  public init(
    learningRate: Schedule = 2.5e-3, beta: Schedule = 0.9, beta2: Schedule = 0.999, epsilon: Schedule = 1e-8,
    weightDecay: Schedule = 0
  ) {
    (self.learningRate, self.beta, self.beta2, self.epsilon) = (learningRate, beta, beta2, epsilon)
    self.weightDecay = weightDecay
  }

  /// v, and what Schedule-Free remembers.
  public struct State: OptimizerState {
    /// v.
    @Slot public var meanSquare: Tensor
    /// z, and how much each step weighs in x.
    public let base: ScheduleFreeState
    /// Zeros in the shape of `w`.
    public init(like w: Tensor) { (meanSquare, base) = (.zeros(like: w), ScheduleFreeState(like: w)) }
  }

  /// The next y; z ← z − η(g/(√v̂ + ε) + λy), with z = θ in the first step.
  public func update(_ w: Tensor, gradient g: Tensor, state s: State, at step: Step<Self>) -> Tensor {
    let z = step.first(w, otherwise: s.base.z)
    s.meanSquare = movingAverage(s.meanSquare, g * g, step.beta2)
    let direction = g / (sqrt(step.correction(step.beta2) * s.meanSquare) + step.epsilon)
    let next = z - step.learningRate * (direction + step.weightDecay * w)
    return s.base.advance(w, from: z, to: next, rate: step.learningRate, step.beta)
  }

  /// x = (y − (1−β)z)/β; before the first step the parameters.
  public func evaluationPoint(_ parameters: [ParameterStep<State>], at step: Step<Self>) -> [Tensor]? {
    parameters.map { $0.state.base.evaluationPoint($0.value, step.beta, at: step) }
  }
}
