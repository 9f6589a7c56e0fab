import DescentGraph

/// By what Muon multiplies the step of a matrix, whose own size is that of an orthogonal one.
public enum MuonScale: String, Sendable {
  /// √max(1, rows/columns), for weights `[outputs, inputs]` (Jordan et al. 2024).
  case rowsByColumns
  /// √max(1, columns/rows), for weights `[inputs, outputs]` (optax).
  case columnsByRows
  /// 0.2·√max(rows, columns): steps as long as AdamW's (Liu et al. 2025, arXiv 2502.16982).
  case likeAdamW

  /// The factor, for a matrix of this shape: `[rows, columns]`.
  public func factor(_ shape: Shape) -> Double {
    let (rows, columns) = (Double(shape[0]), Double(shape[1]))
    return switch self {
    case .rowsByColumns: max(1, rows / columns).squareRoot()
    case .columnsByRows: max(1, columns / rows).squareRoot()
    case .likeAdamW: 0.2 * max(rows, columns).squareRoot()
    }
  }
}

extension Tensor {
  /// A matrix with its singular values near 1, by the quintic Newton–Schulz iteration X ← (aI + bA + cA²)·X with A = X·Xᵀ,
  /// on the shorter side; ‖X‖ is brought to 1 first. The coefficients make small values grow fastest and do not converge
  /// (Jordan et al. 2024).
  ///
  /// - Parameters:
  ///   - iterations: five are usual.
  ///   - epsilon: joins the norm, so that a matrix of zeros stays one.
  public func orthogonalized(iterations: Int, epsilon: Tensor) -> Tensor {
    let isTall = shape[0] > shape[1]
    return (0..<iterations).reduce(self / (norm() + epsilon)) { x, _ in
      let a = isTall ? matmul(x.transposed, x) : matmul(x, x.transposed)
      let polynomial = -4.7750 * a + 2.0315 * matmul(a, a)
      return 3.4445 * x + (isTall ? matmul(x, polynomial) : matmul(polynomial, x))
    }
  }
}

extension Step {
  /// Nesterov's look ahead on an average that has taken `g` in, both corrected for the average's start:
  /// β·m/(1−βᵗ⁺¹) + (1−β)·g/(1−βᵗ).
  func ahead(_ mean: Tensor, _ g: Tensor, _ beta: Tensor) -> Tensor {
    beta / (1 - pow(beta, number + 1)) * mean + (1 - beta) * correction(beta) * g
  }
}

extension Step where Method == Muon {
  /// Takes a gradient into the momentum; gives Nesterov's look ahead on it as a matrix with singular values near 1, as large
  /// as `scale` says. Of more than two axes the first is the rows.
  func orthogonalDirection(
    _ s: Momentum.State, _ g: Tensor, _ iterations: Int, _ scale: MuonScale
  ) -> Tensor {
    s.velocity = movingAverage(s.velocity, g, self.momentum)
    let matrix = ahead(s.velocity, g, self.momentum).reshaped([g.shape[0], g.shape.dropFirst().reduce(1, *)])
    let push = matrix.orthogonalized(iterations: iterations, epsilon: self.epsilon).reshaped(g.shape)
    return scale.factor(matrix.shape) * push
  }
}
