import DescentGraph
import TestSupport
import Testing

@testable import DescentCPU

/// Long reductions run in two stages and mean what they meant.
@Suite struct LongReductionTests {
  struct Example: Sendable, CustomStringConvertible {
    let shape: Shape
    let axes: [Int]
    /// Kernels that the sum takes: one stage, two stages, or two and what a cut leaves over.
    let kernels: Int
    var description: String { "\(shape) over \(axes)" }
  }

  static let examples = [
    Example(shape: [1024, 256], axes: [0], kernels: 2),
    Example(shape: [4, 300, 300], axes: [0, 1], kernels: 2),
    // A prime number of rows: 131 pieces of 32, and 19 rows left over.
    Example(shape: [4211, 64], axes: [0], kernels: 3),
    Example(shape: [4, 3, 100, 220], axes: [0, 2, 3], kernels: 2),
    Example(shape: [3, 1, 40_000], axes: [1, 2], kernels: 2),
    Example(shape: [40_009], axes: [0], kernels: 3),
    // Few elements, or enough rows to share: one stage.
    Example(shape: [512, 128], axes: [0], kernels: 1),
    Example(shape: [16, 40_000], axes: [1], kernels: 1),
    Example(shape: [0, 4096], axes: [0], kernels: 1),
  ]

  @Test(arguments: examples)
  func `sums and maxima agree with plain loops`(_ example: Example) throws {
    // Small whole numbers, whose sums float32 holds exactly.
    let count = example.shape.elementCount
    let numbers = (0..<count).map { Float(($0 &* 7919) % 31) - 15 }
    let kept = example.shape.indices.filter { !example.axes.contains($0) }
    let shape = example.shape.removing(axes: example.axes)
    var sums = [Float](repeating: 0, count: shape.elementCount)
    var greatest = [Float](repeating: -.infinity, count: shape.elementCount)
    let strides = example.shape.strides
    for (place, x) in numbers.enumerated() {
      let result = kept.reduce(0) { $0 * example.shape[$1] + place / strides[$1] % example.shape[$1] }
      sums[result] += x
      greatest[result] = max(greatest[result], x)
    }

    let x = Tensor(numbers, shape: example.shape)
    #expect(try x.sum(axes: example.axes).scalars(as: Float.self) == sums)
    if count > 0 { #expect(try x.max(axes: example.axes).scalars(as: Float.self) == greatest) }
    let plan = Plan(Trace.record(arguments: [("x", example.shape, .float32)]) { [$0[0].sum(axes: example.axes)] })
    #expect(plan.kernelCount == example.kernels)
  }

  @Test func `partial sums of half-width floats are not rounded`() throws {
    // 512 rows of ones: bfloat16 holds 512, but no odd number beyond 256, so that a running sum would stop there.
    let x = Tensor.iota([512, 512], axis: 1).cast(to: .bfloat16) * 0 + 1
    let sums = try x.sum(axes: [0]).cast(to: .float32).scalars(as: Float.self)
    #expect(sums == [Float](repeating: 512, count: 512))
    let plan = Plan(Trace.record(arguments: [("x", [4096, 64], .bfloat16)]) { [$0[0].sum(axes: [0])] })
    #expect(plan.kernelCount == 2)
    #expect(plan.schedule.steps[0].writes.allSatisfy { $0.dtype == .float32 })
  }

  /// Where reductions run in several registers at once, with and without a part of a vector left over.
  @Test(arguments: [127, 128, 129, 517, 1024]) func `wide rows and columns agree with the reference`(_ extent: Int) {
    let program = Trace.record(arguments: [("x", [5, extent], .float32)]) { arguments in
      let x = arguments[0]
      let half = x.cast(to: .float16)
      return [
        softmax(x), x.argmax(), x.max(axes: [1]), x.cast(to: .float64).sum(axes: [1]), half.min(axes: [1]),
        x.sum(axes: [0]), x.argmax(axis: 0), softmax(x, axis: 0), half.max(axes: [0]),
      ]
    }
    var random = SplitMix(UInt64(extent))
    let x = random.storage([5, extent], .float32)
    let result = Agreement.check(program, [x], engine: BackendTable.cpu.engine)
    #expect(result.disagreement == nil && !result.isUnstable)
    // The first of several NaN is the greatest, wherever it stands.
    for place in [extent - 1, extent / 2, 3] {
      x.set(.nan, at: place)
      let withNaN = Agreement.check(program, [x], engine: BackendTable.cpu.engine)
      #expect(withNaN.disagreement == nil && !withNaN.isUnstable)
    }
  }

  struct DeepDot: Sendable, CustomStringConvertible {
    let equation: String
    let left: Shape
    let right: Shape
    var description: String { "\(equation) of \(left) and \(right)" }
  }
  static let deepDots = [
    DeepDot(equation: "i,i->", left: [100_003], right: [100_003]),
    DeepDot(equation: "ik,kj->ij", left: [2, 70_000], right: [70_000, 3]),
    DeepDot(equation: "ki,kj->ij", left: [65_536, 3], right: [65_536, 2]),
    DeepDot(equation: "bik,bjk->bij", left: [2, 2, 40_000], right: [2, 3, 40_000]),
    DeepDot(equation: "kil,jkl->ij", left: [300, 2, 211], right: [3, 300, 211]),
    DeepDot(equation: "lik,jkl->ij", left: [211, 2, 300], right: [3, 300, 211]),
    DeepDot(equation: "abi,abj->ij", left: [9, 40_001, 2], right: [9, 40_001, 2]),
  ]

  @Test(arguments: deepDots) func `deep dot products agree with the definition`(_ example: DeepDot) throws {
    // Whole numbers whose sums float32 holds exactly.
    func numbers(_ shape: Shape, _ factor: Int) -> Tensor {
      Tensor((0..<shape.elementCount).map { Float(($0 &* factor) % 7) - 3 }, shape: shape)
    }
    let (a, b) = (numbers(example.left, 7919), numbers(example.right, 104_729))
    let wide = einsum(example.equation, a.cast(to: .float64), b.cast(to: .float64))
    #expect(
      try einsum(example.equation, a, b).scalars(as: Float.self).map(Double.init) == wide.scalars(as: Double.self))
  }

  @Test func `a dot product of 2²⁵ ones is exact`() throws {
    let ones = Tensor.ones([1 << 25])
    #expect(try einsum("i,i->", ones, ones).scalar() == 0x1p25)
  }
}
