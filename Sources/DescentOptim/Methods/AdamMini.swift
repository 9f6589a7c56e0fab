import DescentGraph

/// Adam-mini (Zhang et al. 2024, arXiv 2406.16793): AdamW with one mean square for each output neuron (row of a
/// matrix, slice of the first axis), and one for a whole vector: half of AdamW's state.
///
/// State: one tensor, and a number per row. The paper cuts queries and keys by heads, which are rows here too.
public struct AdamMini: Optimizer {
  /// η; β₁ and β₂, how long gradients and their squares are remembered: in 0..<1; ε, beside the root: at least 0; λ,
  /// the decoupled weight decay: at least 0.
  public var learningRate, beta1, beta2, epsilon, weightDecay: Schedule

  /// All schedules but η: commands can set them by name.
  public static let adjustable: [Hyperparameter<Self>] = [
    .init("beta1", \.beta1, .fraction), .init("beta2", \.beta2, .fraction), .init("epsilon", \.epsilon, .nonNegative),
    .init("weightDecay", \.weightDecay, .nonNegative),
  ]

  /// Weight decay is 0.1 unless told otherwise.
  public init(
    learningRate: Schedule = 1e-3, beta1: Schedule = 0.9, beta2: Schedule = 0.999, epsilon: Schedule = 1e-8,
    weightDecay: Schedule = 0.1
  ) {
    (self.learningRate, self.beta1, self.beta2, self.epsilon) = (learningRate, beta1, beta2, epsilon)
    self.weightDecay = weightDecay
  }

  /// A mean per element and a mean square per row.
  public struct State: OptimizerState {
    /// m, in the shape of the parameter.
    @Slot public var mean: Tensor
    /// v: extent 1 along all axes but the first, and along all of a vector.
    @Slot public var meanSquare: Tensor
    let block: [Int]
    /// Zeros; rows are the slices of the first axis of `w`.
    public init(like w: Tensor) {
      block = Array(w.rank < 2 ? 0..<w.rank : 1..<w.rank)
      (mean, meanSquare) = (.zeros(like: w), .zeros(w.shape.keeping(axes: block), dtype: w.dtype))
    }
  }

  /// v takes the row's mean of g² in; θ − ηλθ − η·m̂/(√v̂ + ε).
  public func update(_ w: Tensor, gradient g: Tensor, state s: State, at step: Step<Self>) -> Tensor {
    s.mean = movingAverage(s.mean, g, step.beta1)
    s.meanSquare = movingAverage(s.meanSquare, (g * g).mean(axes: s.block, keepingAxes: true), step.beta2)
    let root = sqrt(step.correction(step.beta2) * s.meanSquare) + step.epsilon
    let decay = step.learningRate * step.weightDecay
    return w - decay * w - step.learningRate * step.correction(step.beta1) * s.mean / root
  }
}
