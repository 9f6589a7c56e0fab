import DescentGraph

/// Momentum with rates set once, by the signal-to-noise ratio of the first gradient (Xu et al. 2024, arXiv
/// 2412.11768): m ← μm + (1−μ)g; θ ← θ − ηλθ − η·r·m, r = ‖g₁‖/(σ(g₁) + ε), ‖g₁‖ for vectors. State: a tensor, a
/// number.
public struct SGDSaI: Optimizer {
  public var learningRate, momentum, weightDecay: Schedule
  public var decayKind: WeightDecayKind, epsilon: Double

  public static let adjustable: [Hyperparameter<Self>] = [
    .init("momentum", \.momentum, .fraction), .init("weightDecay", \.weightDecay, .nonNegative),
  ]

  public init(
    learningRate: Schedule = 0.01, momentum: Schedule = 0.9, weightDecay: Schedule = 0.01,
    decayKind: WeightDecayKind = .decoupled, epsilon: Double = 1e-8
  ) {
    (self.learningRate, self.momentum, self.weightDecay) = (learningRate, momentum, weightDecay)
    (self.decayKind, self.epsilon) = (decayKind, epsilon)
  }

  public struct State: OptimizerState {
    @Slot public var mean: Tensor
    @Slot public var ratio: Tensor
    public init(like w: Tensor) { (mean, ratio) = (.zeros(like: w), Tensor(0, dtype: w.dtype)) }
  }

  public func update(_ w: Tensor, gradient: Tensor, state s: State, at step: Step<Self>) -> Tensor {
    let (w, seen) = decayKind.applied(step.weightDecay, rate: step.learningRate, to: w, gradient)
    s.ratio = step.first(Self.ratio(gradient, epsilon), otherwise: s.ratio)
    s.mean = average(s.mean, seen, step.momentum)
    return w - step.learningRate * s.ratio * s.mean
  }

  private static func ratio(_ g: Tensor, _ epsilon: Double) -> Tensor {
    guard g.rank > 1, g.shape[0] != 1 else { return norm([g]) }
    let deviation = norm([g - g.mean()]) / Double(g.shape.elementCount - 1).squareRoot()
    return select(deviation .> 0, norm([g]) / (deviation + epsilon), norm([g]))
  }
}
