/// Matrices of plain numbers, for definitions: nothing of the package in them.
struct PlainMatrix {
  var rows: [[Double]]
  init(_ rows: [[Double]]) { self.rows = rows }
  init(_ elements: [Double], columns: Int) {
    rows = stride(from: 0, to: elements.count, by: columns).map { Array(elements[$0..<($0 + columns)]) }
  }

  var elements: [Double] { rows.flatMap(\.self) }
  var columnCount: Int { rows.first?.count ?? 0 }
  var transposed: PlainMatrix { PlainMatrix((0..<columnCount).map { column in rows.map { $0[column] } }) }
  var norm: Double { elements.reduce(0) { $0 + $1 * $1 }.squareRoot() }

  func map(_ f: (Double) -> Double) -> PlainMatrix { PlainMatrix(rows.map { $0.map(f) }) }
  func with(_ b: PlainMatrix, _ f: (Double, Double) -> Double) -> PlainMatrix {
    PlainMatrix(zip(rows, b.rows).map { zip($0, $1).map(f) })
  }
  /// Columns in another order.
  func columns(_ order: [Int]) -> PlainMatrix { PlainMatrix(rows.map { row in order.map { row[$0] } }) }

  static func * (a: PlainMatrix, b: PlainMatrix) -> PlainMatrix {
    let columns = b.transposed.rows
    return PlainMatrix(a.rows.map { row in columns.map { zip(row, $0).reduce(0) { $0 + $1.0 * $1.1 } } })
  }
  static func + (a: PlainMatrix, b: PlainMatrix) -> PlainMatrix { a.with(b, +) }
  static func - (a: PlainMatrix, b: PlainMatrix) -> PlainMatrix { a.with(b, -) }
  static func * (x: Double, a: PlainMatrix) -> PlainMatrix { a.map { x * $0 } }

  static func identity(_ n: Int) -> PlainMatrix {
    PlainMatrix((0..<n).map { i in (0..<n).map { $0 == i ? 1 : 0 } })
  }

  var upperTriangle: PlainMatrix {
    PlainMatrix(rows.enumerated().map { i, row in row.enumerated().map { $0 >= i ? $1 : 0 } })
  }

  /// The inverse, by elimination with pivots.
  var inverse: PlainMatrix {
    let n = rows.count
    var work = zip(rows, PlainMatrix.identity(n).rows).map { $0 + $1 }
    for k in 0..<n {
      work.swapAt(k, (k..<n).max { work[$0][k].magnitude < work[$1][k].magnitude }!)
      work[k] = work[k].map { $0 / work[k][k] }
      for i in 0..<n where i != k { work[i] = zip(work[i], work[k]).map { $0 - work[i][k] * $1 } }
    }
    return PlainMatrix(work.map { Array($0[n...]) })
  }

  /// Values, greatest first, and vectors in columns with their greatest component positive, of a symmetric matrix: by
  /// rotations that make one element after another zero (Jacobi).
  var eigen: (values: [Double], vectors: PlainMatrix) {
    let n = rows.count
    var (a, v) = (self, PlainMatrix.identity(n))
    for _ in 0..<12 {
      for p in 0..<n {
        for q in p + 1..<n where a.rows[p][q].magnitude > 1e-300 {
          let slope = (a.rows[q][q] - a.rows[p][p]) / (2 * a.rows[p][q])
          let tangent = (slope < 0 ? -1 : 1) / (slope.magnitude + (1 + slope * slope).squareRoot())
          let cosine = 1 / (1 + tangent * tangent).squareRoot()
          var turn = PlainMatrix.identity(n)
          (turn.rows[p][p], turn.rows[q][q]) = (cosine, cosine)
          (turn.rows[p][q], turn.rows[q][p]) = (tangent * cosine, -tangent * cosine)
          (a, v) = (turn.transposed * a * turn, v * turn)
        }
      }
    }
    let order = (0..<n).sorted { a.rows[$0][$0] > a.rows[$1][$1] }
    let columns = order.map { v.transposed.rows[$0] }.map { column in
      column.max { $0.magnitude < $1.magnitude }! < 0 ? column.map { -$0 } : column
    }
    return (order.map { a.rows[$0][$0] }, PlainMatrix(columns).transposed)
  }

  /// Columns made orthonormal in order (Gram–Schmidt, twice, for all digits).
  var orthonormalized: PlainMatrix {
    var done: [[Double]] = []
    for column in transposed.rows {
      var x = column
      for _ in 0..<2 {
        for q in done {
          let share = zip(x, q).reduce(0) { $0 + $1.0 * $1.1 }
          x = zip(x, q).map { $0 - share * $1 }
        }
        let length = x.reduce(0) { $0 + $1 * $1 }.squareRoot()
        x = x.map { $0 / length }
      }
      done.append(x)
    }
    return PlainMatrix(done).transposed
  }
}
