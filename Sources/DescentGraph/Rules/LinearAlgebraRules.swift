/// Factorizations of matrices, and solving with triangular ones.
enum LinearAlgebraRules {
  static func type(_ kind: Factorization, _ inputs: [Node]) -> TensorType {
    let a = inputs[0]
    let rank = a.shape.rank
    require(
      rank >= 2 && a.dtype.isFloat,
      "\(kind.rawValue) takes float matrices, in the last two axes, not \(TensorType(a))")
    let (rows, columns) = (a.shape[rank - 2], a.shape[rank - 1])
    switch kind {
    case .symmetricEigen, .cholesky: require(rows == columns, "\(kind.rawValue): \(a.shape) is not square")
    case .qr, .singularValues: break
    }
    let batch = a.shape.extents.dropLast(2)
    return TensorType(shape: Shape(batch + [kind.elementCount(rows: rows, columns: columns)]), dtype: a.dtype)
  }

  static func type(triangularSolve inputs: [Node]) -> TensorType {
    let (a, b) = (inputs[0], inputs[1])
    let rank = a.shape.rank
    require(
      rank >= 2 && b.shape.rank == rank && a.dtype.isFloat && a.dtype == b.dtype
        && a.shape[rank - 1] == a.shape[rank - 2] && a.shape.extents.dropLast() == b.shape.extents.dropLast(),
      "triangularSolve: A \(TensorType(a)) and B \(TensorType(b)) do not fit; they are [batch…, n, n] and "
        + "[batch…, n, k] of one float type")
    return TensorType(b)
  }

  /// The cotangent of a matrix, given its packed factors and theirs.
  static func gradient(_ kind: Factorization, _ y: Tensor, _ a: Tensor, _ g: Tensor) -> Tensor {
    let (rows, columns) = (a.shape[a.rank - 2], a.shape[a.rank - 1])
    let factors = kind.unpacked(y, rows: rows, columns: columns)
    let cotangents = kind.unpacked(g, rows: rows, columns: columns)
    switch kind {
    case .qr:
      require(rows >= columns, "qr: \(a.shape) has fewer rows than columns, and then there is no gradient")
      return qr(factors[0], factors[1], cotangents[0], cotangents[1])
    case .symmetricEigen: return symmetricEigen(factors[0], factors[1], cotangents[0], cotangents[1])
    case .cholesky: return cholesky(factors[0], cotangents[0])
    case .singularValues:
      fatalError("singularValues has no gradient; use symmetricEigen of AᵀA, or stop the gradient")
    }
  }

  /// Ā = (Q̄ + Q·S)·R⁻ᵀ, S symmetric with the lower triangle of R·R̄ᵀ − Q̄ᵀ·Q.
  private static func qr(_ q: Tensor, _ r: Tensor, _ gq: Tensor, _ gr: Tensor) -> Tensor {
    let m = matmul(r, gr.transposed) - matmul(gq.transposed, q)
    let symmetric = m.lowerTriangle() + m.lowerTriangle(diagonal: -1).transposed
    let sum = gq + matmul(q, symmetric)
    return r.solvingTriangular(sum.transposed, lower: false).transposed
  }

  /// Ā = V·(diag(λ̄) + F∘(Vᵀ·V̄))·Vᵀ, made symmetric; F is 1 / (λⱼ − λᵢ), 0 on the diagonal. `v` has V's columns in rows.
  private static func symmetricEigen(_ values: Tensor, _ v: Tensor, _ gValues: Tensor, _ gv: Tensor) -> Tensor {
    let rank = v.rank
    let n = v.shape[rank - 1]
    let isDiagonal = (Tensor.iota([n, n], axis: 0) .== Tensor.iota([n, n], axis: 1)).broadcast(to: v.shape)
    let gaps = values.expanded(axis: rank - 2) - values.expanded(axis: rank - 1)
    let inner = matmul(v, gv.transposed) / select(isDiagonal, .ones(like: v), gaps)
    let middle = select(isDiagonal, gValues.expanded(axis: rank - 2).broadcast(to: v.shape), inner)
    return symmetrized(matmul(v.transposed, matmul(middle, v)))
  }

  /// Ā = L⁻ᵀ·Φ(Lᵀ·L̄)·L⁻¹, made symmetric; Φ takes the lower triangle and half of the diagonal.
  private static func cholesky(_ l: Tensor, _ g: Tensor) -> Tensor {
    let product = matmul(l.transposed, g.lowerTriangle())
    let middle = 0.5 * (product.lowerTriangle() + product.lowerTriangle(diagonal: -1))
    let left = l.solvingTriangular(middle, lower: true, transposed: true)
    return symmetrized(l.solvingTriangular(left.transposed, lower: true, transposed: true))
  }

  private static func symmetrized(_ x: Tensor) -> Tensor { 0.5 * (x + x.transposed) }

  /// B̄ solves the transposed system; Ā = −B̄·Xᵀ (−X·B̄ᵀ where A was transposed) in the triangle that is read.
  static func gradients(_ solve: TriangularSolve, _ x: Tensor, _ inputs: [Tensor], _ g: Tensor) -> [Tensor?] {
    let gb = inputs[0].solvingTriangular(g, lower: solve.isLower, transposed: !solve.isTransposed)
    let (left, right) = solve.isTransposed ? (x, gb) : (gb, x)
    let whole = -matmul(left, right.transposed)
    return [solve.isLower ? whole.lowerTriangle() : whole.upperTriangle(), gb]
  }
}
