import DescentGraph
import Testing

@testable import DescentEngine

/// Where reorders are, and where they are not. The counts hold where oneDNN has blocks: with AVX2 and AVX-512.
@Suite(.enabled(if: OneDNNLibrary.vectorLanes != nil)) struct LayoutTests {
  static func plan(_ shapes: [Shape], precision: Precision = .fast, _ body: ([Tensor]) -> [Tensor]) -> Plan {
    let arguments = shapes.enumerated().map { ("x\($0.offset)", $0.element, DType.float32) }
    return Plan(Trace.record(arguments: arguments, body), precision: precision)
  }

  /// Fused loops that read or write something across its innermost axis.
  static func reorders(_ plan: Plan) -> Int {
    plan.schedule.steps.count { step in
      guard case .loop(let kernel) = step.work, let last = kernel.domain.indices.last else { return false }
      let loads = kernel.values.compactMap { if case .load(_, let address) = $0 { address } else { nil } }
      return (loads + kernel.stores.map(\.address)).contains { $0.coefficients[last] > 1 }
    }
  }

  @Test func `bias and ReLU run inside convolutions, nothing runs between them`() {
    let plan = Self.plan([[4, 3, 12, 12], [32, 3, 3, 3], [32], [32, 32, 3, 3], [32]]) { p in
      let first = relu(ConvolutionTests.biased(convolution(p[0], p[1]), p[2]))
      return [relu(ConvolutionTests.biased(convolution(first, p[3]), p[4]))]
    }
    // The image is read as it is; the result is put back into row-major order.
    #expect(plan.kernelCount == 3)
    #expect(plan.convolutionCount == 2)
    #expect(Self.reorders(plan) == 1)
  }

  @Test func `batch normalization, residual sums and pooling stay in blocks`() {
    let plan = Self.plan([[4, 3, 12, 12], [32, 3, 3, 3], [32, 32, 3, 3], [32], [32, 32, 3, 3]]) { p in
      let x = convolution(p[0], p[1], padding: 1)
      let a = relu(ConvolutionTests.normalized(convolution(x, p[2], padding: 1), p[3]))
      let b = maxPool(relu(a + x), [2, 2])
      let loss = convolution(b, p[4], padding: 1).mean(axes: [2, 3]).sum()
      return [loss] + gradients(of: loss, withRespectTo: Array(p[1...]))
    }
    #expect(plan.convolutionCount == 8)
    #expect(Self.reorders(plan) == 0)
  }

  @Test func `strict programs convolve directly`() {
    for (precision, isFast) in [(Precision.fast, true), (.strict, false)] {
      let plan = Self.plan([[32, 32, 32, 32], [32, 32, 3, 3]], precision: precision) { p in
        [convolution(p[0], p[1], padding: 1)]
      }
      #expect(plan.printedSteps.contains("wino") == isFast)
    }
  }

  @Test func `what oneDNN does not take keeps its layout`() {
    let plan = Plan(
      Trace.record(arguments: [("x", [2, 16, 5, 5], .float64), ("w", [16, 16, 3, 3], .float64)]) {
        [convolution($0[0], $0[1])]
      })
    #expect(plan.convolutionCount == 0)
  }
}
