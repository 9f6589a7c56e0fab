import DescentRuntime
import DescentCPU
import DescentGraph
import DescentNN
import DescentOptim
import Testing

@Suite struct MemorySummaryTests {
  /// 20-48-10 with AdamW: 1,498 parameters, two state tensors each and the count of steps; 16 examples.
  @Test func `a training step's memory, counted by hand`() throws {
    let step = try TrainingStep(AdamW(), widths: [20, 48, 10], batch: 16)
    let plan = step.executable.plan
    let memory = plan.memorySummary(parameters: step.model.parameters.map(\.parameter.variable))
    #expect(memory.parameters == 4 * 1498)
    #expect(memory.optimizerState == 2 * 4 * 1498 + 8)
    #expect(memory.arena == plan.arenaByteCount && memory.arena > 0)
    // Inputs, labels, the loss, and six float64 feeds: learning rate, two betas, two epsilons, decay.
    #expect(memory.argumentsAndResults == 4 * 16 * 20 + 4 * 16 + 4 + 6 * 8)
    #expect(
      memory.total
        == memory.parameters + memory.optimizerState + memory.arena + memory.argumentsAndResults + memory.constants)
  }

  @Test func `data counts once, however often it is used`() throws {
    let data = Tensor((0..<1000).map { Float($0) })
    let function = compile { (arguments: [Tensor]) in
      [data.gathering(arguments[0]), data.gathering(arguments[0] + Tensor(1, dtype: .int32)) * data.sum()]
    }
    let memory = try function.plan(shapes: [[3]], dtypes: [.int32]).memorySummary(parameters: [])
    #expect(memory.constants == 4000)
    #expect(memory.argumentsAndResults == 3 * 3 * 4)
    #expect(function.traceCount == 0, "planning compiles nothing")
  }
}
