import DescentGraph

/// Muon (Jordan et al. 2024, kellerjordan.github.io/posts/muon): a matrix moves by its momentum with all singular values
/// brought near 1, by Newton–Schulz iterations; θ ← θ − η·(s·NS(m̂) + λθ).
/// Vectors, and parameters with one of `others` in their name, get Adam, at `adamRatio` times the rate. State: one tensor,
/// two for those. Momentum is Nesterov's, on corrected averages, in both parts. `.optax` has another scale s.
public struct Muon: Optimizer {
  public var learningRate, momentum, weightDecay, adamRatio, beta1, beta2, epsilon: Schedule
  public var iterations: Int, others: [String], scale: MuonScale, reshapesKernels = true

  public static let adjustable: [Hyperparameter<Self>] = [
    .init("momentum", \.momentum, .fraction), .init("weightDecay", \.weightDecay, .nonNegative),
    .init("adamRatio", \.adamRatio, .nonNegative), .init("beta1", \.beta1, .fraction),
    .init("beta2", \.beta2, .fraction), .init("epsilon", \.epsilon, .nonNegative),
  ]

  public init(
    learningRate: Schedule = 0.02, momentum: Schedule = 0.95, weightDecay: Schedule = 0, adamRatio: Schedule = 1,
    beta1: Schedule = 0.9, beta2: Schedule = 0.999, epsilon: Schedule = 1e-8, iterations: Int = 5,
    others: [String] = ["embed", "head", "positions"], scale: MuonScale = .rowsByColumns
  ) {
    (self.learningRate, self.momentum, self.weightDecay) = (learningRate, momentum, weightDecay)
    (self.adamRatio, self.beta1, self.beta2, self.epsilon) = (adamRatio, beta1, beta2, epsilon)
    (self.iterations, self.others, self.scale) = (iterations, others, scale)
  }

  public typealias State = EitherState<Momentum.State, Moments>
  public func makeState(for w: Tensor, named name: String) -> State {
    let isOther = (w.rank != 2 && !(w.rank > 2 && reshapesKernels)) || others.contains(where: name.contains)
    return isOther ? .second(.init(like: w)) : .first(.init(like: w))
  }
  public func update(_ w: Tensor, gradient g: Tensor, state: State, at step: Step<Self>) -> Tensor {
    switch state {
    case .first(let s):
      return w - step.learningRate * (step.orthogonalDirection(s, g, iterations, scale) + step.weightDecay * w)
    case .second(let s):
      return w - step.adamRatio * step.learningRate * step.nesterovDirection(s, g, step.beta1, step.beta2, step.epsilon)
    }
  }
}
