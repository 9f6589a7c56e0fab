import DescentReference
import CAllocationCounter
import DescentGraph
import TestSupport
import Testing

@testable import DescentCPU

/// Sorts and running sums in the engine, where they are longer or wider than random programs make them.
@Suite(.serialized) struct SequenceUnitTests {
  /// The engine's and the reference's value of `body` on `x`.
  static func values(_ x: Storage, _ body: (Tensor) -> Tensor) throws -> (Storage, Storage) {
    let program = Trace.record(arguments: [("x", x.shape, x.dtype)]) { [body($0[0])] }
    let executable = try Executable(Plan(program))
    executable.arguments[0].pointer.copyMemory(from: x.pointer, byteCount: x.byteCount)
    executable.run()
    executable.run()
    let reference = Interpreter<Double>().run(program, arguments: [Interpreter<Double>.Value(x)])
    return (executable.results[0].rows, reference.results[0].storage())
  }

  static let dtypes = DType.allCases.filter { $0 != .bool }

  /// Both signs, ties, and for floats NaN, infinities and both zeros.
  static func numbers(_ shape: Shape, _ dtype: DType) -> Storage {
    var random = SplitMix(7)
    let x = random.storage(shape, dtype)
    let special: [Double] = dtype.isFloat ? [.nan, -0.0, 0, .infinity, -.infinity, 1.5, 1.5, -1e-7] : [3, 3, 0, 1]
    for i in stride(from: 0, to: shape.elementCount, by: 3) { x.set(special[i / 3 % special.count], at: i) }
    return x
  }

  @Test(arguments: dtypes) func `argsort agrees with its definition`(_ dtype: DType) throws {
    for (shape, axis) in [([3, 400], 1), ([300, 3], 0), ([2, 33, 5], 1), ([40, 32], 1)] as [(Shape, Int)] {
      let x = Self.numbers(shape, dtype)
      for descending in [false, true] {
        let (found, wanted) = try Self.values(x) { $0.argsorted(axis: axis, descending: descending) }
        #expect(found.scalars(as: Int32.self) == wanted.scalars(as: Int32.self), "\(shape) axis \(axis)")
      }
    }
  }

  @Test func `64-bit keys are ordered by both halves`() throws {
    let x = Storage([Int64.max, .min, 1 << 32, 1, -1, (1 << 32) - 1, -(1 << 32), 0], shape: [8])
    let repeated = Tensor(storage: x).broadcast(to: [6, 8]).transposed.reshaped([48])
    let order = try repeated.argsorted().scalars(as: Int32.self).map { Int($0) / 6 }
    #expect(order == [1, 6, 4, 7, 3, 5, 2, 0].flatMap { [Int](repeating: $0, count: 6) })
    #expect(try Tensor(storage: x).argsorted().scalars(as: Int32.self) == [1, 6, 4, 7, 3, 5, 2, 0])
  }

  @Test(arguments: dtypes) func `cumulative sums agree with their definition`(_ dtype: DType) throws {
    // Along the last axis; over columns that fill vectors, blocks and neither; over one column.
    for (shape, axis) in [([3, 403], 1), ([7, 700], 0), ([2, 5, 37], 1), ([90, 1], 0), ([2, 2], 0)] as [(Shape, Int)] {
      // Whole numbers, whose sums every format of float holds or rounds to nearest.
      let x = Storage(shape: shape, dtype: dtype)
      for i in 0..<shape.elementCount { x.set(Double(i &* 7919 % 3), at: i) }
      let (found, wanted) = try Self.values(x) { $0.cumulativeSum(axis: axis) }
      #expect(
        (0..<shape.elementCount).allSatisfy { found.double(at: $0) == wanted.double(at: $0) }, "\(shape) axis \(axis)")
    }
  }

  @Test(arguments: [2, 4]) func `the bits do not depend on the number of threads`(_ threads: Int) throws {
    var random = SplitMix(3)
    let x = random.storage([300, 1300], .float32)
    let program = Trace.record(arguments: [("x", x.shape, x.dtype)]) { x in
      [x[0].sorted(), x[0].cumulativeSum(axis: 0), x[0].cumulativeSum(axis: 1)]
    }
    func run(_ threads: Int) throws -> [[Float]] {
      let executable = try Executable(Plan(program), threads: threads)
      executable.arguments[0].pointer.copyMemory(from: x.pointer, byteCount: x.byteCount)
      executable.run()
      return executable.results.map { $0.scalars() }
    }
    #expect(try run(1) == run(threads))
  }

  @Test(.enabled(if: allocation_counter_works())) func `sorting and summing allocate nothing`() throws {
    let program = Trace.record(arguments: [("x", [20, 100], .float64)]) { x in
      [x[0].topK(5).values, x[0].argsorted(axis: 0), x[0].cumulativeSum(axis: 0)]
    }
    let executable = try Executable(Plan(program))
    for _ in 0..<3 { executable.run() }
    allocation_counter_start()
    for _ in 0..<20 { executable.run() }
    #expect(allocation_counter_stop() == 0)
  }
}
