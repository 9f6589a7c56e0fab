import DescentRuntime
import DescentCPU
import DescentGraph
import DescentNN
import DescentOptim
import Foundation
import Testing

@testable import DescentCPU

/// What the planner makes of programs: how many kernels, in which order, in whose memory.
@Suite struct PlanTests {
  static func plan(_ shapes: [Shape], _ body: ([Tensor]) -> [Tensor]) -> Plan {
    Plan(Trace.record(arguments: shapes.enumerated().map { ("x\($0.offset)", $0.element, .float32) }, body))
  }

  @Test func `softmax, log-softmax and layer norm are one kernel each`() {
    #expect(Self.plan([[32, 100]]) { [softmax($0[0])] }.kernelCount == 1)
    #expect(Self.plan([[32, 100]]) { [logSoftmax($0[0])] }.kernelCount == 1)
    let norm = Self.plan([[32, 100], [100], [100]]) { x in
      let centred = x[0] - x[0].mean(axes: [1], keepingAxes: true)
      let variance = (centred * centred).mean(axes: [1], keepingAxes: true)
      return [centred * rsqrt(variance + 1e-5) * x[1] + x[2]]
    }
    #expect(norm.kernelCount == 1)
  }

  @Test func `cross-entropy's value for each row and its gradient are one kernel`() {
    let program = Trace.record(arguments: [("logits", [32, 10], .float32), ("labels", [32], .int32)]) { x in
      let loss = crossEntropy(x[0], labels: x[1])
      return [loss] + gradients(of: loss, withRespectTo: [x[0]])
    }
    // The second kernel is the mean over the rows.
    #expect(Plan(program).kernelCount == 2)
  }

  @Test func `bias and ReLU run inside the matrix product`() {
    let plan = Self.plan([[32, 64], [128, 64], [128]]) { x in
      [relu(dot(x[0], x[1], DotAxes(lhsContracting: [1], rhsContracting: [1])) + x[2])]
    }
    #expect(plan.kernelCount == 1)
    #expect(plan.matrixProductCount == 1)
  }

  @Test func `dropout's mask is drawn again in the backward pass, not stored`() {
    let program = Trace.record(arguments: [("x", [64, 100], .float32), ("weight", [100, 100], .float32)]) { x in
      let dropped = Forward.training(key: RandomKey(1)) { Dropout(0.5)(matmul(x[0], x[1])) }
      let y = matmul(dropped, x[1])
      return gradients(of: (y * y).sum(), withRespectTo: x)
    }
    let plan = Plan(program)
    #expect(!plan.memory.slots.contains { $0.node.dtype == .bool })
    // Keys are scalars, words 0 of their streams; a mask takes a word for each element.
    let draws = plan.printedSteps.split(separator: "\n").filter { $0.contains("philox") && !$0.hasSuffix(", 0)") }
    #expect(draws.count == 2, "once forward, once backward")
  }

  /// What the factor takes is computed once before a loop, so the product is not worth storing for its two readers, which
  /// want its elements in different order.
  @Test func `a scalar's computation does not make a value worth storing`() {
    let scaled = Self.plan([[1000], []]) { x in
      let y = x[0] * exp(x[1] * x[1] + 1)
      return [y + 1, y.reversed(axes: [0]) + 2]
    }
    #expect(scaled.cost.bytes < 4 * 4100, "\(scaled.printedSteps)")
    let computed = Self.plan([[1000], []]) { x in
      let y = exp(x[0] * x[1])
      return [y + 1, y.reversed(axes: [0]) + 2]
    }
    #expect(computed.cost.bytes > 4 * 4900, "\(computed.printedSteps)")
  }

  @Test func `transposed operands need no copy`() {
    #expect(Self.plan([[8, 5], [8, 7]]) { [matmul($0[0].transposed, $0[1])] }.kernelCount == 1)
    #expect(Self.plan([[5, 8], [7, 8]]) { [matmul($0[0], $0[1].transposed)] }.kernelCount == 1)
  }

  @Test func `updates run in place, and each gradient's memory is free before the next gradient`() throws {
    let plan = try TrainingStep(AdamW(), widths: [20, 48, 40, 10]).executable.plan
    let schedule = plan.schedule
    #expect(schedule.lateCopies.isEmpty)
    // A weight's gradient: a product that only an update reads.
    let gradients = schedule.steps.compactMap { step -> Node? in
      guard case .matrix(let unit) = step.work else { return nil }
      let readers = schedule.steps.filter { $0.reads.contains(unit.result) }
      let isUpdate = readers.first?.writes.contains { node in
        if case .variable = schedule.places[node] { true } else { false }
      }
      return readers.count == 1 && isUpdate == true && unit.a.columns != 1 ? unit.result : nil
    }
    let lives = plan.memory.slots.filter { gradients.contains($0.node) }.sorted { $0.firstUse < $1.firstUse }
    #expect(lives.count == 3)
    for (earlier, later) in zip(lives, lives.dropFirst()) { #expect(earlier.lastUse < later.firstUse) }
  }

  @Test func `variables may exchange their values`() throws {
    let (a, b) = (Variable(shape: [3], name: "a"), Variable(shape: [3], name: "b"))
    a.assign(Storage([Float(1), 2, 3], shape: [3]))
    b.assign(Storage([Float(4), 5, 6], shape: [3]))
    let swap = compile { _ in
      let old = a.value
      a.value = b.value
      b.value = old
      return []
    }
    _ = try swap([])
    #expect(a.storage.scalars(as: Float.self) == [4, 5, 6])
    #expect(b.storage.scalars(as: Float.self) == [1, 2, 3])
    _ = try swap([])
    #expect(a.storage.scalars(as: Float.self) == [1, 2, 3])
  }

  @Test func `a variable read in another order than it is written keeps its old value until then`() throws {
    let v = Variable(shape: [2, 2], name: "v")
    v.assign(Storage([Float(1), 2, 3, 4], shape: [2, 2]))
    let step = compile { () -> Tensor in
      let old = v.value
      v.value = old.transposed + 10
      return (old * 2).sum()
    }
    #expect(try step().scalar() == 20)
    #expect(v.storage.scalars(as: Float.self) == [11, 13, 12, 14])
  }

  @Test func `memory is shared between buffers that do not live together`() {
    // Ten products in a chain: each needs its input and its output, so two buffers suffice.
    let plan = Self.plan([[64, 64]]) { x in
      var y = x[0]
      for _ in 0..<10 { y = matmul(y, x[0]) }
      return [y]
    }
    #expect(plan.arenaByteCount == 2 * 64 * 64 * 4)
    #expect(plan.memory.byteCount == plan.memory.lowerBound)
  }

  @Test func `slots that live together do not overlap`() throws {
    for method in [
      try TrainingStep(AdamW()).executable.plan, try TrainingStep(NormalizedGradientDescent()).executable.plan,
    ] {
      let slots = method.memory.slots
      for (i, a) in slots.enumerated() {
        for b in slots[(i + 1)...] where a.offset != b.offset || a.firstUse != b.firstUse || a.lastUse != b.lastUse {
          let apart = a.lastUse < b.firstUse || b.lastUse < a.firstUse
          let disjoint = a.offset + a.byteCount <= b.offset || b.offset + b.byteCount <= a.offset
          #expect(apart || disjoint)
        }
      }
    }
  }

  @Test func `the second call does not trace again, another shape does`() throws {
    let double = compile { (x: [Tensor]) in [x[0] * 2] }
    #expect(try double([Tensor([Float(1), 2])])[0].scalars(as: Float.self) == [2, 4])
    #expect(try double([Tensor([Float(3), 4])])[0].scalars(as: Float.self) == [6, 8])
    #expect(double.traceCount == 1)
    _ = try double([Tensor([Float(1), 2, 3])])
    #expect(double.traceCount == 2)
  }

  @Test func `printing names parameters, kernels and memory`() throws {
    let plan = try TrainingStep(AdamW()).executable.plan
    #expect(plan.printedGraph.contains("layers.0.weight"))
    #expect(plan.printedSteps.contains("product → relu"))
    #expect(plan.printedMemory.contains("arena"))
    #expect(try plan.printedKernels().contains("define void @kernel"))
  }
}
