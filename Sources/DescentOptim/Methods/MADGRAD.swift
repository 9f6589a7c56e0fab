import DescentGraph

/// MADGRAD (Defazio & Jelassi 2021, arXiv 2101.11075): dual averaging from θ₀, with cube roots. a = (η + ε)√t; q ← q +
/// a·g²; s ← s + a·g; z = θ₀ − s/(∛q + ε); θ ← μθ + (1−μ)z. optax computes a in float32 (`weightType`). State: three
/// tensors. Weight decay is coupled.
public struct MADGRAD: Optimizer {
  /// η; μ, the share of θ that stays: in 0..<1; ε, added to η and to the cube root: above 0; λ, the coupled weight
  /// decay: at least 0.
  public var learningRate, momentum, epsilon, weightDecay: Schedule
  /// The format that a is computed in.
  public var weightType: DType

  /// All schedules but η: commands can set them by name.
  public static let adjustable: [Hyperparameter<Self>] = [
    .init("momentum", \.momentum, .fraction), .init("epsilon", \.epsilon, .positive),
    .init("weightDecay", \.weightDecay, .nonNegative),
  ]

  /// Without weight decay unless told otherwise.
  public init(
    learningRate: Schedule = 0.01, momentum: Schedule = 0.9, epsilon: Schedule = 1e-6, weightDecay: Schedule = 0,
    weightType: DType = .float64
  ) {
    (self.learningRate, self.momentum, self.epsilon, self.weightDecay) = (learningRate, momentum, epsilon, weightDecay)
    self.weightType = weightType
  }

  /// The start, and the weighted sums since.
  public struct State: OptimizerState {
    /// θ₀, taken in the first step.
    @Slot public var start: Tensor
    /// s, the sum of a·g.
    @Slot public var sum: Tensor
    /// q, the sum of a·g².
    @Slot public var squareSum: Tensor
    /// Zeros in the shape of `w`.
    public init(like w: Tensor) {
      _start = .weight(.zeros(like: w))
      (sum, squareSum) = (.zeros(like: w), .zeros(like: w))
    }
  }

  /// μθ + (1−μ)·(θ₀ − s/(∛q + ε)).
  public func update(_ w: Tensor, gradient: Tensor, state s: State, at step: Step<Self>) -> Tensor {
    let g = gradient + step.weightDecay * w
    let (rate, root) = (step.learningRate + step.epsilon, sqrt(step.number))
    let weight = (rate.rounded(to: weightType) * root.rounded(to: weightType)).rounded(to: weightType)
    s.start = step.first(w, otherwise: s.start)
    s.sum = s.sum + weight * g
    s.squareSum = s.squareSum + weight * (g * g)
    let cubeRoot = exp(log(s.squareSum) / 3)  // `pow`, rounded better, takes longer than the memory does.
    return movingAverage(w, s.start - s.sum / (cubeRoot + step.epsilon), step.momentum)
  }
}
