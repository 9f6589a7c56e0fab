import DescentGraph
import RealModule

/// Factorizations by the plainest method that is accurate: reflections (Householder 1958) and rotations (Jacobi 1846), as
/// in Golub & Van Loan, Matrix Computations.
extension Interpreter {
  func factorization(_ kind: Factorization, _ x: Value, _ shape: Shape) -> Value {
    let (rows, columns) = (x.shape[x.shape.rank - 2], x.shape[x.shape.rank - 1])
    let count = kind.elementCount(rows: rows, columns: columns)
    let batch = x.shape.dropLast(2).reduce(1, *)
    let results = (0..<batch).flatMap { i -> [Scalar] in
      let elements = Array(x.floats[(i * rows * columns)..<((i + 1) * rows * columns)])
      guard elements.allSatisfy(\.isFinite) else { return [Scalar](repeating: .nan, count: count) }
      let matrix = Matrix(elements, rows, columns)
      switch kind {
      case .qr: return matrix.qr().flatMap(\.elements)
      case .symmetricEigen: return matrix.symmetricEigen()
      case .cholesky: return matrix.cholesky() ?? [Scalar](repeating: .nan, count: count)
      case .singularValues: return matrix.singularValues().flatMap(\.elements)
      }
    }
    return Value(floats: results, shape: shape, dtype: x.dtype)
  }

  /// Substitution, from the row that has one unknown on.
  func triangularSolve(_ solve: TriangularSolve, _ a: Value, _ b: Value) -> Value {
    let (n, columns) = (b.shape[b.shape.rank - 2], b.shape[b.shape.rank - 1])
    var x = b.floats
    for i in 0..<b.shape.dropLast(2).reduce(1, *) {
      let (first, start) = (i * n * n, i * n * columns)
      let isForward = solve.isLower != solve.isTransposed
      for step in 0..<n {
        let row = isForward ? step : n - 1 - step
        for column in 0..<columns {
          var rest = x[start + row * columns + column]
          for known in isForward ? 0..<row : (row + 1)..<n {
            let factor = a.floats[first + (solve.isTransposed ? known * n + row : row * n + known)]
            rest -= factor * x[start + known * columns + column]
          }
          x[start + row * columns + column] = rest / a.floats[first + row * n + row]
        }
      }
    }
    return Value(floats: x, shape: b.shape, dtype: b.dtype)
  }
}

/// Row-major.
private struct Matrix<Scalar: Real & BinaryFloatingPoint> {
  var elements: [Scalar]
  let rows: Int
  let columns: Int
  var short: Int { min(rows, columns) }

  init(_ elements: [Scalar], _ rows: Int, _ columns: Int) {
    (self.elements, self.rows, self.columns) = (elements, rows, columns)
  }

  subscript(row: Int, column: Int) -> Scalar {
    get { elements[row * columns + column] }
    set { elements[row * columns + column] = newValue }
  }

  var transposed: Matrix {
    var result = Matrix(elements, columns, rows)
    for i in 0..<rows { for j in 0..<columns { result[j, i] = self[i, j] } }
    return result
  }

  private func dot(_ other: Matrix, _ i: Int, _ j: Int) -> Scalar {
    (0..<rows).reduce(0) { $0 + self[$1, i] * other[$1, j] }
  }

  /// Columns `i` and `j` turned into c·i − s·j and s·i + c·j.
  private mutating func rotate(_ i: Int, _ j: Int, _ c: Scalar, _ s: Scalar) {
    for row in 0..<rows {
      let (x, y) = (self[row, i], self[row, j])
      (self[row, i], self[row, j]) = (c * x - s * y, s * x + c * y)
    }
  }

  private mutating func negate(column: Int) { for i in 0..<rows { self[i, column].negate() } }
  private mutating func negate(row: Int) { for j in 0..<columns { self[row, j].negate() } }

  private func isGreatestNegative(column: Int) -> Bool {
    var greatest: Scalar = 0
    for i in 0..<rows where self[i, column].magnitude > greatest.magnitude { greatest = self[i, column] }
    return greatest < 0
  }

  static func identity(_ n: Int) -> Matrix {
    Matrix((0..<n * n).map { $0 / n == $0 % n ? 1 : 0 }, n, n)
  }

  /// Q and R: each column reflected onto its first axis, the reflections then applied to the identity.
  func qr() -> [Matrix] {
    var r = self
    var reflections: [[Scalar]] = []
    for k in 0..<short {
      var v = (0..<rows).map { $0 < k ? 0 : r[$0, k] }
      let norm = v.reduce(0) { $0 + $1 * $1 }.squareRoot()
      v[k] += v[k] < 0 ? -norm : norm
      reflections.append(v)
      r.reflect(v)
    }
    var q = Matrix((0..<rows * short).map { $0 / short == $0 % short ? 1 : 0 }, rows, short)
    for v in reflections.reversed() { q.reflect(v) }
    r = Matrix(Array(r.elements[..<(short * columns)]), short, columns)
    for i in 0..<short {
      for j in 0..<min(i, columns) { r[i, j] = 0 }
      if r[i, i] < 0 {
        r.negate(row: i)
        q.negate(column: i)
      }
    }
    return [q, r]
  }

  /// I − 2·v·vᵀ / vᵀv from the left.
  private mutating func reflect(_ v: [Scalar]) {
    let square = v.reduce(0) { $0 + $1 * $1 }
    if square == 0 { return }
    for j in 0..<columns {
      let factor = 2 * (0..<rows).reduce(0) { $0 + v[$1] * self[$1, j] } / square
      for i in 0..<rows { self[i, j] -= factor * v[i] }
    }
  }

  func cholesky() -> [Scalar]? {
    var l = Matrix([Scalar](repeating: 0, count: rows * rows), rows, rows)
    for j in 0..<rows {
      for i in j..<rows {
        let rest = (0..<j).reduce(self[i, j]) { $0 - l[i, $1] * l[j, $1] }
        if i == j {
          guard rest > 0 else { return nil }
          l[j, j] = rest.squareRoot()
        } else {
          l[i, j] = rest / l[j, j]
        }
      }
    }
    return l.elements
  }

  /// The values, ascending, then the vectors in rows.
  func symmetricEigen() -> [Scalar] {
    let n = rows
    var a = self
    for i in 0..<n { for j in 0..<i { a[j, i] = self[i, j] } }
    var v = Matrix.identity(n)
    sweep(n) { p, q in
      guard a[p, q].magnitude > Scalar.ulpOfOne * (a[p, p] * a[q, q]).magnitude.squareRoot() / 4, a[p, q] != 0 else {
        return false
      }
      let (c, s) = Self.rotation(a[p, p], a[q, q], a[p, q])
      a.rotate(p, q, c, s)
      a = a.transposed
      a.rotate(p, q, c, s)
      a[p, q] = 0
      a[q, p] = 0
      v.rotate(p, q, c, s)
      return true
    }
    for i in 0..<n where v.isGreatestNegative(column: i) { v.negate(column: i) }
    let order = (0..<n).sorted { a[$0, $0] < a[$1, $1] }
    return order.map { a[$0, $0] } + order.flatMap { column in (0..<n).map { v[$0, column] } }
  }

  /// U, the singular values and Vᵀ: columns turned until all are at right angles (Hestenes 1958).
  func singularValues() -> [Matrix] {
    guard rows >= columns else {
      // Aᵀ = V·S·Uᵀ; the signs are U's.
      let parts = transposed.singularValues()
      var (u, v) = (parts[2].transposed, parts[0].transposed)
      for i in 0..<short where u.isGreatestNegative(column: i) {
        u.negate(column: i)
        v.negate(row: i)
      }
      return [u, parts[1], v]
    }
    var u = self
    var v = Matrix.identity(columns)
    sweep(columns) { p, q in
      let (pp, qq, pq) = (u.dot(u, p, p), u.dot(u, q, q), u.dot(u, p, q))
      guard pq.magnitude > Scalar.ulpOfOne * (pp * qq).squareRoot() else { return false }
      let (c, s) = Self.rotation(pp, qq, pq)
      u.rotate(p, q, c, s)
      v.rotate(p, q, c, s)
      return true
    }
    let values = (0..<columns).map { u.dot(u, $0, $0).squareRoot() }
    let order = (0..<columns).sorted { values[$0] > values[$1] }
    var sorted = u
    var right = Matrix(v.elements, columns, columns)
    for (place, column) in order.enumerated() {
      for i in 0..<rows { sorted[i, place] = u[i, column] / values[column] }
      for i in 0..<columns { right[place, i] = v[i, column] }
      if sorted.isGreatestNegative(column: place) {
        sorted.negate(column: place)
        right.negate(row: place)
      }
    }
    return [sorted, Matrix(order.map { values[$0] }, columns, 1), right]
  }

  /// Calls `turn` for all pairs below `n`, again and again until nothing is left to turn.
  private func sweep(_ n: Int, _ turn: (_ p: Int, _ q: Int) -> Bool) {
    var isDone = false
    var left = 60
    while !isDone && left > 0 {
      isDone = true
      left -= 1
      for p in 0..<n { for q in (p + 1)..<max(n, p + 1) where turn(p, q) { isDone = false } }
    }
  }

  /// Cosine and sine of the rotation that makes a symmetric 2 × 2 matrix diagonal.
  private static func rotation(_ pp: Scalar, _ qq: Scalar, _ pq: Scalar) -> (Scalar, Scalar) {
    let slope = (qq - pp) / (2 * pq)
    let t = (slope < 0 ? -1 : 1) / (slope.magnitude + (1 + slope * slope).squareRoot())
    let c = 1 / (1 + t * t).squareRoot()
    return (c, t * c)
  }
}
