import DescentGraph

/// NovoGrad (Ginsburg et al. 2019, arXiv 1905.11286): momentum over gradients divided by the running norm of their
/// tensor. v ← β₂v + (1−β₂)‖g‖², and ‖g‖² in the first step; m ← β₁m + g/(√(v + ε_root) + ε) + λθ; θ ← θ − η·m.
///
/// State: one tensor and a number. Weight decay goes through the momentum.
public struct NovoGrad: Optimizer {
  /// η; β₁, the share of m that stays, and β₂, how long squared norms are remembered: in 0..<1; ε and, under the root,
  /// ε_root: at least 0; λ, the weight decay, part of m: at least 0.
  public var learningRate, beta1, beta2, epsilon, epsilonRoot, weightDecay: Schedule

  /// All schedules but η: commands can set them by name.
  public static let adjustable: [Hyperparameter<Self>] = [
    .init("beta1", \.beta1, .fraction), .init("beta2", \.beta2, .fraction), .init("epsilon", \.epsilon, .nonNegative),
    .init("epsilonRoot", \.epsilonRoot, .nonNegative), .init("weightDecay", \.weightDecay, .nonNegative),
  ]

  /// Without weight decay unless told otherwise.
  public init(
    learningRate: Schedule = 0.01, beta1: Schedule = 0.95, beta2: Schedule = 0.98, epsilon: Schedule = 1e-8,
    epsilonRoot: Schedule = 0, weightDecay: Schedule = 0
  ) {
    (self.learningRate, self.beta1, self.beta2, self.epsilon) = (learningRate, beta1, beta2, epsilon)
    (self.epsilonRoot, self.weightDecay) = (epsilonRoot, weightDecay)
  }

  /// The momentum, and the mean squared norm of a tensor.
  public struct State: OptimizerState {
    /// m, which sums: a steady gradient counts 1/(1−β₁) times.
    @Slot public var mean: Tensor
    /// v, a scalar.
    @Slot public var meanSquare: Tensor
    /// Zeros in the shape of `w`, and a scalar zero.
    public init(like w: Tensor) { (mean, meanSquare) = (.zeros(like: w), Tensor(0, dtype: w.dtype)) }
  }

  /// m ← β₁m + g/(√(v + ε_root) + ε) + λθ; θ − η·m.
  public func update(_ w: Tensor, gradient g: Tensor, state s: State, at step: Step<Self>) -> Tensor {
    let square = (g * g).sum()
    s.meanSquare = step.first(square, otherwise: movingAverage(s.meanSquare, square, step.beta2))
    let scaled = g / (sqrt(s.meanSquare + step.epsilonRoot) + step.epsilon)
    s.mean = step.beta1 * s.mean + scaled + step.weightDecay * w
    return w - step.learningRate * s.mean
  }
}
