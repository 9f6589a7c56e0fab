import DescentRuntime
import CAllocationCounter
import DescentCPU
import DescentGraph
import TestSupport
import Testing

@testable import DescentCPU

/// Loops in the compiled engine: one unit, a body that is planned once, nothing copied or allocated without need.
@Suite(.serialized) struct LoopTests {
  private func program(_ shapes: [Shape], _ body: ([Tensor]) -> [Tensor]) -> Program {
    Trace.record(arguments: shapes.enumerated().map { ("x\($0.offset)", $0.element, .float32) }, body)
  }
  private func values(_ shapes: [Shape]) -> [Storage] {
    shapes.enumerated().map { number, shape in
      var random = SplitMix(UInt64(number) + 1)
      return random.storage(shape, .float32)
    }
  }

  /// A recurrent layer with a product, an output that another loop reads, and the gradients of all of it.
  private let shapes: [Shape] = [[6, 4, 5], [4, 7], [7, 7], [7, 5]]
  private func recurrent(_ x: [Tensor]) -> [Tensor] {
    let (carries, outputs) = scan(over: [x[0]], from: [x[1]]) { c, e in
      let next = tanh(matmul(c[0], x[2].transposed) + matmul(e[0], x[3].transposed))
      return ([next], [next])
    }
    let back = scan(over: [outputs[0]], from: [carries[0]], reversed: true) { c, e in ([sin(c[0]) * e[0]], [c[0]]) }
    let loss = (back.outputs[0] * back.outputs[0]).mean()
    return [loss, carries[0]] + gradients(of: loss, withRespectTo: x)
  }

  @Test func `a recurrent layer and its gradients agree with the reference`() throws {
    let result = Agreement.check(
      program(shapes, recurrent), values(shapes), engine: BackendTable.cpu.engine)
    #expect(result.disagreement == nil && !result.isUnstable)
  }

  @Test func `the results of a loop come from one unit, and the gradient of a captured matrix from one product`() {
    let plan = Plan(program(shapes, recurrent))
    let loops = plan.schedule.steps.compactMap { step -> ScanUnit? in
      if case .opaque(let unit) = step.work { unit as? ScanUnit } else { nil }
    }
    #expect(loops.count == 4, "two forward, two backward")
    // The products inside the gradient are those for the state and for the element; those for the matrices are outside.
    #expect(loops.map(\.body.matrixProductCount).sorted() == [0, 0, 2, 2])
    #expect(plan.matrixProductCount == 2)
  }

  @Test func `what nobody uses is neither computed nor stored`() {
    let plan = Plan(
      program([[3, 5], [5]]) { x in
        [
          scan(over: [x[0], x[0]], from: [x[1], x[1]]) { c, e in
            ([c[0] + e[0], exp(c[1])], [sin(e[1]), c[0] * 2])
          }.outputs[1]
        ]
      })
    guard case .opaque(let unit) = plan.schedule.steps[0].work, let loop = unit as? ScanUnit else {
      Issue.record("no loop")
      return
    }
    #expect(loop.scan.carryCount == 1 && loop.scan.sequenceCount == 1 && loop.outputs.count == 2)
    #expect(!plan.printedGraph.contains("exp") && !plan.printedGraph.contains("sin"))
  }

  @Test func `a loop within a loop, with a sort of copies for what stays in place`() throws {
    let shapes: [Shape] = [[3, 4, 5], [5], [5]]
    let nested = program(shapes) { x in
      let (carries, outputs) = scan(over: [x[0]], from: [x[1]], reversed: true) { c, e in
        let inner = scan(over: [e[0]], from: [c[0]]) { c, e in ([sin(c[0] + e[0]) * x[2]], [c[0] * e[0]]) }
        return ([inner.carries[0]], [inner.outputs[0], c[0]])
      }
      return carries + outputs
    }
    let result = Agreement.check(nested, values(shapes), engine: BackendTable.cpu.engine)
    #expect(result.disagreement == nil && !result.isUnstable)
  }

  @Test func `a variable may be read in the body, and its update sees the old value there`() throws {
    let scale = Variable(Storage([Float(2)], shape: [1]), name: "scale")
    let step = compile { arguments in
      let (carries, _) = scan(over: [arguments[0]], from: [Tensor.ones([1])]) { c, e in
        ([c[0] * scale.value + e[0]], [])
      }
      scale.value = scale.value + 1
      return carries
    }
    let x = Tensor([Float(1), 1, 1], shape: [3, 1])
    #expect(try step([x])[0].scalars(as: Float.self) == [15])
    #expect(try step([x])[0].scalars(as: Float.self) == [40])
  }

  @Test func `variables are written under a condition only if it holds`() throws {
    let a = Variable(Storage([Float(1), 2], shape: [2]), name: "a")
    let b = Variable(shape: [2], name: "b")
    let step = compile { x in
      let y = when(x[0] .> 0, otherwise: [x[1]]) {
        a.value = a.value * 2
        b.value = a.value + x[1]
        return [b.value * 10]
      }
      // What was written is read as it is then, and may be written again.
      a.value = a.value + 1
      return [y[0], a.value + b.value]
    }
    func run(_ condition: Float) throws -> [[Float]] {
      let results = try step([Tensor([condition], shape: []), Tensor([Float(3), 4], shape: [2])])
      return try results.map { try $0.scalars(as: Float.self) }
    }
    #expect(try run(-1) == [[3, 4], [2, 3]])
    #expect(try run(1) == [[70, 100], [12, 17]])
    #expect(try run(-1) == [[3, 4], [13, 18]])
    #expect(step.traceCount == 1)
  }

  @Test func `threads do not change a bit`() throws {
    let program = program(shapes, recurrent)
    let runs = try [1, 2].map { threads in
      let executable = try Executable(Plan(program), threads: threads)
      for (slot, value) in zip(executable.arguments, values(shapes)) {
        slot.pointer.copyMemory(from: value.pointer, byteCount: value.byteCount)
      }
      executable.run()
      return executable.results.map { $0.scalars(as: Float.self) }
    }
    #expect(runs[0] == runs[1])
  }

  @Test(.enabled(if: AllocationTests.works)) func `a loop without products allocates nothing`() throws {
    let program = program([[5, 8], [8]]) { x in
      let (carries, outputs) = scan(over: [x[0]], from: [x[1]]) { c, e in
        let inner = scan(over: [e[0].reshaped([2, 4])], from: [c[0].sliced(axis: 0, 0..<4)]) { c, e in
          ([tanh(c[0] * e[0])], [c[0]])
        }
        return ([c[0] * sin(e[0]) + inner.outputs[0].reshaped([8])], [c[0] + e[0]])
      }
      let loss = (carries[0] * outputs[0].sum(axes: [0])).sum()
      return gradients(of: loss, withRespectTo: x)
    }
    let executable = try Executable(Plan(program))
    #expect(AllocationTests.allocations(20) { executable.run() } == 0)
  }
}
