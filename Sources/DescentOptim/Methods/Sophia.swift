import DescentGraph

/// Sophia-H (Liu et al. 2023, arXiv 2305.14342): m ← β₁m + (1−β₁)g; every `interval` steps h ← β₂h + (1−β₂)·u·∇²L·u, u
/// normally distributed (Hutchinson's estimate of the Hessian's diagonal); θ ← θ − ηλθ − η·clip(m / max(γh, ε), ±1).
///
/// State: two tensors. Needs the loss: the estimate differentiates the gradient once more.
public struct Sophia: OptimizationMethod {
  /// η; β₁ and β₂, how long gradients and estimates of the Hessian are remembered: in 0..<1; γ, a factor of h: above 0;
  /// ε, the least that m is divided by: above 0; λ, the decoupled weight decay: at least 0.
  public var learningRate, beta1, beta2, scale, epsilon, weightDecay: Schedule
  /// The steps from one estimate to the next: above 0.
  public let interval: Int
  /// Decides the directions u.
  public let key: RandomKey
  /// All schedules but η: commands can set them by name.
  public static let adjustable: [Hyperparameter<Self>] = [
    .init("beta1", \.beta1, .fraction), .init("beta2", \.beta2, .fraction), .init("scale", \.scale, .positive),
    .init("epsilon", \.epsilon, .positive), .init("weightDecay", \.weightDecay, .nonNegative),
  ]
  /// For the Hessian times u.
  public var needsLoss: Bool { true }

  /// `scale` is γ; weight decay is 0.1 unless told otherwise.
  public init(
    learningRate: Schedule = 1e-3, beta1: Schedule = 0.96, beta2: Schedule = 0.99, scale: Schedule = 0.01,
    epsilon: Schedule = 1e-12, weightDecay: Schedule = 0.1, interval: Int = 10, key: RandomKey = RandomKey(0)
  ) {
    (self.learningRate, self.beta1, self.beta2, self.scale) = (learningRate, beta1, beta2, scale)
    (self.epsilon, self.weightDecay, self.interval, self.key) = (epsilon, weightDecay, interval, key)
  }

  /// θ − ηλθ − η·clip(m/max(γh, ε), ±1); h is kept in the slot `meanSquare`.
  public func update(_ parameters: [ParameterStep<Adam.State>], at step: Step<Self>) -> [Tensor] {
    let squares = step.every(interval, otherwise: parameters.map(\.state.meanSquare)) {
      let key = key.folding(in: step.number)
      let noise = parameters.map { key.folding(in: $0.name).normal($0.value.shape, dtype: $0.value.dtype) }
      let estimates = zip(noise, step.hessianVectorProduct(noise)).map { $0 * $1 }
      return zip(parameters, estimates).map { movingAverage($0.state.meanSquare, $1, step.beta2) }
    }
    return zip(parameters, squares).map { parameter, square in
      let (w, s) = (parameter.value, parameter.state)
      (s.mean, s.meanSquare) = (movingAverage(s.mean, parameter.gradient, step.beta1), square)
      let ratio = s.mean / maximum(step.scale * s.meanSquare, step.epsilon)
      return (1 - step.learningRate * step.weightDecay) * w - step.learningRate * maximum(minimum(ratio, 1), -1)
    }
  }
}
