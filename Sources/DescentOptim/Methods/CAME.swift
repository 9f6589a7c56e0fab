import DescentGraph

/// CAME (Luo et al. 2023, arXiv 2307.02047): Adafactor with momentum and confidence. u = g/√v, clipped to a root mean
/// square of d; m ← β₁m + (1−β₁)u; matrices divide m by the root of a `FactoredMean` of (u − m)² + ε₂, vectors do not.
///
/// State: one tensor and 2(n + m) numbers for a matrix. Weight decay is decoupled.
public struct CAME: Optimizer {
  /// η; β₁, β₂ and β₃, how long steps, squares and the instability are remembered: in 0..<1; d, the greatest root mean
  /// square of u: above 0; ε₁, added to g², and ε₂, added to (u − m)²: at least 0; λ, the weight decay: at least 0.
  public var learningRate, beta1, beta2, beta3, clip, epsilon1, epsilon2, weightDecay: Schedule
  /// How λ acts.
  public var decayKind: WeightDecayKind

  /// All schedules but η: commands can set them by name.
  public static let adjustable: [Hyperparameter<Self>] = [
    .init("beta1", \.beta1, .fraction), .init("beta2", \.beta2, .fraction), .init("beta3", \.beta3, .fraction),
    .init("clip", \.clip, .positive), .init("epsilon1", \.epsilon1, .nonNegative),
    .init("epsilon2", \.epsilon2, .nonNegative), .init("weightDecay", \.weightDecay, .nonNegative),
  ]

  /// Without weight decay unless told otherwise.
  public init(
    learningRate: Schedule = 2e-4, beta1: Schedule = 0.9, beta2: Schedule = 0.999, beta3: Schedule = 0.9999,
    clip: Schedule = 1, epsilon1: Schedule = 1e-30, epsilon2: Schedule = 1e-16, weightDecay: Schedule = 0,
    decayKind: WeightDecayKind = .decoupled
  ) {
    (self.learningRate, self.beta1, self.beta2, self.beta3, self.clip) = (learningRate, beta1, beta2, beta3, clip)
    (self.epsilon1, self.epsilon2, self.weightDecay, self.decayKind) = (epsilon1, epsilon2, weightDecay, decayKind)
  }

  /// θ − η·m/√s for matrices, s being the mean of (u − m)² + ε₂; θ − η·m for vectors.
  public func update(_ w: Tensor, gradient: Tensor, state s: ConfidentMoments, at step: Step<Self>) -> Tensor {
    let (w, g) = decayKind.applied(step.weightDecay, rate: step.learningRate, to: w, gradient)
    let scaled = g / s.squares.root(adding: g * g + step.epsilon1, step.beta2)
    let u = scaled / maximum(rootMeanSquare(scaled) / step.clip, 1)
    s.mean = movingAverage(s.mean, u, step.beta1)
    guard w.rank > 1 else { return w - step.learningRate * s.mean }
    let surprise = (u - s.mean) * (u - s.mean) + step.epsilon2
    return w - step.learningRate * s.mean / s.instability.root(adding: surprise, step.beta3)
  }
}
