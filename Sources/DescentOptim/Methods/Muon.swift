import DescentGraph

/// Muon (Jordan et al. 2024, kellerjordan.github.io/posts/muon): a matrix moves by its momentum with all singular values
/// brought near 1, by five Newton–Schulz iterations; θ ← θ − η·(s·NS(m̂) + λθ).
///
/// Vectors, and parameters with one of `others` in their name (embeddings, heads), get Adam instead, at `adamRatio` times
/// the rate. State: one tensor, two for those. Momentum is Nesterov's, of averages corrected for their start, in both
/// parts, as in optax. Of more than two axes the first is the matrix's rows. s is √max(1, rows/columns), for weights
/// `[outputs, inputs]`; `.optax` has it the other way round.
public struct Muon: Optimizer {
  public var learningRate, momentum, weightDecay, adamRatio, beta1, beta2, epsilon: Schedule
  public var iterations: Int
  public var others: [String]
  public var scale: Scale

  public static let adjustable: [Hyperparameter<Self>] = [
    .init("momentum", \.momentum, .fraction), .init("weightDecay", \.weightDecay, .nonNegative),
    .init("adamRatio", \.adamRatio, .nonNegative), .init("beta1", \.beta1, .fraction),
    .init("beta2", \.beta2, .fraction), .init("epsilon", \.epsilon, .nonNegative),
  ]

  public init(
    learningRate: Schedule = 0.02, momentum: Schedule = 0.95, weightDecay: Schedule = 0, adamRatio: Schedule = 1,
    beta1: Schedule = 0.9, beta2: Schedule = 0.999, epsilon: Schedule = 1e-8, iterations: Int = 5,
    others: [String] = ["embed", "head", "positions"], scale: Scale = .rowsByColumns
  ) {
    (self.learningRate, self.momentum, self.weightDecay) = (learningRate, momentum, weightDecay)
    (self.adamRatio, self.beta1, self.beta2, self.epsilon) = (adamRatio, beta1, beta2, epsilon)
    (self.iterations, self.others, self.scale) = (iterations, others, scale)
  }

  public enum Scale: String, Sendable {
    case rowsByColumns, columnsByRows
    /// 0.2·√max(rows, columns): updates as long as AdamW's (Liu et al. 2025, arXiv 2502.16982).
    case likeAdamW
  }

  public func makeState(for w: Tensor, named name: String) -> EitherState<Momentum.State, Moments> {
    w.rank >= 2 && !others.contains(where: name.contains) ? .first(.init(like: w)) : .second(.init(like: w))
  }

  public func update(
    _ w: Tensor, gradient g: Tensor, state: EitherState<Momentum.State, Moments>, at step: Step<Self>
  ) -> Tensor {
    func ahead(_ mean: Tensor, _ beta: Tensor) -> Tensor {
      beta / (1 - pow(beta, step.number + 1)) * mean + (1 - beta) * step.correction(beta) * g
    }
    switch state {
    case .first(let s):
      s.velocity = average(s.velocity, g, step.momentum)
      let m = ahead(s.velocity, step.momentum)
      let matrix = m.reshaped([m.shape[0], m.shape.dropFirst().reduce(1, *)])
      let direction = orthogonalized(matrix / (norm([matrix]) + step.epsilon)).reshaped(w.shape)
      return w - step.learningRate * (factor(matrix.shape) * direction + step.weightDecay * w)
    case .second(let s):
      s.add(g, step.beta1, step.beta2)
      let root = sqrt(step.correction(step.beta2) * s.meanSquare) + step.epsilon
      return w - step.adamRatio * step.learningRate * ahead(s.mean, step.beta1) / root
    }
  }

  private func factor(_ shape: Shape) -> Double {
    let (rows, columns) = (Double(shape[0]), Double(shape[1]))
    return switch scale {
    case .rowsByColumns: max(1, rows / columns).squareRoot()
    case .columnsByRows: max(1, columns / rows).squareRoot()
    case .likeAdamW: 0.2 * max(rows, columns).squareRoot()
    }
  }

  /// X ← (aI + bA + cA²)·X with A = X·Xᵀ, on the side that is shorter; `start` has no singular value above 1.
  private func orthogonalized(_ start: Tensor) -> Tensor {
    let isTall = start.shape[0] > start.shape[1]
    return (0..<iterations).reduce(start) { x, _ in
      let a = isTall ? matmul(x.transposed, x) : matmul(x, x.transposed)
      let polynomial = -4.7750 * a + 2.0315 * matmul(a, a)
      return 3.4445 * x + (isTall ? matmul(x, polynomial) : matmul(polynomial, x))
    }
  }
}

extension Muon {
  /// As `optax.contrib.muon`: weights are `[inputs, outputs]`.
  public static func optax(learningRate: Schedule) -> Muon {
    Muon(learningRate: learningRate, others: [], scale: .columnsByRows)
  }
}
