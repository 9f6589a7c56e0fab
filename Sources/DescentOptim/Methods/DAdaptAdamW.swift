import DescentGraph

/// D-Adaptation for AdamW (Defazio & Mishchenko 2023, arXiv 2301.07733): the learning rate is η times an estimate d of
/// how far the solution is from the start, d ← max(d, r/((1−√β₂)‖s‖₁)), with averages r of γ⟨g, s/(√v + ε)⟩ and s of
/// γg, both decaying by √β₂; θ ← θ − γλθ − m/(√v + ε) with m the average of γg. Leave η at 1. `correctsBias` scales γ
/// by Adam's corrections (optax). State: three tensors.
public struct DAdaptAdamW: OptimizationMethod {
  /// η, a factor of the rate found: 1 as a rule; β₁ and β₂, how long gradients and their squares are remembered: in
  /// 0..<1; ε, beside the root: above 0; λ, the weight decay, which scales with the rate: at least 0.
  public var learningRate, beta1, beta2, epsilon, weightDecay: Schedule
  /// Whether γ has Adam's corrections as a factor (optax); the first d: above 0.
  public var correctsBias: Bool, start: Double

  /// All schedules but η: commands can set them by name.
  public static let adjustable: [Hyperparameter<Self>] = [
    .init("beta1", \.beta1, .fraction), .init("beta2", \.beta2, .fraction), .init("epsilon", \.epsilon, .positive),
    .init("weightDecay", \.weightDecay, .nonNegative),
  ]

  /// `start` is the first d, which only grows.
  public init(
    learningRate: Schedule = 1, beta1: Schedule = 0.9, beta2: Schedule = 0.999, epsilon: Schedule = 1e-8,
    weightDecay: Schedule = 0, correctsBias: Bool = false, start: Double = 1e-6
  ) {
    (self.learningRate, self.beta1, self.beta2, self.epsilon) = (learningRate, beta1, beta2, epsilon)
    (self.weightDecay, self.correctsBias, self.start) = (weightDecay, correctsBias, start)
  }

  /// d = `start`, and no progress yet.
  public func makeShared(for parameters: [(name: String, like: Tensor)]) -> DistanceEstimate { .init(start) }

  /// θ − γλθ − m/(√v + ε) with γ = dη; d grows afterwards.
  public func update(_ parameters: [ParameterStep<SummedMoments>], at step: Step<Self>) -> [Tensor] {
    let (estimate, d, decay) = (step.shared, step.shared.distance, sqrt(step.beta2))
    let rate = step.rate(d * step.learningRate, corrects: correctsBias, step.beta1, step.beta2)
    let progress = total(
      parameters.map { $0.gradient * $0.state.sum / (sqrt($0.state.base.meanSquare) + step.epsilon) })
    for p in parameters { p.state.add(p.gradient, rate: rate, step.beta1, step.beta2, decay) }
    let size = (1 - decay) * total(parameters.map { abs($0.state.sum) })
    estimate.grow(by: (1 - decay) * rate * progress, over: size, decay)
    return parameters.map {
      let root = sqrt($0.state.base.meanSquare) + step.epsilon
      return $0.value - step.weightDecay * rate * $0.value - $0.state.base.mean / root
    }
  }
}
