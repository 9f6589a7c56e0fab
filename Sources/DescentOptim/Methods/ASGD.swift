import DescentGraph

/// Averaged gradient descent (Polyak & Juditsky 1992; Xu 2011, arXiv 1107.2490): ηₜ = η/(1 + λη(t−1))^α; θ ← (1 −
/// ληₜ)θ − ηₜg. The network is evaluated at the mean of all θ after step `start`.
///
/// State: one tensor, the mean. As `torch.optim.ASGD`.
public struct ASGD: Optimizer {
  /// η; λ, which lets the rate fall and decays θ; α, the power it falls with; a further weight decay. All at least 0.
  public var learningRate, lambda, power, weightDecay: Schedule
  /// The step after which the mean begins; before that it is the last θ.
  public var start: Double

  /// All schedules but η: commands can set them by name.
  public static let adjustable: [Hyperparameter<Self>] = [
    .init("lambda", \.lambda, .nonNegative), .init("power", \.power, .nonNegative),
    .init("weightDecay", \.weightDecay, .nonNegative),
  ]

  /// The defaults are those of `torch.optim.ASGD`, which starts the mean after a million steps.
  public init(
    learningRate: Schedule = 0.01, lambda: Schedule = 1e-4, power: Schedule = 0.75, weightDecay: Schedule = 0,
    start: Double = 1e6
  ) {
    (self.learningRate, self.lambda, self.power, self.weightDecay) = (learningRate, lambda, power, weightDecay)
    self.start = start
  }

  /// What is remembered of one parameter.
  public struct State: OptimizerState {
    /// The mean of θ since `start`.
    @Slot public var mean: Tensor
    /// Zeros in the shape of `w`.
    public init(like w: Tensor) { _mean = .weight(.zeros(like: w)) }
  }

  /// θ − ηₜ·(g + (λ + `weightDecay`)·θ); the mean takes the result in.
  public func update(_ w: Tensor, gradient: Tensor, state s: State, at step: Step<Self>) -> Tensor {
    let (rate, passed) = (step.learningRate, step.number - 1)
    let eta = rate / pow(1 + step.lambda * rate * passed, step.power)
    let value = w - eta * (gradient + (step.lambda + step.weightDecay) * w)
    s.mean = movingAverage(value, s.mean, 1 / maximum(passed - start, 1))
    return value
  }

  /// The mean; before the first step the parameters.
  public func evaluationPoint(_ parameters: [ParameterStep<State>], at step: Step<Self>) -> [Tensor]? {
    parameters.map { step.first($0.value, otherwise: $0.state.mean) }
  }
}
