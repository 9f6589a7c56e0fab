import DescentGraph

/// MARS-AdamW (Yuan et al. 2024, arXiv 2411.10438): AdamW on gradients corrected by how they changed, c = g +
/// γβ₁/(1−β₁)·(g − g_before), each tensor's c scaled to a norm of at most 1. (The approximate form: both gradients
/// from batches of their own.)
///
/// State: three tensors. ε joins the uncorrected root, and stands under it too, as in the authors' code.
public struct MARS: Optimizer {
  /// η; β₁ and β₂, how long c and its squares are remembered: in 0..<1; γ, how much the change of g counts: at least 0;
  /// ε and, under the root, ε_root: at least 0; λ, the weight decay: at least 0.
  public var learningRate, beta1, beta2, gamma, epsilon, epsilonRoot, weightDecay: Schedule
  /// How λ acts.
  public var decayKind: WeightDecayKind

  /// All schedules but η: commands can set them by name.
  public static let adjustable: [Hyperparameter<Self>] = [
    .init("beta1", \.beta1, .fraction), .init("beta2", \.beta2, .fraction), .init("gamma", \.gamma, .nonNegative),
    .init("epsilon", \.epsilon, .nonNegative), .init("epsilonRoot", \.epsilonRoot, .nonNegative),
    .init("weightDecay", \.weightDecay, .nonNegative),
  ]

  /// Without weight decay unless told otherwise.
  public init(
    learningRate: Schedule = 3e-3, beta1: Schedule = 0.95, beta2: Schedule = 0.99, gamma: Schedule = 0.025,
    epsilon: Schedule = 1e-8, epsilonRoot: Schedule = 1e-15, weightDecay: Schedule = 0,
    decayKind: WeightDecayKind = .decoupled
  ) {
    (self.learningRate, self.beta1, self.beta2, self.gamma, self.epsilon) = (learningRate, beta1, beta2, gamma, epsilon)
    (self.epsilonRoot, self.weightDecay, self.decayKind) = (epsilonRoot, weightDecay, decayKind)
  }

  /// AdamW's step with c/max(‖c‖, 1), c = g + γβ₁/(1−β₁)·(g − g_before); g_before is 0 in the first step.
  public func update(_ w: Tensor, gradient: Tensor, state s: ChangeMoments, at step: Step<Self>) -> Tensor {
    let (w, g) = decayKind.applied(step.weightDecay, rate: step.learningRate, to: w, gradient)
    let c = g + step.gamma * step.beta1 / (1 - step.beta1) * (g - s.previous)
    s.previous = g
    s.base.add(c / maximum(c.norm(), 1), step.beta1, step.beta2)
    let root = EpsilonPlace.uncorrected.root(
      s.base.meanSquare, step.correction(step.beta2), step.epsilon, inside: step.epsilonRoot)
    return w - step.learningRate * step.correction(step.beta1) * s.base.mean / root
  }
}
