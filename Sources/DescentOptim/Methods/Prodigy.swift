import DescentGraph

/// Prodigy (Mishchenko & Defazio 2023, arXiv 2306.06101): Adam that finds its own learning rate, η times an estimate d
/// of how far the solution is from the start θ₀. γ = d·η; r ← √β₂·r + γd·⟨g, θ₀ − θ⟩; s ← √β₂·s + γd·g; d ← max(d,
/// c·r/‖s‖₁); θ ← θ − γλθ − γ·m/(√v + dε), with averages of d·g. Leave η at 1. `correctsBias` scales γ by Adam's
/// corrections (optax). State: four tensors.
public struct Prodigy: OptimizationMethod {
  public var learningRate, beta1, beta2, epsilon, growth, weightDecay: Schedule
  public var correctsBias: Bool, start: Double

  public static let adjustable: [Hyperparameter<Self>] = [
    .init("beta1", \.beta1, .fraction), .init("beta2", \.beta2, .fraction), .init("epsilon", \.epsilon, .nonNegative),
    .init("growth", \.growth, .positive), .init("weightDecay", \.weightDecay, .nonNegative),
  ]

  public init(
    learningRate: Schedule = 1, beta1: Schedule = 0.9, beta2: Schedule = 0.999, epsilon: Schedule = 1e-8,
    growth: Schedule = 1, weightDecay: Schedule = 0, correctsBias: Bool = false, start: Double = 1e-6
  ) {
    (self.learningRate, self.beta1, self.beta2, self.epsilon) = (learningRate, beta1, beta2, epsilon)
    (self.growth, self.weightDecay, self.correctsBias, self.start) = (growth, weightDecay, correctsBias, start)
  }

  public func makeShared(for parameters: [(name: String, like: Tensor)]) -> DistanceEstimate { .init(start) }

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
