import DescentRuntime
import DescentGraph
import Testing

@testable import DescentCPU

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

  @Test func `a residual sum runs inside its convolution, in the place of what it adds`() throws {
    let plan = Self.plan([[4, 16, 12, 12], [16, 16, 3, 3], [16], [16, 16, 3, 3], [16, 16, 1, 1]]) { p in
      let a = relu(ConvolutionTests.biased(convolution(p[0], p[1], padding: 1), p[2]))
      let b = relu(convolution(relu(convolution(a, p[3], padding: 1)), p[4]) + a)
      return [b.mean(axes: [2, 3])]
    }
    // The image into blocks, three convolutions, the mean.
    #expect(plan.kernelCount == 5)
    let sums = plan.schedule.steps.compactMap { step -> (old: Node, new: Node)? in
      guard case .opaque(let unit) = step.work else { return nil }
      return unit.overwritten.map { ($0, unit.results[0]) }
    }
    try #require(sums.count == 1)
    func offset(_ node: Node) -> Int? { plan.memory.slots.first { $0.node === node }?.offset }
    #expect(offset(sums[0].old) != nil)
    #expect(offset(sums[0].old) == offset(sums[0].new))
  }

  /// oneDNN has Winograd's algorithm with AVX-512 only.
  private static let hasWinograd = OneDNNLibrary.vectorLanes == 16

  @Test(.enabled(if: hasWinograd)) func `Winograd's algorithm leaves a residual sum to a loop`() {
    for (precision, isInside) in [(Precision.fast, false), (.strict, true)] {
      let plan = Self.plan([[32, 32, 32, 32], [32, 32, 3, 3]], precision: precision) { p in
        let a = tanh(convolution(p[0], p[1], padding: 1))
        return [(convolution(a, p[1], padding: 1) + a).mean(axes: [2, 3])]
      }
      #expect(plan.printedSteps.contains("+ y") == isInside)
    }
  }

  @Test func `what is wanted after a residual sum is not overwritten by it`() {
    let plan = Self.plan([[4, 16, 12, 12], [16, 16, 3, 3], [16, 16, 1, 1]]) { p in
      let a = relu(convolution(p[0], p[1], padding: 1))
      let b = relu(convolution(a, p[2]) + a)
      return [(b * a).mean(axes: [2, 3])]
    }
    #expect(plan.convolutionCount == 2)
    #expect(
      !plan.schedule.steps.contains {
        if case .opaque(let unit) = $0.work { unit.overwritten != nil } else { false }
      })
  }

  @Test func `pooling's gradient runs in the kernel of the gradient that follows`() {
    let plan = Self.plan([[4, 16, 12, 12], [16, 16, 3, 3], [16, 16, 3, 3]]) { p in
      let a = relu(convolution(p[0], p[1], padding: 1))
      let b = maxPool(a, [2, 2])
      return gradients(of: tanh(convolution(b, p[2])).sum(), withRespectTo: Array(p[1...]))
    }
    // Of b's gradient, by oneDNN, the choice of the greatest element and that of ReLU.
    let readers = plan.schedule.steps.filter { step in
      guard case .loop = step.work else { return false }
      return step.reads.contains { if case .convolutionInputGradient = $0.op { true } else { false } }
    }
    #expect(readers.count == 1)
    #expect(
      readers.allSatisfy { step in
        step.reads.contains { if case .unary(.relu) = $0.op { true } else { false } }
      })
  }

  @Test(.enabled(if: hasWinograd)) func `strict programs convolve directly`() {
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
