import DescentReference
import DescentGraph
import TestSupport
import Testing

/// Every gradient rule against finite differences, first and second order.
@Suite struct GradientTests {
  typealias Value = Interpreter<Double>.Value

  @Test(arguments: OpTable.rows)
  func `gradients agree with finite differences`(row: OpRow) {
    let point = row.arguments()
    let arguments = row.inputs.indices.map { ("x\($0)", point[$0].shape, DType.float64) }
    let loss = Trace.record(arguments: arguments) { x in
      let y = row.frozen.map { $0(x, point.map(Tensor.init(storage:))) } ?? row.body(x)
      return [functional(y, 1)]
    }
    let gradient = Trace.record(arguments: arguments) { x in
      gradients(of: functional(row.body(x), 1), withRespectTo: x)
    }
    compare(loss, gradient, point)
  }

  @Test(arguments: OpTable.rows.filter { $0.frozen == nil })
  func `second derivatives agree with finite differences of the first`(row: OpRow) {
    let point = row.arguments()
    let arguments = row.inputs.indices.map { ("x\($0)", point[$0].shape, DType.float64) }
    // The loss of the second order: a functional of all first derivatives.
    func slope(_ x: [Tensor]) -> Tensor {
      let first = gradients(of: functional(row.body(x), 1), withRespectTo: x)
      return first.enumerated().map { functional($0.element, UInt64($0.offset) + 2) }.reduce(Tensor(0.0), +)
    }
    let loss = Trace.record(arguments: arguments) { [slope($0)] }
    let gradient = Trace.record(arguments: arguments) { gradients(of: slope($0), withRespectTo: $0) }
    compare(loss, gradient, point)
  }

  private func compare(_ loss: Program, _ gradient: Program, _ point: [Storage]) {
    Verifier.verify(gradient)
    let values = point.map(Value.init)
    let expected = FiniteDifferences.gradient(of: loss, at: values)
    let found = Interpreter<Double>().run(gradient, arguments: values).results
    for (expected, found) in zip(expected, found) {
      let scale = max(1, expected.map(\.magnitude).max() ?? 0)
      for (e, f) in zip(expected, found.floats) {
        #expect((e - f).magnitude <= 1e-6 * scale, "\(f) instead of \(e)")
      }
    }
  }

  @Test func `a loss that does not depend on a variable has zero gradient`() {
    let program = Trace.record(arguments: [("x", [2], .float64), ("y", [3], .float64)]) { x in
      gradients(of: (x[0] * x[0]).sum(), withRespectTo: x)
    }
    let results = Interpreter<Double>().run(
      program, arguments: [Value(Storage([1.5, -2.0], shape: [2])), Value(Storage([1.0, 2, 3], shape: [3]))]
    ).results
    #expect(results[0].floats == [3, -4])
    #expect(results[1].floats == [0, 0, 0])
  }

  @Test func `elements that tie for the extreme share the gradient`() {
    let program = Trace.record(arguments: [("x", [4], .float64)]) { x in
      gradients(of: x[0].max(), withRespectTo: x)
        + gradients(of: maximum(x[0], x[0].reversed(axes: [0])).sum(), withRespectTo: x)
    }
    let x = Value(Storage([2.0, 1, 2, 0], shape: [4]))
    let results = Interpreter<Double>().run(program, arguments: [x]).results
    #expect(results[0].floats == [0.5, 0, 0.5, 0])
    // Pairs (2, 0) and (1, 2), each seen twice: the greater one gets both.
    #expect(results[1].floats == [2, 0, 2, 0])
  }

  @Test func `every op has a row, and every row uses its op`() {
    let covered = Set(OpTable.rows.map(\.kind))
    #expect(OpKind.all.filter { !covered.contains($0) } == [])
    for row in OpTable.rows { #expect(row.program().opKinds.contains(row.kind), "\(row.name) lacks \(row.kind)") }
  }

  @Test func `the list of op kinds is complete`() {
    #expect(Set(OpKind.all).count == OpKind.all.count)
    #expect(
      OpKind.all.count == 33 + Unary.allCases.count + Binary.allCases.count + Relation.allCases.count
        + Reduction.allCases.count)
  }
}
