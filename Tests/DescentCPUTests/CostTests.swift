import DescentRuntime
import DescentGraph
import Testing

@testable import DescentCPU

/// What kernels have to do, counted by hand.
@Suite struct CostTests {
  /// The costs of the plan's steps, in running order.
  private func costs(_ inputs: [(Shape, DType)], _ body: ([Tensor]) -> [Tensor]) -> [Cost] {
    let arguments = inputs.enumerated().map { ("x\($0.offset)", $0.element.0, $0.element.1) }
    return Plan(Trace.record(arguments: arguments, body)).schedule.steps.map(\.cost)
  }

  @Test func `an element-wise kernel reads each operand and writes its result once`() {
    let found = costs([([30, 50], .float32), ([50], .float32)]) { [$0[0] * 2 + $0[1]] }
    #expect(found == [Cost(operations: 2 * 1500, bytesRead: 4 * 1550, bytesWritten: 4 * 1500)])
  }

  @Test func `part of a buffer counts as that part`() {
    let found = costs([([30, 50], .float32)]) { [$0[0].sliced(axis: 1, 0..<10) * 3] }
    #expect(found == [Cost(operations: 300, bytesRead: 4 * 300, bytesWritten: 4 * 300)])
  }

  /// The two slices overlap: together they touch no more than the buffer.
  @Test func `an element that is read twice counts once`() {
    let found = costs([([100], .float32)]) { [$0[0].sliced(axis: 0, 0..<99) + $0[0].sliced(axis: 0, 1..<100)] }
    #expect(found == [Cost(operations: 99, bytesRead: 4 * 100, bytesWritten: 4 * 99)])
  }

  @Test func `a reduction is one operation an element`() {
    let found = costs([([20, 70], .float32)]) { [$0[0].sum(axes: [1])] }
    #expect(found == [Cost(operations: 1400, bytesRead: 4 * 1400, bytesWritten: 4 * 20)])
  }

  @Test func `a gather reads what its indices can name`() {
    // 5 of 100 rows: five rows at most; 500 indices into 10 rows: the ten rows.
    let few = costs([([100, 8], .float32), ([5], .int32)]) { [$0[0].gathering($0[1])] }
    #expect(few == [Cost(operations: 0, bytesRead: 4 * 40 + 4 * 5, bytesWritten: 4 * 40)])
    let many = costs([([10, 8], .float32), ([500], .int32)]) { [$0[0].gathering($0[1])] }
    #expect(many == [Cost(operations: 0, bytesRead: 4 * 80 + 4 * 500, bytesWritten: 4 * 4000)])
  }

  @Test func `a matrix product, with its bias and shared operands`() {
    let plain = costs([([32, 64], .float32), ([128, 64], .float32), ([128], .float32)]) { x in
      [relu(dot(x[0], x[1], DotAxes(lhsContracting: [1], rhsContracting: [1])) + x[2])]
    }
    #expect(
      plain == [
        Cost(
          operations: 2 * 32 * 64 * 128, bytesRead: 4 * (32 * 64 + 64 * 128 + 128), bytesWritten: 4 * 32 * 128)
      ])
    let batched = costs([([6, 32, 64], .float32), ([6, 64, 16], .float32)]) { [matmul($0[0], $0[1])] }
    #expect(
      batched == [
        Cost(
          operations: 6 * 2 * 32 * 64 * 16, bytesRead: 4 * 6 * (32 * 64 + 64 * 16), bytesWritten: 4 * 6 * 32 * 16)
      ])
  }

  /// [2, 5, 3, 4]: 6 heads with 5 × 5 pairs, or 15 behind the mask, and 4 multiplications and additions for each.
  @Test(arguments: [false, true])
  func `attention counts its products, forward two and backward five`(causal: Bool) {
    let shape = ([2, 5, 3, 4] as Shape, DType.float32)
    let found = costs([shape, shape, shape]) { x in
      let y = attention(x[0], x[1], x[2], causal: causal)
      return [y] + gradients(of: y.sum(), withRespectTo: x)
    }
    let product = 6 * (causal ? 15 : 25) * 4 * 2
    #expect(found.map(\.operations).filter { $0 >= product } == [2 * product, 5 * product])
  }

  @Test func `a plan costs what its kernels do, at least its inputs and outputs once`() {
    let w = Variable(shape: [100, 200], name: "w")
    let plan = Plan(
      Trace.record(arguments: [("x", [100, 200], .float32)]) { x in
        w.value = w.value + x[0]
        return []
      })
    let elements = 4 * 100 * 200
    #expect(plan.cost == Cost(operations: 100 * 200, bytesRead: 2 * elements, bytesWritten: elements))
    #expect(plan.leastByteCount == 3 * elements)
    let product = Plan(
      Trace.record(arguments: [("x", [200, 200], .float32)]) { x in
        w.value = w.value + matmul(w.value, x[0])
        return []
      })
    let between = product.cost.bytes - product.leastByteCount
    #expect(product.kernelCount == 2 && product.leastByteCount == 2 * elements + 4 * 200 * 200)
    #expect(between == 3 * elements, "the product is written and read, the variable read twice")
  }

  /// Each variable's new value is the other's old one: one is written in place, one copied when everything has run.
  @Test func `copies at the end are part of the cost`() {
    let (v, w) = (Variable(shape: [100], name: "v"), Variable(shape: [100], name: "w"))
    let plan = Plan(
      Trace.record(arguments: []) { _ in
        (v.value, w.value) = (w.value * 2, v.value.reversed(axes: [0]) * 3)
        return []
      })
    let copies = plan.schedule.lateCopies.count
    #expect(copies > 0)
    #expect(plan.leastByteCount == 1600 && plan.cost.bytes == 1600 + copies * 800)
  }
}
