import DescentGraph

/// Adafactor (Shazeer & Stern 2018, arXiv 1804.04235): steps of a root mean square of at most d, relative to the
/// tensor's own, with a `FactoredMean` of squares for matrices. u = g/√v, v decaying by 1 − t^−`decayPower`; θ ← θ −
/// max(ε₂, RMS(θ))·min(η, 1/√t)·u/max(1, RMS(u)/d).
///
/// State: n + m numbers for a matrix, a tensor for a vector. The paper adds ε₁ to g², as optax does; PyTorch bounds v
/// by ε₁² from below. `variant` names what else differs.
public struct Adafactor: Optimizer {
  /// η; d, the greatest root mean square of u: above 0; `decayPower`, by which v forgets ever more slowly; ε₁, which
  /// keeps v above zero; ε₂, the least RMS(θ) that steps are relative to; λ, the weight decay. All others at least 0.
  public var learningRate, clip, decayPower, epsilon1, epsilon2, weightDecay: Schedule
  /// Whose Adafactor: the paper's, PyTorch's or optax's. It also decides how λ acts.
  public var variant: AdafactorVariant

  /// All schedules but η: commands can set them by name.
  public static let adjustable: [Hyperparameter<Self>] = [
    .init("clip", \.clip, .positive), .init("decayPower", \.decayPower, .nonNegative),
    .init("epsilon1", \.epsilon1, .nonNegative), .init("epsilon2", \.epsilon2, .nonNegative),
    .init("weightDecay", \.weightDecay, .nonNegative),
  ]

  /// The paper's variant, without weight decay, unless told otherwise.
  public init(
    learningRate: Schedule = 0.01, clip: Schedule = 1, decayPower: Schedule = 0.8, epsilon1: Schedule = 1e-30,
    epsilon2: Schedule = 1e-3, weightDecay: Schedule = 0, variant: AdafactorVariant = .paper
  ) {
    (self.learningRate, self.clip, self.decayPower, self.epsilon1) = (learningRate, clip, decayPower, epsilon1)
    (self.epsilon2, self.weightDecay, self.variant) = (epsilon2, weightDecay, variant)
  }

  /// The mean of squares, factored over the axes that `variant` says.
  public func makeState(for w: Tensor, named name: String) -> FactoredMean { variant.makeState(for: w) }

  /// θ − max(ε₂, RMS(θ))·min(η, 1/√t)·u/max(1, RMS(u)/d), as far as `variant` has these factors.
  public func update(_ w: Tensor, gradient g: Tensor, state s: FactoredMean, at step: Step<Self>) -> Tensor {
    let (rate, power) = (variant.rate(step.learningRate, step.number), step.decayPower)
    let u = g / variant.rootMeanSquare(s, g, step.epsilon1, decay: variant.decay(step.number, power))
    let length = variant.scalesByParameter ? maximum(rootMeanSquare(w), step.epsilon2) : Tensor(1, dtype: w.dtype)
    let (kept, _) = variant.decayKind.applied(step.weightDecay, rate: step.learningRate, to: w, g)
    return kept - rate * length / maximum(rootMeanSquare(u) / step.clip, 1) * u
  }
}
