import DescentGraph

/// LAPACK at work on a batch of matrices, one after another, with working memory of its own.
///
/// LAPACK's matrices are column-major: what it sees is the transpose of ours. So a QR is its LQ, U and V change places in
/// a singular value decomposition, and triangles are the other ones; nothing is transposed.
final class LinearAlgebraRoutine<Scalar: BinaryFloatingPoint>: Routine {
  private typealias Elements = UnsafeMutablePointer<Scalar>

  private let work: LinearAlgebraUnit.Work
  private let functions: LAPACKFunctions
  private let batch: Int
  private let rows: Int
  private let columns: Int
  private let sources: [Elements]
  private let target: Elements
  /// Elements of a matrix's factors, or of X.
  private let targetStride: Int

  /// A copy of the matrix, which LAPACK overwrites.
  private let matrix: Elements
  /// The factors of QR's reflections; the 1 that a triangular solution is multiplied by.
  private let factors: Elements
  private let workspace: Elements
  private let integers: UnsafeMutablePointer<Int32>
  /// What LAPACK wants to be told by pointer, one number each.
  private let numbers: UnsafeMutablePointer<Int32>
  private enum Number: Int, CaseIterable { case rows, columns, short, workspace, integers, info }
  private let letters: UnsafeMutablePointer<CChar>

  init(_ unit: LinearAlgebraUnit, _ binder: Binder, _ functions: LAPACKFunctions) {
    (work, batch, rows, columns, self.functions) = (unit.work, unit.batch, unit.rows, unit.columns, functions)
    sources = unit.operands.map { binder.pointers[$0]!.assumingMemoryBound(to: Scalar.self) }
    target = binder.pointers[unit.node]!.assumingMemoryBound(to: Scalar.self)
    targetStride = unit.node.shape.elementCount / max(batch, 1)
    let short = min(rows, columns)
    matrix = .allocate(capacity: max(rows * columns, 1))
    factors = .allocate(capacity: max(short, 1))
    factors.initialize(repeating: 1, count: max(short, 1))
    integers = .allocate(capacity: 8 * short + 8)
    numbers = .allocate(capacity: Number.allCases.count)
    letters = .allocate(capacity: Letters.all.count)
    for (i, letter) in Letters.all.enumerated() { letters[i] = CChar(letter) }
    // LAPACK's least for the decompositions that it asks to divide and conquer; others ask for more by themselves.
    let least = 1 + 6 * short + 2 * short * short
    let answer = Elements.allocate(capacity: 1)
    defer { answer.deallocate() }
    answer.initialize(to: 0)
    for (number, value) in zip(Number.allCases, [rows, columns, short, -1, -1, 0]) {
      numbers[number.rawValue] = Int32(value)
    }
    if short > 0 {
      let (work, numbers, letters, a, s, integers) = (unit.work, numbers, letters, matrix, factors, integers)
      LAPACKLibrary.alone { Self.ask(work, functions, numbers: numbers, letters: letters, a, s, integers, answer) }
    }
    // A float32 answer may be rounded down.
    let count = max(least, Int(answer.pointee) + Int(answer.pointee) / 1_000_000 + 1)
    workspace = .allocate(capacity: count)
    for (number, value) in zip(Number.allCases, [rows, columns, short, count, 8 * short + 8, 0]) {
      numbers[number.rawValue] = Int32(value)
    }
  }

  deinit {
    matrix.deallocate()
    factors.deallocate()
    workspace.deallocate()
    integers.deallocate()
    numbers.deallocate()
    letters.deallocate()
  }

  /// Has LAPACK say how much working memory it wants; nothing else is touched.
  private static func ask(
    _ work: LinearAlgebraUnit.Work, _ f: LAPACKFunctions, numbers: UnsafeMutablePointer<Int32>,
    letters: UnsafeMutablePointer<CChar>, _ a: Elements, _ s: Elements, _ integers: UnsafeMutablePointer<Int32>,
    _ answer: Elements
  ) {
    func number(_ number: Number) -> UnsafeMutablePointer<Int32> { numbers + number.rawValue }
    let text = Letters(letters)
    let (m, n, k, size, info) = (
      number(.rows), number(.columns), number(.short), number(.workspace), number(.info)
    )
    switch work {
    case .factorization(.qr):
      f.lq(n, m, a, n, s, answer, size, info)
      let first = answer.pointee
      f.rowsOfLQ(k, m, k, a, n, s, answer, size, info)
      answer.pointee = max(first, answer.pointee)
    case .factorization(.symmetricEigen):
      f.eigen(text.v, text.u, n, a, n, s, answer, size, integers, number(.integers), info, 1, 1)
    case .factorization(.singularValues):
      f.singularValues(text.s, n, m, a, n, s, a, n, a, k, answer, size, integers, info, 1)
    case .factorization(.cholesky), .triangularSolve: break
    }
  }

  // MARK: Running

  func execute() {
    if targetStride == 0 { return }
    var index = 0
    while index < batch {
      let result = target + index * targetStride
      switch work {
      case .factorization(let kind):
        if !LAPACKLibrary.alone({ factorize(kind, sources[0] + index * rows * columns, result) }) {
          result.update(repeating: .nan, count: targetStride)
        }
      case .triangularSolve(let solve):
        LAPACKLibrary.alone {
          self.solve(solve, sources[0] + index * rows * rows, sources[1] + index * rows * columns, result)
        }
      }
      index += 1
    }
  }

  private func number(_ number: Number) -> UnsafeMutablePointer<Int32> { numbers + number.rawValue }

  /// Whether there are such factors.
  private func factorize(_ kind: Factorization, _ source: Elements, _ result: Elements) -> Bool {
    // LAPACK may not come to an end with other numbers.
    var i = 0
    while i < rows * columns {
      if !source[i].isFinite { return false }
      i += 1
    }
    let short = min(rows, columns)
    let (m, n, k, size, info) = (
      number(.rows), number(.columns), number(.short), number(.workspace), number(.info)
    )
    switch kind {
    case .qr:
      matrix.update(from: source, count: rows * columns)
      functions.lq(n, m, matrix, n, factors, workspace, size, info)
      let (q, r) = (result, result + rows * short)
      copyUpperTriangle(to: r, rows: short)
      functions.rowsOfLQ(k, m, k, matrix, n, factors, workspace, size, info)
      i = 0
      while i < rows {
        (q + i * short).update(from: matrix + i * columns, count: short)
        i += 1
      }
      i = 0
      while i < short {
        if r[i * columns + i] < 0 {
          negate(r + i * columns, columns, stride: 1)
          negate(q + i, rows, stride: short)
        }
        i += 1
      }
    case .symmetricEigen:
      let vectors = result + rows
      vectors.update(from: source, count: rows * rows)
      functions.eigen(
        text.v, text.u, n, vectors, n, result, workspace, size, integers, number(.integers), info, 1, 1)
      i = 0
      while i < rows {
        if isGreatestNegative(vectors + i * rows, rows, stride: 1) { negate(vectors + i * rows, rows, stride: 1) }
        i += 1
      }
    case .cholesky:
      result.update(from: source, count: rows * rows)
      functions.cholesky(text.u, n, result, n, info, 1)
      i = 0
      while i < rows {
        (result + i * rows + i + 1).update(repeating: 0, count: rows - i - 1)
        i += 1
      }
    case .singularValues:
      matrix.update(from: source, count: rows * columns)
      let (u, values, v) = (result, result + rows * short, result + rows * short + short)
      functions.singularValues(
        text.s, n, m, matrix, n, values, v, n, u, k, workspace, size, integers, info, 1)
      i = 0
      while i < short {
        if isGreatestNegative(u + i, rows, stride: short) {
          negate(u + i, rows, stride: short)
          negate(v + i * columns, columns, stride: 1)
        }
        i += 1
      }
    }
    return info.pointee == 0
  }

  /// `Xᵀ·op(A)ᵀ = Bᵀ` in LAPACK's eyes, in place.
  private func solve(_ solve: TriangularSolve, _ a: Elements, _ b: Elements, _ x: Elements) {
    x.update(from: b, count: rows * columns)
    functions.triangularSolve(
      text.r, solve.isLower ? text.u : text.l, solve.isTransposed ? text.t : text.n, text.n, number(.columns),
      number(.rows), factors, a, number(.rows), x, number(.columns), 1, 1, 1, 1)
  }

  private var text: Letters { Letters(letters) }
  /// One for each of the words that LAPACK is told what to do with.
  private struct Letters {
    static var all: [UInt8] { Array("LNRSTUV".utf8) }
    let l, n, r, s, t, u, v: UnsafePointer<CChar>
    init(_ letters: UnsafeMutablePointer<CChar>) {
      let all = UnsafePointer(letters)
      (l, n, r, s, t, u, v) = (all, all + 1, all + 2, all + 3, all + 4, all + 5, all + 6)
    }
  }

  private func copyUpperTriangle(to r: Elements, rows: Int) {
    var i = 0
    while i < rows {
      (r + i * columns).update(repeating: 0, count: i)
      (r + i * columns + i).update(from: matrix + i * columns + i, count: columns - i)
      i += 1
    }
  }

  private func negate(_ x: Elements, _ count: Int, stride: Int) {
    var i = 0
    while i < count {
      x[i * stride] = -x[i * stride]
      i += 1
    }
  }

  private func isGreatestNegative(_ x: Elements, _ count: Int, stride: Int) -> Bool {
    var greatest: Scalar = 0
    var i = 0
    while i < count {
      if x[i * stride].magnitude > greatest.magnitude { greatest = x[i * stride] }
      i += 1
    }
    return greatest < 0
  }
}
