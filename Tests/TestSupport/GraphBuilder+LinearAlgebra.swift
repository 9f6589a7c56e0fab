import DescentGraph

extension GraphBuilder {
  /// A factorization, or a solution with a triangle, of a matrix that is 2·I and a little of the operand: no matrix of
  /// these is near one that has no such factors. Of what is not determined (signs, order of equal values) nothing is used.
  mutating func linearAlgebra(_ kind: OpKind, _ operand: Slot) -> Slot {
    let n = random.integer(1...min(limit, 6))
    let batch = random.oneIn(3) ? [2] : []
    let shape = Shape(batch + [n, n])
    let x = tanh(fitted(float(operand), to: shape).tensor)
    let diagonal = (Tensor.iota([n, n], axis: 0) .== Tensor.iota([n, n], axis: 1)).broadcast(to: shape)
    let identity = diagonal.cast(to: x.dtype)
    let matrix = 2 * identity + (0.5 / Double(n)) * x
    if kind == .triangularSolve {
      let b = x.sliced(axis: shape.rank - 1, 0..<random.integer(1...n))
      return Slot(matrix.solvingTriangular(b, lower: random.oneIn(2), transposed: random.oneIn(2)), 2)
    }
    let symmetric = 0.5 * (matrix + matrix.transposed)
    switch random.integer(0...4) {
    case 0:
      let rows = random.integer(1...n)
      let (q, r) = matrix.sliced(axis: shape.rank - 2, 0..<rows).qr()
      return random.oneIn(2) ? Slot(q, 1) : Slot(r, 4)
    case 1: return Slot(symmetric.cholesky(), 2)
    case 2: return Slot(matrix.singularValues().s, 4)
    case 3: return Slot(symmetric.symmetricEigen().values, 4)
    default:
      let (values, vectors) = symmetric.symmetricEigen()
      return Slot(matmul(vectors * sqrt(values).expanded(axis: shape.rank - 2), vectors.transposed), 2)
    }
  }
}
