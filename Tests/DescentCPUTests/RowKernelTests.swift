import DescentGraph
import DescentNN
import TestSupport
import Testing

@testable import DescentCPU

/// Kernels that go over a row several times: how often they do, and what they keep from one time to the next.
@Suite struct RowKernelTests {
  private func traced(_ shapes: [Shape], _ dtype: DType = .float32, _ body: ([Tensor]) -> [Tensor]) -> Program {
    Trace.record(arguments: shapes.enumerated().map { ("x\($0.offset)", $0.element, dtype) }, body)
  }
  private func loops(_ program: Program) -> [LoopKernel] {
    Plan(program).schedule.steps.compactMap { if case .loop(let kernel) = $0.work { kernel } else { nil } }
  }
  private func text(_ kernel: LoopKernel) -> String { KernelEmitter.emit(kernel, vectorByteCount: 64).ir }
  private func occurrences(of part: String, in text: String) -> Int {
    text.split(separator: part, omittingEmptySubsequences: false).count - 1
  }

  @Test func `an exponential is computed once, for the sum and for the result`() {
    let kernels = loops(traced([[40, 256]]) { [softmax($0[0])] })
    #expect(kernels.count == 1)
    let ir = text(kernels[0])
    #expect(occurrences(of: "call <64 x float> @descent.exp", in: ir) == 1)
    #expect(occurrences(of: "alloca [1024 x i8]", in: ir) == 1)
  }

  @Test func `what is as quick to compute again is not kept`() {
    // The mean's and the variance's passes read one tensor, from the cache.
    let plain = loops(traced([[40, 256]]) { [Moments.normalized($0[0])] })
    #expect(occurrences(of: "alloca", in: text(plain[0])) == 0)
    // With three tensors, their sum is kept: one place for it, though two passes read it.
    let sum = loops(traced([[40, 256], [40, 256], [40, 256]]) { [Moments.normalized($0[0] + $0[1] + $0[2])] })
    #expect(occurrences(of: "alloca [1024 x i8]", in: text(sum[0])) == 1)
  }

  /// Rows of 20,000 elements exceed the first-level cache, those of 70,000 what a thread's stack is asked for.
  @Test(arguments: [(20_000, true), (70_000, false)])
  func `long rows keep what is dear, within bounds`(_ width: Int, _ isKept: Bool) {
    let kernels = loops(traced([[64, width], [64, width]]) { [softmax($0[0]), Moments.normalized($0[0] + $0[1])] })
    let texts = kernels.map(text)
    #expect(texts.reduce(0) { $0 + occurrences(of: "alloca", in: $1) } == (isKept ? 1 : 0))
  }

  /// The statistics take two passes, and what the gradient sums up is known in the second of them.
  @Test func `a normalization and its gradient read their rows three times`() throws {
    let program = traced([[24, 200], [24, 200]]) { x in
      gradients(of: (Moments.normalized(x[0]) * x[1]).sum(), withRespectTo: [x[0]])
    }
    #expect(try #require(loops(program).last).passes().max() == 2)
  }

  private func factors(_ dtype: DType) -> Program {
    traced([[6, 70], [6, 70]], dtype) { x in
      let scale = x[0].sum(axes: [1], keepingAxes: true) + 40
      let y = -(x[1] / scale)
      return [(y + y - x[0] * scale).sum(axes: [1]), x[0] * scale]
    }
  }

  @Test func `factors of all kinds leave a sum`() {
    #expect(loops(factors(.float32))[0].passes().max() == 1)
    // Without its factor, a sum of half-width floats might leave their range.
    #expect(loops(factors(.float16))[0].passes().max() == 2)
    var random = SplitMix(5)
    let arguments = (0..<2).map { _ in random.storage([6, 70], .float32) }
    let result = Agreement.check(factors(.float32), arguments, engine: BackendTable.cpu.engine)
    #expect(result.disagreement == nil && !result.isUnstable)
  }

  /// Rows, columns, several reduced axes, rows shorter than a vector, and with a part of a vector left over.
  @Test(
    arguments: [[3, 5, 7], [9, 3, 130], [4, 40, 64], [2, 217, 3], [5, 1, 300]], [DType.float32, .float16, .float64])
  func `what is kept agrees with the reference`(_ extents: [Int], _ dtype: DType) {
    let shape = Shape(extents)
    let program = traced([shape, shape, shape], dtype) { x in
      let y = x[0] + x[1] * x[2]
      let shifted = exp(y - y.max(axes: [1, 2], keepingAxes: true))
      return [
        softmax(y), softmax(y, axis: 0), softmax(y, axis: 1), shifted / shifted.sum(axes: [1, 2], keepingAxes: true),
        Moments.normalized(y), logSoftmax(y * x[0]),
      ] + (dtype.isHalf ? [] : [y.argmax(axis: 2)])
    }
    var random = SplitMix(UInt64(shape.elementCount))
    let arguments = (0..<3).map { _ in random.storage(shape, dtype) }
    let result = Agreement.check(program, arguments, engine: BackendTable.cpu.engine)
    #expect(result.disagreement == nil && !result.isUnstable)
  }

  /// Sums over columns that read row after row: one block of columns and several, with a part of a vector left over, with
  /// stores on the way, argmax, two reduced axes, and what is the same for a row or for a column.
  @Test(arguments: [[40, 128], [50, 217], [33, 2500], [7, 9, 130]], [DType.float32, .bfloat16, .float64])
  func `columns over many rows`(_ extents: [Int], _ dtype: DType) {
    let shape = Shape(extents)
    let columns = Shape([extents.last!])
    let outer = Array(0..<(extents.count - 1))
    let rows = Shape(extents.dropLast() + [1])
    let program = traced([shape, rows, columns], dtype) { x in
      let y = x[0] * exp(x[1]) + x[2]
      return [y, y.sum(axes: outer), (y * y).max(axes: outer), exp(y.min(axes: outer))]
        + (outer.count == 1 && !dtype.isHalf ? [y.argmax(axis: 0)] : [])
    }
    var random = SplitMix(UInt64(shape.elementCount))
    let arguments = [shape, rows, columns].map { random.storage($0, dtype) }
    let result = Agreement.check(program, arguments, engine: BackendTable.cpu.engine)
    #expect(result.disagreement == nil && !result.isUnstable)
    let widest = Plan(program).schedule.steps.compactMap { step -> String? in
      if case .loop(let kernel) = step.work { text(kernel) } else { nil }
    }
    #expect(widest.contains { $0.contains("alloca") })
  }

  @Test func `kept values give the same bits with any number of threads`() throws {
    let shapes: [Shape] = [[513, 401], [513, 401], [513, 401]]
    let program = traced(shapes) { x in
      let y = x[0] + x[1] + x[2]
      let loss = (softmax(y) * x[0]).sum() + (Moments.normalized(y) * x[1]).sum()
      return [softmax(y), Moments.normalized(y), y.sum(axes: [0])] + gradients(of: loss, withRespectTo: x)
    }
    let arguments = shapes.enumerated().map { number, shape in
      var random = SplitMix(UInt64(number))
      return random.storage(shape, .float32)
    }
    func run(_ threads: Int) throws -> [[Float]] {
      let executable = try Executable(Plan(program), threads: threads)
      for (slot, argument) in zip(executable.arguments, arguments) {
        slot.pointer.copyMemory(from: argument.pointer, byteCount: argument.byteCount)
      }
      executable.run()
      return executable.results.map { $0.scalars() }
    }
    let one = try run(1)
    #expect(try run(2) == one)
    #expect(try run(3) == one)
  }
}

/// The last axis with mean 0 and variance 1, as `LayerNorm` computes it.
private enum Moments {
  static func normalized(_ x: Tensor) -> Tensor {
    let centred = x - x.mean(axes: [-1], keepingAxes: true)
    return centred * rsqrt((centred * centred).mean(axes: [-1], keepingAxes: true) + 1e-5)
  }
}
