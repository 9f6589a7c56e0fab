import DescentGraph

/// Prodigy (Mishchenko & Defazio 2023, arXiv 2306.06101): Adam that finds its own learning rate, η times an estimate d
/// of how far the solution is from the start θ₀. γ = d·η; r ← √β₂·r + γd·⟨g, θ₀ − θ⟩; s ← √β₂·s + γd·g; d ← max(d,
/// c·r/‖s‖₁); θ ← θ − γλθ − γ·m/(√v + dε), with averages of d·g. Leave η at 1. `correctsBias` scales γ by Adam's
/// corrections (optax). State: four tensors.
public struct Prodigy: OptimizationMethod {
  /// η, a factor of the rate found: 1 as a rule; β₁ and β₂, how long gradients and their squares are remembered: in
  /// 0..<1; ε, times d beside the root: at least 0; c, a factor of the estimate: above 0; λ, the weight decay, which
  /// scales with the rate: at least 0.
  public var learningRate, beta1, beta2, epsilon, growth, weightDecay: Schedule
  /// Whether γ has Adam's corrections as a factor (optax); the first d: above 0.
  public var correctsBias: Bool, start: Double

  /// All schedules but η: commands can set them by name.
  public static let adjustable: [Hyperparameter<Self>] = [
    .init("beta1", \.beta1, .fraction), .init("beta2", \.beta2, .fraction), .init("epsilon", \.epsilon, .nonNegative),
    .init("growth", \.growth, .positive), .init("weightDecay", \.weightDecay, .nonNegative),
  ]

  /// `growth` is c, `start` the first d, which only grows.
  public init(
    learningRate: Schedule = 1, beta1: Schedule = 0.9, beta2: Schedule = 0.999, epsilon: Schedule = 1e-8,
    growth: Schedule = 1, weightDecay: Schedule = 0, correctsBias: Bool = false, start: Double = 1e-6
  ) {
    (self.learningRate, self.beta1, self.beta2, self.epsilon) = (learningRate, beta1, beta2, epsilon)
    (self.growth, self.weightDecay, self.correctsBias, self.start) = (growth, weightDecay, correctsBias, start)
  }

  /// d = `start`, and no progress yet.
  public func makeShared(for parameters: [(name: String, like: Tensor)]) -> DistanceEstimate { .init(start) }

  /// θ − γλθ − γ·m/(√v + dε): γ has the d from before the step, the root the one after it.
  public func update(_ parameters: [ParameterStep<StartedMoments>], at step: Step<Self>) -> [Tensor] {
    let (estimate, d, decay) = (step.shared, step.shared.distance, sqrt(step.beta2))
    let rate = step.rate(d * step.learningRate, corrects: correctsBias, step.beta1, step.beta2)
    let (weight, decays) = (rate * d / start, (step.beta1, step.beta2, decay))
    for p in parameters { p.state.add(p.gradient, at: p.value, times: d, weight: weight, decays, step) }
    let progress = total(parameters.map { $0.gradient * ($0.state.start - $0.value) })
    let size = total(parameters.map { abs($0.state.sum) })
    estimate.grow(by: weight * progress, over: size, decay, times: step.growth)
    return parameters.map {
      let root = sqrt($0.state.base.meanSquare) + estimate.distance * step.epsilon
      return $0.value - step.weightDecay * rate * $0.value - rate * $0.state.base.mean / root
    }
  }
}
