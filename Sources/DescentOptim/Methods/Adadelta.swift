import DescentGraph

/// Adadelta (Zeiler 2012, arXiv 1212.5701): the step has the units of the parameter, u = √(d + ε)/√(v + ε)·g with v a
/// running mean of g² and d of u²; θ ← θ − η·u.
///
/// State: two tensors. Weight decay is coupled. The paper has η = 1.
public struct Adadelta: Optimizer {
  /// η; ρ, how long squares are remembered: in 0..<1; ε, under both roots: above 0; λ, the coupled weight decay: at
  /// least 0.
  public var learningRate, decay, epsilon, weightDecay: Schedule

  /// All schedules but η: commands can set them by name.
  public static let adjustable: [Hyperparameter<Self>] = [
    .init("decay", \.decay, .fraction), .init("epsilon", \.epsilon, .positive),
    .init("weightDecay", \.weightDecay, .nonNegative),
  ]

  /// `decay` is ρ; η = 1 is the paper's method.
  public init(learningRate: Schedule = 1, decay: Schedule = 0.95, epsilon: Schedule = 1e-6, weightDecay: Schedule = 0) {
    (self.learningRate, self.decay, self.epsilon, self.weightDecay) = (learningRate, decay, epsilon, weightDecay)
  }

  /// The running means of the squares of gradients and of steps.
  public struct State: OptimizerState {
    /// v, the mean of g².
    @Slot public var meanSquare: Tensor
    /// d, the mean of u².
    @Slot public var meanSquareStep: Tensor
    /// Zeros in the shape of `w`.
    public init(like w: Tensor) { (meanSquare, meanSquareStep) = (.zeros(like: w), .zeros(like: w)) }
  }

  /// θ − η·u with u = √(d + ε)/√(v + ε)·g; d takes u² in afterwards.
  public func update(_ w: Tensor, gradient: Tensor, state s: State, at step: Step<Self>) -> Tensor {
    let g = gradient + step.weightDecay * w
    s.meanSquare = movingAverage(s.meanSquare, g * g, step.decay)
    let move = sqrt(s.meanSquareStep + step.epsilon) / sqrt(s.meanSquare + step.epsilon) * g
    s.meanSquareStep = movingAverage(s.meanSquareStep, move * move, step.decay)
    return w - step.learningRate * move
  }
}
