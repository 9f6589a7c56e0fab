import DescentGraph
import TestSupport
import Testing

@testable import DescentCPU

/// The gradient of a gather: a scatter-add that starts from zeros.
@Suite struct ScatterTests {
  struct Example: Sendable, CustomStringConvertible {
    let shape: Shape
    let axis: Int
    let indices: Int
    /// One where the scatter-add fills its target itself, two where a loop does.
    let kernels: Int
    var description: String { "\(indices) indices into axis \(axis) of \(shape)" }
  }

  @Test(arguments: [
    Example(shape: [5, 300], axis: 0, indices: 40, kernels: 1),
    Example(shape: [5, 37], axis: 0, indices: 5, kernels: 1),
    Example(shape: [3, 4, 21], axis: 1, indices: 9, kernels: 1),
    Example(shape: [6, 2], axis: 1, indices: 7, kernels: 1),
    Example(shape: [50, 8], axis: 0, indices: 4, kernels: 2),
  ])
  func `an embedding's gradient agrees with the reference`(_ example: Example) {
    let cotangent = Shape(
      example.shape[..<example.axis] + [example.indices] + example.shape[(example.axis + 1)...])
    var random = SplitMix(9)
    let table = random.storage(example.shape, .float32)
    let weights = random.storage(cotangent, .float32)
    // Repeated, and some outside the axis.
    let places = Tensor((0..<example.indices).map { Int32($0 * 7 % (example.shape[example.axis] + 2) - 1) })
    let program = Trace.record(arguments: [("table", table.shape, .float32), ("weights", cotangent, .float32)]) { x in
      let loss = (x[0].gathering(places, axis: example.axis) * x[1]).sum()
      return gradients(of: loss, withRespectTo: [x[0]])
    }
    let result = Agreement.check(program, [table, weights], engine: BackendTable.cpu.engine)
    #expect(result.disagreement == nil && !result.isUnstable)
    #expect(Plan(program).kernelCount == example.kernels)
  }
}
