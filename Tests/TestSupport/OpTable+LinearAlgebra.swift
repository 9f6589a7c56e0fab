import DescentGraph

extension OpTable {
  static let linearAlgebraRows: [OpRow] =
    [
      OpRow("QR of a tall matrix", .factorization, [([4, 3], .spread)]) { x in
        let (q, r) = x[0].qr()
        return (q * q * q).sum(axes: [0]) + (r * r).sum(axes: [0])
      },
      OpRow("QR of square matrices", .factorization, [([2, 3, 3], .spread)]) { x in
        let (q, r) = x[0].qr()
        return sin(q) * r
      },
      OpRow("QR of a column", .factorization, [([3, 1], .spread)]) { x in
        let (q, r) = x[0].qr()
        return q * r
      },
      OpRow("eigenvalues and eigenvectors", .factorization, [([4, 4], .spread)]) { x in
        let (values, vectors) = (x[0] + x[0].transposed).symmetricEigen()
        return sin(vectors) * values.expanded(axis: 0)
      },
      OpRow("eigenvectors alone, of a batch", .factorization, [([2, 3, 3], .spread)]) { x in
        let vectors = (x[0] + x[0].transposed).symmetricEigen().vectors
        return vectors * vectors * vectors
      },
      OpRow("Cholesky", .factorization, [([2, 3, 3], .spread)]) { x in
        sin(positiveDefinite(x[0]).cholesky())
      },
      OpRow("Cholesky of a number", .factorization, [([1, 1], .positive)]) { $0[0].cholesky() },
      OpRow(
        "singular values, behind a stop", .factorization, [([3, 2], .spread)],
        frozen: { x, point in
          singularProduct(point[0]) * x[0]
        }
      ) { x in
        singularProduct(x[0].stoppingGradient()) * x[0]
      },
      OpRow("solving a system", .triangularSolve, [([3, 3], .spread), ([3, 2], .spread)]) { x in
        (x[0] + 2 * identity(3)).solving(x[1])
      },
    ]
    + [true, false].flatMap { lower in
      [true, false].map { transposed in
        let name = "\(lower ? "lower" : "upper")\(transposed ? ", transposed" : "")"
        return OpRow("triangular solve, \(name)", .triangularSolve, [([2, 3, 3], .spread), ([2, 3, 2], .spread)]) { x in
          (x[0] + 2 * identity(3)).solvingTriangular(x[1] * x[1], lower: lower, transposed: transposed)
        }
      }
    }

  private static func identity(_ n: Int) -> Tensor {
    floats(Tensor.iota([n, n], axis: 0) .== Tensor.iota([n, n], axis: 1))
  }

  private static func positiveDefinite(_ x: Tensor) -> Tensor {
    matmul(x, x.transposed) + identity(x.shape[x.rank - 1])
  }

  private static func singularProduct(_ x: Tensor) -> Tensor {
    let (u, s, v) = x.singularValues()
    return matmul(u * sin(s).expanded(axis: 0), v)
  }
}
