import DescentGraph
import Testing

@testable import DescentCPU

/// Which dimensions of a kernel are written out, and that nothing loops over them any more.
@Suite struct KernelUnrollingTests {
  private static func kernel(_ shape: Shape, _ body: (Tensor) -> Tensor) throws -> LoopKernel {
    let plan = Plan(Trace.record(arguments: [("x", shape, .float32)]) { [body($0[0])] })
    try #require(plan.kernelCount == 1)
    guard case .loop(let kernel) = plan.schedule.steps[0].work else { fatalError("a loop was expected") }
    return kernel.withBestVectorDimension()
  }

  private static func unrolled(_ kernel: LoopKernel) -> [Int] {
    kernel.unrolledDimensions(kernel.dependences()).map { kernel.domain[$0] }
  }

  private static func loops(_ kernel: LoopKernel) -> Int {
    KernelEmitter.emit(kernel, vectorByteCount: 64).ir.components(separatedBy: "= phi i64").count - 1
  }

  @Test func `pooling windows are written out`() throws {
    let pooling = try Self.kernel([4, 16, 32, 32]) { maxPool($0, [2, 2]) }
    #expect(Self.unrolled(pooling) == [2, 2])
    // Over the tasks, and over a task's vectors.
    #expect(Self.loops(pooling) == 2)
  }

  @Test func `a window is written out as far as it stays short`() throws {
    let pooling = try Self.kernel([2, 4, 48, 48]) { $0.windows([6, 6]).sum(axes: [4, 5]) }
    #expect(Self.unrolled(pooling) == [6])
  }

  @Test func `what is repeated along a short axis is read once`() throws {
    let repeated = try Self.kernel([8, 5, 64]) { x in
      (x.reshaped([8, 5, 1, 64]).broadcast(to: [8, 5, 3, 64]) * 2).transposed([1, 0, 2, 3])
    }
    #expect(Self.unrolled(repeated) == [3])
    let ir = KernelEmitter.emit(repeated, vectorByteCount: 64).ir
    #expect(ir.components(separatedBy: "load <16 x float>").count - 1 == 1)
    #expect(ir.components(separatedBy: "store <16 x float>").count - 1 == 3)
  }

  @Test func `axes along which everything is read anew stay loops`() throws {
    let turned = try Self.kernel([8, 3, 64]) { x in tanh(x).transposed([1, 0, 2]) }
    #expect(Self.unrolled(turned) == [])
  }

  /// Whole numbers, so that every order of adding them gives the same sum.
  @Test func `sums over long and short axes together are complete`() throws {
    let shape: Shape = [40, 3, 12, 128]
    let numbers = (0..<shape.elementCount).map { Float($0 * 31 % 17) }
    let program = Trace.record(arguments: [("x", shape, .float32)]) { [$0[0].sum(axes: [0, 2])] }
    let executable = try Executable(Plan(program))
    numbers.withUnsafeBytes { executable.arguments[0].pointer.copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
    executable.run()
    var sums = [Float](repeating: 0, count: 3 * 128)
    for i in numbers.indices { sums[i / (12 * 128) % 3 * 128 + i % 128] += numbers[i] }
    #expect(executable.results[0].scalars() == sums)
  }
}
