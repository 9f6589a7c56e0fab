import DescentGraph

/// Muon (Jordan et al. 2024, kellerjordan.github.io/posts/muon): a matrix moves by its momentum with all singular values
/// brought near 1, by Newton–Schulz iterations; θ ← θ − η·(s·NS(m̂) + λθ).
/// Vectors, and parameters with one of `others` in their name, get Adam, at `adamRatio` times the rate. State: one tensor,
/// two for those. Momentum is Nesterov's, on corrected averages, in both parts. `.optax` has another scale s.
public struct Muon: Optimizer {
  /// η; μ, how long gradients of matrices are remembered: in 0..<1; λ, the decoupled weight decay of matrices: at least
  /// 0; the rate of Adam's part, in η: at least 0; β₁ and β₂ of that part: in 0..<1; ε, added to its root and to ‖m̂‖:
  /// at least 0.
  public var learningRate, momentum, weightDecay, adamRatio, beta1, beta2, epsilon: Schedule
  /// How many Newton–Schulz iterations; parts of the names that get Adam; the factor s; whether tensors of more than
  /// two axes (kernels) are matrices too, the first axis being the rows, and do not get Adam.
  public var iterations: Int, others: [String], scale: MuonScale, reshapesKernels = true

  /// All schedules but η: commands can set them by name.
  public static let adjustable: [Hyperparameter<Self>] = [
    .init("momentum", \.momentum, .fraction), .init("weightDecay", \.weightDecay, .nonNegative),
    .init("adamRatio", \.adamRatio, .nonNegative), .init("beta1", \.beta1, .fraction),
    .init("beta2", \.beta2, .fraction), .init("epsilon", \.epsilon, .nonNegative),
  ]

  /// Without weight decay unless told otherwise. `reshapesKernels` is true; set it afterwards.
  public init(
    learningRate: Schedule = 0.02, momentum: Schedule = 0.95, weightDecay: Schedule = 0, adamRatio: Schedule = 1,
    beta1: Schedule = 0.9, beta2: Schedule = 0.999, epsilon: Schedule = 1e-8, iterations: Int = 5,
    others: [String] = ["embed", "head", "positions"], scale: MuonScale = .rowsByColumns
  ) {
    (self.learningRate, self.momentum, self.weightDecay) = (learningRate, momentum, weightDecay)
    (self.adamRatio, self.beta1, self.beta2, self.epsilon) = (adamRatio, beta1, beta2, epsilon)
    (self.iterations, self.others, self.scale) = (iterations, others, scale)
  }

  /// The momentum of a matrix, or Adam's averages.
  public typealias State = EitherState<Momentum.State, Moments>
  /// By the number of axes and the name: which of the two the parameter gets.
  public func makeState(for w: Tensor, named name: String) -> State {
    let isOther = (w.rank != 2 && !(w.rank > 2 && reshapesKernels)) || others.contains(where: name.contains)
    return isOther ? .second(.init(like: w)) : .first(.init(like: w))
  }
  /// θ − η·(s·NS(m̂) + λθ) for a matrix; Adam's step with Nesterov's m̂ for all else, without decay.
  public func update(_ w: Tensor, gradient g: Tensor, state: State, at step: Step<Self>) -> Tensor {
    switch state {
    case .first(let s):
      return w - step.learningRate * (step.orthogonalDirection(s, g, iterations, scale) + step.weightDecay * w)
    case .second(let s):
      return w - step.adamRatio * step.learningRate * step.nesterovDirection(s, g, step.beta1, step.beta2, step.epsilon)
    }
  }
}
