import DescentGraph

/// Sophia-H (Liu et al. 2023, arXiv 2305.14342): m ← β₁m + (1−β₁)g; every `interval` steps h ← β₂h + (1−β₂)·u·∇²L·u, u
/// normally distributed (Hutchinson's estimate of the Hessian's diagonal); θ ← θ − ηλθ − η·clip(m / max(γh, ε), ±1).
///
/// State: two tensors. Needs the loss: the estimate differentiates the gradient once more.
public struct Sophia: OptimizationMethod {
  public var learningRate, beta1, beta2, scale, epsilon, weightDecay: Schedule
  public let interval: Int
  /// Decides the directions u.
  public let key: RandomKey
  public static let adjustable: [Hyperparameter<Self>] = [
    .init("beta1", \.beta1, .fraction), .init("beta2", \.beta2, .fraction), .init("scale", \.scale, .positive),
    .init("epsilon", \.epsilon, .positive), .init("weightDecay", \.weightDecay, .nonNegative),
  ]

  public init(
    learningRate: Schedule = 1e-3, beta1: Schedule = 0.96, beta2: Schedule = 0.99, scale: Schedule = 0.01,
    epsilon: Schedule = 1e-12, weightDecay: Schedule = 0.1, interval: Int = 10, key: RandomKey = RandomKey(0)
  ) {
    (self.learningRate, self.beta1, self.beta2, self.scale) = (learningRate, beta1, beta2, scale)
    (self.epsilon, self.weightDecay, self.interval, self.key) = (epsilon, weightDecay, interval, key)
  }

  public func update(_ parameters: [ParameterStep<Adam.State>], at step: Step<Self>) -> [Tensor] {
    let rounds = (step.number - 1) / Double(interval)
    let key = key.folding(in: step.number)
    let directions = parameters.map { key.folding(in: $0.name).normal($0.value.shape, dtype: $0.value.dtype) }
    let products = step.hessianVectorProduct(directions)
    return zip(parameters, zip(directions, products)).map { parameter, estimate in
      let (w, s) = (parameter.value, parameter.state)
      let hessian = step.beta2 * s.meanSquare + (1 - step.beta2) * (estimate.0 * estimate.1)
      s.mean = step.beta1 * s.mean + (1 - step.beta1) * parameter.gradient
      s.meanSquare = select(floor(rounds) .== rounds, hessian, s.meanSquare)
      let ratio = s.mean / maximum(step.scale * s.meanSquare, step.epsilon)
      return (1 - step.learningRate * step.weightDecay) * w - step.learningRate * maximum(minimum(ratio, 1), -1)
    }
  }
}
