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
}
