import DescentCPU
import DescentGraph
import DescentOptim
import Testing

/// The same program, seed and thread count give the same bits; fused kernels give them for every thread count.
@Suite struct DeterminismTests {
  @Test func `two runs of a training step give the same bits`() throws {
    let (a, b) = (try TrainingStep(AdamW()), try TrainingStep(AdamW()))
    #expect(a.run(20) == b.run(20))
    #expect(a.parameters == b.parameters)
  }

  /// Large enough for threads: a softmax over rows, a sum over columns, a sum over everything, and an update.
  @Test(arguments: [2, 3, 4]) func `fused kernels give the same bits with any number of threads`(_ threads: Int) throws
  {
    let x = RandomKey(0).normal([777, 301])
    let program = try {
      let data = try x.storage()
      return Trace.record(arguments: [("x", data.shape, data.dtype)]) { arguments in
        let p = softmax(arguments[0])
        let update = arguments[0] - 0.1 * p / (sqrt(p * p) + 1e-8)
        return [p, p.sum(axes: [0]), (p * p).sum(), update, update.max(axes: [1])]
      }
    }()
    let data = try x.storage()
    #expect(try run(program, data, threads: 1) == run(program, data, threads: threads))
  }

  /// Windows are written out, and their gradient runs in the kernel of ReLU's.
  @Test(arguments: [2, 3]) func `pooling gives the same bits with any number of threads`(_ threads: Int) throws {
    let data = try RandomKey(1).normal([16, 16, 48, 48]).storage()
    let program = Trace.record(arguments: [("x", data.shape, data.dtype)]) { x in
      let y = maxPool(relu(x[0]), [2, 2])
      return [y] + gradients(of: tanh(y).sum(), withRespectTo: x)
    }
    #expect(try run(program, data, threads: 1) == run(program, data, threads: threads))
  }

  private func run(_ program: Program, _ data: Storage, threads: Int) throws -> [[Float]] {
    let executable = try Executable(Plan(program), threads: threads)
    executable.arguments[0].pointer.copyMemory(from: data.pointer, byteCount: data.byteCount)
    executable.run()
    return executable.results.map { $0.scalars() }
  }
}
