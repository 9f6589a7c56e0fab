import DescentRuntime
import CAllocationCounter
import DescentCPU
import DescentGraph
import DescentOptim
import Testing

/// After warm-up a step allocates nothing and traces nothing.
@Suite(.serialized) struct AllocationTests {
  /// Allocations of the calling thread in `count` calls of `body`.
  static func allocations(_ count: Int, _ body: () -> Void) -> Int64 {
    for _ in 0..<3 { body() }
    allocation_counter_start()
    for _ in 0..<count { body() }
    return allocation_counter_stop()
  }

  static let works = allocation_counter_works()

  @Test(.enabled(if: works)) func `the counter counts`() {
    var kept: [UnsafeMutableRawPointer] = []
    kept.reserveCapacity(64)
    let counted = Self.allocations(10) { kept.append(.allocate(byteCount: 100, alignment: 8)) }
    #expect(counted == 10)
    for pointer in kept { pointer.deallocate() }
  }

  @Test(.enabled(if: works)) func `an optimizer's step allocates nothing`() throws {
    let weight = Variable(shape: [64, 48], name: "weight")
    let gradient = Variable(shape: [64, 48], name: "gradient")
    try gradient.assign(RandomKey(0).normal([64, 48]))
    let updater = try Updater(AdamW(learningRate: .cosine(from: 1e-3, over: 100)), parameters: [weight])
    let function = compile { _ in
      updater.apply([gradient.value])
      return []
    }
    let executable = try function.executable(shapes: [], dtypes: [])
    #expect(Self.allocations(50) { executable.run() } == 0)
    #expect(function.traceCount == 1)
    #expect(updater.stepCount.storage.integer(at: 0) == 53)
  }

  @Test(.enabled(if: works)) func `a training step allocates nothing`() throws {
    let step = try TrainingStep(AdamW())
    let executable = step.executable
    let traces = step.function.traceCount
    let compiled = try KernelCompiler.shared().counters.compiled
    #expect(executable.plan.matrixProductCount == 5)
    #expect(Self.allocations(50) { executable.run() } == 0)
    #expect(step.function.traceCount == traces)
    #expect(try KernelCompiler.shared().counters.compiled == compiled)
  }

  /// What a loop does around the kernels: its turn, the arguments, the results.
  @Test(.enabled(if: works)) func `a run in its turn allocates nothing`() throws {
    let total = Variable(shape: [], name: "total")
    let function = compile { (x: [Tensor]) in
      total.value = total.value + x[0].sum()
      return [total.value]
    }
    let step = try function.step(shapes: [[512]], dtypes: [.float32])
    let input = Storage(filled: 1, shape: [512], dtype: .float32)
    // Bytes, because comparing two shapes allocates in debug builds.
    let bytes = UnsafeRawBufferPointer(start: input.pointer, count: input.byteCount)
    var last = 0.0
    let counted = Self.allocations(50) {
      last = (try? step.run({ $0[0].fill(from: bytes) }, { $0[0].double(at: 0) })) ?? .nan
    }
    #expect(counted == 0)
    #expect(last == 53 * 512)
  }
}
