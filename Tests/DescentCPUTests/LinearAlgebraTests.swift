import DescentGraph
import Dispatch
import Synchronization
import TestSupport
import Testing

@testable import DescentCPU

/// LAPACK in the engine, where matrices are larger or worse than the table's.
@Suite struct LinearAlgebraTests {
  static let shapes: [Shape] = [
    [1, 1], [7, 7], [40, 40], [30, 8], [8, 30], [3, 5, 2], [2, 0, 3], [0, 2, 2], [65, 64],
  ]

  static func distance(_ a: Tensor, _ b: Tensor) throws -> Double {
    a.shape.elementCount == 0 ? 0 : try abs(a - b).max().cast(to: .float64).scalar()
  }

  static func identity(_ n: Int, _ dtype: DType) -> Tensor {
    (Tensor.iota([n, n], axis: 0) .== Tensor.iota([n, n], axis: 1)).cast(to: dtype)
  }

  @Test(arguments: shapes, [DType.float32, .float64])
  func `factors are what they are called, and make the matrix again`(shape: Shape, dtype: DType) throws {
    let (m, n) = (shape[shape.rank - 2], shape[shape.rank - 1])
    let x = Tensor(storage: try RandomKey(5).normal(shape, dtype: dtype).storage())
    let bound = dtype == .float32 ? 2e-5 : 5e-13

    let (q, r) = x.qr()
    #expect(q.shape.extents.suffix(2) == [m, min(m, n)] && r.shape.extents.suffix(2) == [min(m, n), n])
    #expect(try Self.distance(matmul(q, r), x) < bound)
    #expect(try Self.distance(matmul(q.transposed, q), Self.identity(min(m, n), dtype)) < bound)
    #expect(try Self.distance(r.upperTriangle(), r) == 0)

    let (u, s, v) = x.singularValues()
    #expect(try Self.distance(matmul(u * s.expanded(axis: s.rank - 1), v), x) < bound)
    #expect(try Self.distance(matmul(u.transposed, u), Self.identity(min(m, n), dtype)) < bound)
    #expect(try Self.distance(matmul(v, v.transposed), Self.identity(min(m, n), dtype)) < bound)
    #expect(try Self.distance(s.sorted(descending: true), s) == 0)

    let square = matmul(x.transposed, x) * (1 / Double(max(m, 1)))
    let (values, vectors) = square.symmetricEigen()
    let again = matmul(vectors * values.expanded(axis: values.rank - 1), vectors.transposed)
    #expect(try Self.distance(again, square) < bound)
    #expect(try Self.distance(matmul(vectors.transposed, vectors), Self.identity(n, dtype)) < bound)
    #expect(try Self.distance(values.sorted(), values) == 0)

    let positive = square + Self.identity(n, dtype)
    let l = positive.cholesky()
    #expect(try Self.distance(matmul(l, l.transposed), positive) < bound)
    #expect(try Self.distance(l.lowerTriangle(), l) == 0)
    #expect(try Self.distance(matmul(positive, positive.solving(x.transposed)), x.transposed) < 10 * bound)
  }

  /// OpenBLAS for one thread shares working memory among its callers: one in sixteen such results was wrong.
  @Test func `several threads at once get what one gets`() throws {
    let x = Tensor(storage: try RandomKey(8).normal([64, 64]).storage())
    let program = Trace.record(arguments: []) { _ in
      let (values, vectors) = (x + x.transposed).symmetricEigen()
      return [values, vectors]
    }
    // Each is run by one thread.
    let executables = try (0..<4).map { _ in try Executable(Plan(program)) }
    @Sendable func results(_ i: Int) -> [[Float]] {
      executables[i].run()
      return executables[i].results.map { $0.scalars() }
    }
    let expected = results(0)
    let wrong = Mutex(0)
    DispatchQueue.concurrentPerform(iterations: executables.count) { i in
      for _ in 0..<300 where results(i) != expected { wrong.withLock { $0 += 1 } }
    }
    #expect(wrong.withLock { $0 } == 0)
  }

  /// Signs included: they are chosen the same way.
  @Test(arguments: [[6, 6], [9, 4], [4, 9]] as [Shape], [DType.float32, .float64])
  func `engine and definition agree`(shape: Shape, dtype: DType) throws {
    var random = SplitMix(11)
    let x = random.storage(shape, dtype)
    for i in 0..<shape.elementCount { x.set(random.double(-1...1), at: i) }
    let bodies: [(Tensor) -> Tensor] = [
      { $0.qr().q }, { $0.qr().r }, { $0.singularValues().u }, { $0.singularValues().s },
      { $0.singularValues().vTransposed },
    ]
    let squares: [(Tensor) -> Tensor] = [
      { $0.symmetricEigen().values }, { $0.symmetricEigen().vectors }, { $0.cholesky() },
      { $0.lowerTriangle().solvingTriangular($0, lower: true, transposed: true) },
    ]
    let short = min(shape[0], shape[1])
    for body in bodies
      + squares.map({ body in
        { x in
          body(matmul(x, x.transposed).sliced(starts: [0, 0], limits: [short, short]) + Self.identity(short, dtype))
        }
      })
    {
      let (found, wanted) = try SequenceUnitTests.values(x, body)
      let errors = (0..<found.shape.elementCount).map { (found.double(at: $0) - wanted.double(at: $0)).magnitude }
      #expect(errors.max()! < (dtype == .float32 ? 2e-5 : 1e-13))
    }
  }

  @Test(arguments: [Double.nan, .infinity])
  func `a matrix with something undefined gives NaN, and only it does`(_ value: Double) throws {
    let x = try RandomKey(1).normal([2, 3, 3]).storage()
    x.set(value, at: 4)
    let results = [
      Tensor(storage: x).qr().q, Tensor(storage: x).symmetricEigen().values, Tensor(storage: x).singularValues().s,
    ]
    for result in results {
      let storage = try result.storage()
      let half = storage.shape.elementCount / 2
      for i in 0..<(2 * half) { #expect(storage.double(at: i).isNaN == (i < half)) }
    }
  }

  @Test func `what is not positive definite has no Cholesky factor`() throws {
    let x = Tensor([Double(1), 2, 2, 1, 4, 0, 0, 9], shape: [2, 2, 2])
    let (found, wanted) = try SequenceUnitTests.values(try x.storage()) { $0.cholesky() }
    for values in [found, wanted] {
      #expect((0..<4).allSatisfy { values.double(at: $0).isNaN })
      #expect((4..<8).map { values.double(at: $0) } == [2, 0, 0, 3])
    }
  }

  @Test func `factorizations inside loops, and of half-width floats`() throws {
    let x = try RandomKey(1).normal([3, 4, 4]).storage()
    let (found, wanted) = try SequenceUnitTests.values(x) { x in
      let sums = scan(over: [x], from: [x.sliced(axis: 0, 0..<1).reshaped([4, 4])]) { c, e in
        let r = (c[0] + e[0]).qr().r
        return ([r.transposed + e[0]], [r.cast(to: .bfloat16).qr().r.cast(to: .float32)])
      }
      return concatenate([sums.carries[0].expanded(axis: 0), sums.outputs[0]])
    }
    // bfloat16 has eight bits.
    for i in 0..<found.shape.elementCount {
      #expect((found.double(at: i) - wanted.double(at: i)).magnitude < (i < 16 ? 1e-4 : 0.1))
    }
  }

  @Test(.enabled(if: AllocationTests.works)) func `a step allocates nothing of ours`() throws {
    let program = Trace.record(arguments: [("x", [24, 16], .float32)]) { x in
      let square = matmul(x[0].transposed, x[0])
      let isDue = x[0].sum() .> 0
      return [
        x[0].qr().q, x[0].singularValues().u, square.symmetricEigen().vectors,
        when(isDue, otherwise: [square]) { [square.cholesky()] }[0],
      ]
    }
    let executable = try Executable(Plan(program))
    for sign in [1.0, -1] {
      for i in 0..<(24 * 16) { executable.arguments[0].rows.set(sign * Double(1 + i * 7919 % 13), at: i) }
      #expect(AllocationTests.allocations(20) { executable.run() } == 0)
    }
  }
}

/// Work that is done in some steps only.
@Suite struct WhenTests {
  @Test func `the body runs only where the condition holds`() throws {
    let program = Trace.record(arguments: [("x", [4, 4], .float64), ("flag", [], .float64)]) { x in
      when(x[1] .> 0, otherwise: [x[0]]) { [matmul(x[0], x[0]).cholesky()] }
    }
    let plan = Plan(program)
    let outside = plan.schedule.steps.filter {
      if case .opaque(let unit) = $0.work { unit is LinearAlgebraUnit } else { false }
    }
    #expect(outside.isEmpty, "the factorization was moved out of the body")
    let executable = try Executable(plan)
    for i in 0..<16 { executable.arguments[0].rows.set(i % 5 == 0 ? 2 : 0, at: i) }
    for flag in [0.0, 1, 0, 1, 1] {
      executable.arguments[1].rows.set(flag, at: 0)
      executable.run()
      #expect((0..<16).map { executable.results[0].double(at: $0) } == (0..<16).map { $0 % 5 == 0 ? 2 : 0 })
    }
    // −2·I: its square's factor is 2·I again, and otherwise it stays.
    for i in 0..<16 { executable.arguments[0].rows.set(i % 5 == 0 ? -2 : 0, at: i) }
    for flag in [0.0, 1, 0] {
      executable.arguments[1].rows.set(flag, at: 0)
      executable.run()
      #expect(executable.results[0].double(at: 5) == (flag > 0 ? 2 : -2))
    }
  }
}
