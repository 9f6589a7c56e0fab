import DescentGraph

/// MADGRAD (Defazio & Jelassi 2021, arXiv 2101.11075): dual averaging from θ₀, with cube roots. a = (η + ε)√t; q ← q +
/// a·g²; s ← s + a·g; z = θ₀ − s/(∛q + ε); θ ← μθ + (1−μ)z. optax computes a in float32 (`weightType`). State: three
/// tensors. Weight decay is coupled.
public struct MADGRAD: Optimizer {
  public var learningRate, momentum, epsilon, weightDecay: Schedule
  public var weightType: DType

  public static let adjustable: [Hyperparameter<Self>] = [
    .init("momentum", \.momentum, .fraction), .init("epsilon", \.epsilon, .positive),
    .init("weightDecay", \.weightDecay, .nonNegative),
  ]

  public init(
    learningRate: Schedule = 0.01, momentum: Schedule = 0.9, epsilon: Schedule = 1e-6, weightDecay: Schedule = 0,
    weightType: DType = .float64
  ) {
    (self.learningRate, self.momentum, self.epsilon, self.weightDecay) = (learningRate, momentum, epsilon, weightDecay)
    self.weightType = weightType
  }

  public struct State: OptimizerState {
    @Slot public var start: Tensor
    @Slot public var sum: Tensor
    @Slot public var squareSum: Tensor
    public init(like w: Tensor) { (start, sum, squareSum) = (.zeros(like: w), .zeros(like: w), .zeros(like: w)) }
  }

  public func update(_ w: Tensor, gradient: Tensor, state s: State, at step: Step<Self>) -> Tensor {
    let g = gradient + step.weightDecay * w
    let (rate, root) = (step.learningRate + step.epsilon, sqrt(step.number))
    let weight = (rate.rounded(to: weightType) * root.rounded(to: weightType)).rounded(to: weightType)
    s.start = step.first(w, otherwise: s.start)
    s.sum = s.sum + weight * g
    s.squareSum = s.squareSum + weight * (g * g)
    let cubeRoot = exp(log(s.squareSum) / 3)  // `pow`, rounded better, takes longer than the memory does.
    return average(w, s.start - s.sum / (cubeRoot + step.epsilon), step.momentum)
  }
}
