import DescentGraph

/// Momentum with rates set once, by the signal-to-noise ratio of the first gradient (Xu et al. 2024, arXiv
/// 2412.11768): m ← μm + (1−μ)g; θ ← θ − ηλθ − η·r·m, r = ‖g₁‖/(σ(g₁) + ε), ‖g₁‖ for vectors. State: a tensor, a
/// number.
public struct SGDSaI: Optimizer {
  /// η; μ, how long gradients are remembered: in 0..<1; λ, the weight decay: at least 0.
  public var learningRate, momentum, weightDecay: Schedule
  /// How λ acts; ε, added to the deviation of the first gradient.
  public var decayKind: WeightDecayKind, epsilon: Double

  /// All schedules but η: commands can set them by name.
  public static let adjustable: [Hyperparameter<Self>] = [
    .init("momentum", \.momentum, .fraction), .init("weightDecay", \.weightDecay, .nonNegative),
  ]

  /// Weight decay is 0.01 unless told otherwise.
  public init(
    learningRate: Schedule = 0.01, momentum: Schedule = 0.9, weightDecay: Schedule = 0.01,
    decayKind: WeightDecayKind = .decoupled, epsilon: Double = 1e-8
  ) {
    (self.learningRate, self.momentum, self.weightDecay) = (learningRate, momentum, weightDecay)
    (self.decayKind, self.epsilon) = (decayKind, epsilon)
  }

  /// The momentum, and the ratio of a tensor.
  public struct State: OptimizerState {
    /// m, the average of gradients.
    @Slot public var mean: Tensor
    /// r, a scalar that is set in the first step.
    @Slot public var ratio: Tensor
    /// Zeros in the shape of `w`, and a scalar zero.
    public init(like w: Tensor) { (mean, ratio) = (.zeros(like: w), Tensor(0, dtype: w.dtype)) }
  }

  /// θ − ηλθ − η·r·m; r is of the gradient without decay.
  public func update(_ w: Tensor, gradient: Tensor, state s: State, at step: Step<Self>) -> Tensor {
    let (w, seen) = decayKind.applied(step.weightDecay, rate: step.learningRate, to: w, gradient)
    s.ratio = step.first(Self.ratio(gradient, epsilon), otherwise: s.ratio)
    s.mean = movingAverage(s.mean, seen, step.momentum)
    return w - step.learningRate * s.ratio * s.mean
  }

  private static func ratio(_ g: Tensor, _ epsilon: Double) -> Tensor {
    guard g.rank > 1, g.shape[0] != 1 else { return g.norm() }
    let deviation = (g - g.mean()).norm() / Double(g.shape.elementCount - 1).squareRoot()
    return select(deviation .> 0, g.norm() / (deviation + epsilon), g.norm())
  }
}
