import DescentRuntime
import DescentGraph
import DescentOptim
import Testing

@testable import DescentCPU

@Suite struct ProfileTests {
  @Test func `a profile covers every kernel of the plan once, under its title in the printed plan`() throws {
    let executable = try TrainingStep(AdamW(), widths: [20, 48, 48, 48, 10]).executable
    let profile = try #require(executable.profile(steps: 3))
    #expect(profile.steps == 3 && profile.stepMicroseconds > 0)
    let positions = profile.kernels.flatMap(\.positions).sorted()
    #expect(positions == Array(1...executable.plan.kernelCount))
    let printed = executable.plan.printedSteps.split(separator: "\n").map(String.init)
    for kernel in profile.kernels {
      #expect(kernel.calls == kernel.positions.count)
      #expect(printed.contains("\(kernel.positions[0]). \(kernel.title)"))
      #expect(kernel.microseconds >= 0 && kernel.cost.bytes > 0)
    }
    let times = profile.kernels.map(\.stepMicroseconds)
    #expect(times == times.sorted(by: >))
    #expect(profile.betweenKernels >= 0)
    #expect((times.reduce(0, +) + profile.betweenKernels - profile.accountedMicroseconds).magnitude < 1e-6)
  }

  /// The two hidden layers of equal width do the same, the first and the last one do not.
  @Test func `kernels that do the same stand together`() throws {
    let executable = try TrainingStep(AdamW(), widths: [20, 48, 48, 48, 10]).executable
    let products = try #require(executable.profile(steps: 1)).kernels.filter { $0.kind == .product }
    #expect(products.reduce(0) { $0 + $1.calls } == executable.plan.matrixProductCount)
    let hidden = products.filter { $0.cost.operations == 2 * 16 * 48 * 48 || $0.cost.operations == 2 * 48 * 16 * 48 }
    #expect(hidden.map(\.calls) == [2, 2, 2], "forward, gradient by the input, gradient by the weight")
    #expect(products.filter { $0.cost.operations == 2 * 16 * 20 * 48 }.map(\.calls) == [1, 1])
  }

  @Test func `a profiled step computes what a step computes`() throws {
    let (profiled, plain) = (try TrainingStep(AdamW()), try TrainingStep(AdamW()))
    #expect(profiled.executable.profile(steps: 2)?.steps == 2)
    // Each of the two steps runs once whole and once kernel by kernel.
    let losses = plain.run(5)
    #expect(profiled.run(1)[0] == losses[4])
    #expect(profiled.parameters == plain.parameters)
  }

  @Test func `copies at the end are listed`() throws {
    // Neither can be written in place before the other has been read.
    let (a, b) = (Variable(shape: [300], name: "a"), Variable(shape: [300], name: "b"))
    let swap = compile { _ in
      (a.value, b.value) = (b.value, a.value)
      return []
    }
    let profile = try #require(swap.executable(shapes: [], dtypes: []).profile(steps: 1))
    let copies = profile.kernels.filter { $0.kind == .copy }
    #expect(copies.reduce(0) { $0 + $1.calls } >= 1)
    #expect(copies.allSatisfy { $0.cost == Cost(bytesRead: 1200, bytesWritten: 1200) && $0.positions.isEmpty })
  }

  @Test func `a cancelled profile is none`() throws {
    #expect(try TrainingStep(AdamW()).executable.profile(steps: 5, isCancelled: { true }) == nil)
  }
}
