import DescentGraph

/// Muon (Jordan et al. 2024, kellerjordan.github.io/posts/muon): a matrix moves by its momentum with all singular values
/// brought near 1, by Newton–Schulz iterations; θ ← θ − η·(s·NS(m̂) + λθ). Of more than two axes the first is the rows.
///
/// Vectors, and parameters with one of `others` in their name, get Adam, at `adamRatio` times the rate. State: one tensor,
/// two for those. Momentum is Nesterov's, on corrected averages, in both parts. `.optax` has another scale s.
public struct Muon: Optimizer {
  public var learningRate, momentum, weightDecay, adamRatio, beta1, beta2, epsilon: Schedule
  public var iterations: Int
  public var others: [String]
  public var scale: MuonScale

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

  public func makeState(for w: Tensor, named name: String) -> EitherState<Momentum.State, Moments> {
    w.rank >= 2 && !others.contains(where: name.contains) ? .first(.init(like: w)) : .second(.init(like: w))
  }

  public func update(
    _ w: Tensor, gradient g: Tensor, state: EitherState<Momentum.State, Moments>, at step: Step<Self>
  ) -> Tensor {
    switch state {
    case .first(let s):
      s.velocity = average(s.velocity, g, step.momentum)
      let matrix = step.ahead(s.velocity, g, step.momentum).reshaped([w.shape[0], w.shape.dropFirst().reduce(1, *)])
      let push = matrix.orthogonalized(iterations: iterations, epsilon: step.epsilon).reshaped(w.shape)
      return w - step.learningRate * (scale.factor(matrix.shape) * push + step.weightDecay * w)
    case .second(let s):
      s.add(g, step.beta1, step.beta2)
      let root = sqrt(step.correction(step.beta2) * s.meanSquare) + step.epsilon
      return w - step.adamRatio * step.learningRate * step.ahead(s.mean, g, step.beta1) / root
    }
  }
}
