import DescentGraph

/// GaLore (Zhao et al. 2024, arXiv 2403.03507): AdamW on a matrix's gradient projected to its `rank` greatest singular
/// directions, on the shorter side, and back; θ ← θ − ηλθ − ηα·P·m̂/(√v̂ + ε).
///
/// P is taken in step 1 and each `period` steps after it; the moments stay. Vectors get plain AdamW. State of an m × n
/// matrix, m ≤ n: two tensors of rank × n and one of rank × m.
public struct GaLore: Optimizer {
  /// η; β₁ and β₂, how long projected gradients and their squares are remembered: in 0..<1; ε, beside the root: at
  /// least 0; λ, the decoupled weight decay: at least 0; α, a factor of the steps of matrices: at least 0.
  public var learningRate, beta1, beta2, epsilon, weightDecay, scale: Schedule
  /// How many directions are kept, at most the shorter side; the steps from one P to the next. Both above 0.
  public let rank, period: Int

  /// All schedules but η: commands can set them by name.
  public static let adjustable: [Hyperparameter<Self>] = [
    .init("beta1", \.beta1, .fraction), .init("beta2", \.beta2, .fraction), .init("epsilon", \.epsilon, .nonNegative),
    .init("weightDecay", \.weightDecay, .nonNegative), .init("scale", \.scale, .nonNegative),
  ]

  /// `rank` and `period` are fixed, the others may be schedules; without weight decay unless told otherwise.
  public init(
    learningRate: Schedule = 0.01, beta1: Schedule = 0.9, beta2: Schedule = 0.999, epsilon: Schedule = 1e-8,
    weightDecay: Schedule = 0, scale: Schedule = 0.25, rank: Int = 128, period: Int = 200
  ) {
    (self.learningRate, self.beta1, self.beta2, self.epsilon) = (learningRate, beta1, beta2, epsilon)
    (self.weightDecay, self.scale, self.rank, self.period) = (weightDecay, scale, rank, period)
  }

  /// P and the averages of what it projects, for a matrix; Adam's averages for all else.
  public typealias State = EitherState<ProjectedMoments, Moments>
  /// By the number of axes: two are a matrix.
  public func makeState(for w: Tensor, named name: String) -> State {
    w.rank == 2 ? .first(.init(like: w, rank: rank)) : .second(.init(like: w))
  }

  /// θ − ηλθ − ηα·P·m̂/(√v̂ + ε) for a matrix; AdamW's step for all else.
  public func update(_ w: Tensor, gradient g: Tensor, state: State, at step: Step<Self>) -> Tensor {
    let kept = (1 - step.learningRate * step.weightDecay) * w
    func adam(_ s: Moments, _ g: Tensor) -> Tensor { step.adamDirection(s, g, step.beta1, step.beta2, step.epsilon) }
    switch state {
    case .first(let s):
      let push = s.update(g, isDue: step.isFirst(ofEvery: period)) { adam(s.moments, $0) }
      return kept - step.learningRate * step.scale * push
    case .second(let s): return kept - step.learningRate * adam(s, g)
    }
  }
}
