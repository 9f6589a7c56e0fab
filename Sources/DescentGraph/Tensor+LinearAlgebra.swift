/// Decompositions of matrices, over the last two axes; leading axes are a batch. Floats only; a matrix that holds an
/// infinity or NaN, and one that has no such factors, gives NaN.
///
/// Every sign that is free is chosen, so that a matrix has one answer.
extension Tensor {
  /// Q·R = this, of `[batch…, m, n]`: Q `[batch…, m, k]` with orthonormal columns and R `[batch…, k, n]` upper triangular
  /// with no negative number on its diagonal; k is the smaller of m and n.
  ///
  /// The gradient (Walter & Lehmann 2010, arXiv 1001.1654) needs m ≥ n and full rank.
  public func qr() -> (q: Tensor, r: Tensor) {
    let factors = factors(.qr)
    return (factors[0], factors[1])
  }

  /// V·diag(λ)·Vᵀ = this, a symmetric matrix of which the lower triangle is read: values λ `[batch…, n]`, ascending, and
  /// vectors V `[batch…, n, n]`, in columns, each with its greatest component positive.
  ///
  /// The gradient, that of symmetric changes, needs values that differ.
  public func symmetricEigen() -> (values: Tensor, vectors: Tensor) {
    let factors = factors(.symmetricEigen)
    return (factors[0], factors[1].transposed)
  }

  /// L·Lᵀ = this, a positive definite matrix of which the lower triangle is read; L is lower triangular.
  ///
  /// The gradient (Murray 2016, arXiv 1602.07527) is that of symmetric changes.
  public func cholesky() -> Tensor { factors(.cholesky)[0] }

  /// U·diag(s)·Vᵀ = this, of `[batch…, m, n]`: U `[batch…, m, k]`, s `[batch…, k]`, descending, and Vᵀ `[batch…, k, n]`;
  /// k is the smaller of m and n. The greatest component of each column of U is positive. It has no gradient.
  public func singularValues() -> (u: Tensor, s: Tensor, vTransposed: Tensor) {
    let factors = factors(.singularValues)
    return (factors[0], factors[1], factors[2])
  }

  /// X in A·X = B with this as A, `[batch…, n, n]`, of which only a triangle is read.
  ///
  /// - Parameters:
  ///   - b: B, `[batch…, n, k]`.
  ///   - lower: whether A is lower triangular.
  ///   - transposed: whether Aᵀ·X = B is solved.
  public func solvingTriangular(_ b: Tensor, lower: Bool, transposed: Bool = false) -> Tensor {
    Tensor(.triangularSolve(TriangularSolve(isLower: lower, isTransposed: transposed)), [self, b])
  }

  /// X in A·X = B with this as A, `[batch…, n, n]`; B is `[batch…, n, k]`. By A = QR.
  public func solving(_ b: Tensor) -> Tensor {
    let (q, r) = qr()
    return r.solvingTriangular(matmul(q.transposed, b), lower: false)
  }

  private func factors(_ kind: Factorization) -> [Tensor] {
    let packed = Tensor(.factorization(kind), [self])
    return kind.unpacked(packed, rows: shape[rank - 2], columns: shape[rank - 1])
  }
}

/// Ways to take a matrix apart.
public enum Factorization: String, CaseIterable, Sendable {
  /// Q and R.
  case qr
  /// The values, and the vectors in rows.
  case symmetricEigen
  /// L.
  case cholesky
  /// U, the singular values, and Vᵀ.
  case singularValues

  /// The extents of each factor of a matrix, in the order in which they lie in the result.
  public func factorShapes(rows m: Int, columns n: Int) -> [[Int]] {
    let k = min(m, n)
    return switch self {
    case .qr: [[m, k], [k, n]]
    case .symmetricEigen: [[n], [n, n]]
    case .cholesky: [[n, n]]
    case .singularValues: [[m, k], [k], [k, n]]
    }
  }

  /// The elements of all factors of a matrix.
  public func elementCount(rows: Int, columns: Int) -> Int {
    factorShapes(rows: rows, columns: columns).reduce(0) { $0 + $1.reduce(1, *) }
  }

  /// The factors, out of the op's result.
  func unpacked(_ packed: Tensor, rows: Int, columns: Int) -> [Tensor] {
    let batch = packed.shape.extents.dropLast()
    var start = 0
    return factorShapes(rows: rows, columns: columns).map { shape in
      let count = shape.reduce(1, *)
      defer { start += count }
      return packed.sliced(axis: batch.count, start..<(start + count)).reshaped(Shape(batch + shape))
    }
  }
}

/// Which triangle of A is read, and whether A or its transpose is solved with.
public struct TriangularSolve: Hashable, Sendable {
  /// Whether A is lower triangular; else it is upper triangular.
  public var isLower: Bool
  /// Whether Aᵀ·X = B is solved; `isLower` is about A itself all the same.
  public var isTransposed: Bool
  /// `isLower` is about A, transposed or not.
  public init(isLower: Bool, isTransposed: Bool) {
    self.isLower = isLower
    self.isTransposed = isTransposed
  }
}
