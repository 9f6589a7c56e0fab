import DescentCPU
import DescentGraph
import TestSupport
import Testing

/// Convolutions, their gradients and pooling: the engine against the reference over a grid of shapes.
@Suite struct ConvolutionGridTests {
  struct Case: Sendable, CustomStringConvertible {
    var x: Shape
    var outputs: Int
    var window: [Int]
    var strides: [Int]? = nil
    var padding: Padding = .valid
    var dilations: [Int]? = nil
    var groups = 1

    var kernel: Shape { Shape([outputs, x[1] / groups] + window) }
    var description: String {
      "x \(x) kernel \(kernel) strides \(strides ?? []) padding \(padding) dilations \(dilations ?? []) groups \(groups)"
    }
    func callAsFunction(_ x: Tensor, _ kernel: Tensor) -> Tensor {
      convolution(x, kernel, strides: strides, padding: padding, dilations: dilations, groups: groups)
    }
  }

  static let cases: [Case] = [
    // One axis.
    Case(x: [1, 1, 1], outputs: 1, window: [1]),
    Case(x: [3, 1, 9], outputs: 16, window: [3]),
    Case(x: [2, 3, 17], outputs: 20, window: [5], strides: [2], padding: 2),
    Case(x: [2, 16, 7], outputs: 3, window: [2], padding: .explicit(low: [0], high: [1]), dilations: [2]),
    Case(x: [2, 6, 8], outputs: 4, window: [3], strides: [3], padding: .same, groups: 2),
    // Channels 1, 3, 16, 20, 32; odd extents.
    Case(x: [2, 1, 7, 5], outputs: 3, window: [3, 3]),
    Case(x: [2, 3, 5, 7], outputs: 16, window: [3, 3], padding: 1),
    Case(x: [1, 16, 5, 5], outputs: 32, window: [3, 3], padding: 1),
    Case(x: [1, 32, 5, 3], outputs: 20, window: [3, 3], padding: .same),
    Case(x: [2, 20, 3, 5], outputs: 1, window: [2, 3]),
    // 1×1, with and without strides.
    Case(x: [2, 16, 3, 5], outputs: 20, window: [1, 1]),
    Case(x: [2, 3, 5, 5], outputs: 16, window: [1, 1], strides: [2, 2]),
    // Strides that leave a rest, dilations, uneven padding.
    Case(x: [2, 3, 8, 9], outputs: 4, window: [3, 3], strides: [2, 2], padding: 1),
    Case(x: [1, 3, 11, 9], outputs: 3, window: [5, 3], strides: [3, 2], padding: .same),
    Case(x: [1, 3, 9, 7], outputs: 3, window: [3, 3], dilations: [2, 2]),
    Case(x: [1, 3, 9, 7], outputs: 3, window: [3, 2], strides: [2, 1], padding: 2, dilations: [2, 3]),
    Case(x: [2, 3, 5, 6], outputs: 4, window: [3, 3], padding: .explicit(low: [0, 2], high: [1, 0])),
    Case(x: [1, 2, 4, 4], outputs: 2, window: [2, 2], padding: .explicit(low: [3, 0], high: [2, 4])),
    // Groups, depthwise, and a depthwise kernel with two outputs a channel.
    Case(x: [2, 6, 5, 5], outputs: 9, window: [3, 3], padding: 1, groups: 3),
    Case(x: [1, 20, 5, 5], outputs: 20, window: [3, 3], strides: [2, 2], padding: 1, groups: 20),
    Case(x: [2, 3, 5, 5], outputs: 6, window: [3, 3], dilations: [2, 1], groups: 3),
    // The kernel as large as the input; larger, with padding; three axes; an empty batch.
    Case(x: [2, 3, 4, 5], outputs: 7, window: [4, 5]),
    Case(x: [1, 3, 2, 2], outputs: 2, window: [3, 4], padding: 1),
    Case(x: [1, 2, 4, 3, 5], outputs: 3, window: [3, 2, 3], strides: [1, 2, 2], padding: 1),
    Case(x: [0, 3, 5, 5], outputs: 2, window: [3, 3]),
  ]

  private func check(_ program: Program, seed: Int) {
    var random = SplitMix(UInt64(seed))
    let arguments = program.arguments.map { random.storage($0.shape, $0.dtype) }
    let result = Agreement.check(program, arguments, engine: BackendTable.cpu.engine)
    #expect(result.disagreement == nil)
    #expect(!result.isUnstable)
  }

  @Test(arguments: cases.indices)
  func `a convolution and its gradients`(_ index: Int) {
    let convolution = Self.cases[index]
    let arguments = [("x", convolution.x, DType.float32), ("kernel", convolution.kernel, .float32)]
    let program = Trace.record(arguments: arguments) { arguments in
      let y = convolution(arguments[0], arguments[1])
      return [y] + gradients(of: (y * y * 0.5).sum(), withRespectTo: arguments)
    }
    check(program, seed: index)
  }

  @Test(arguments: DType.allCases.filter { $0 != .bool })
  func `a convolution of every dtype`(_ dtype: DType) {
    let convolution = Case(x: [2, 4, 5, 6], outputs: 6, window: [3, 2], strides: [2, 1], padding: 1, groups: 2)
    let arguments = [("x", convolution.x, dtype), ("kernel", convolution.kernel, dtype)]
    let program = Trace.record(arguments: arguments) { arguments in
      let y = convolution(arguments[0], arguments[1])
      return dtype.isFloat ? [y] + gradients(of: (y * y).sum(), withRespectTo: arguments) : [y]
    }
    check(program, seed: 1)
  }

  /// The second derivatives are convolutions again, in other roles.
  @Test func `second derivatives`() {
    let program = Trace.record(arguments: [("x", [2, 2, 6], .float32), ("kernel", [4, 1, 3], .float32)]) { arguments in
      let y = convolution(arguments[0], arguments[1], strides: [2], padding: 1, groups: 2)
      let first = gradients(of: (y * y * y).sum(), withRespectTo: arguments)
      return gradients(of: first.map { ($0 * $0).sum() }.reduce(Tensor(0.0), +), withRespectTo: arguments)
    }
    check(program, seed: 2)
  }

  struct Pool: Sendable, CustomStringConvertible {
    var x: Shape
    var sizes: [Int]
    var strides: [Int]? = nil
    var padding: Padding = .valid
    var description: String { "x \(x) sizes \(sizes) strides \(strides ?? []) padding \(padding)" }
  }
  static let pools: [Pool] = [
    Pool(x: [2, 3, 8, 6], sizes: [2, 2]),
    // A rest that no window covers, gaps between windows, overlap, one axis, all of it.
    Pool(x: [2, 3, 7, 9], sizes: [2, 3]),
    Pool(x: [1, 2, 9, 8], sizes: [2, 2], strides: [3, 4]),
    Pool(x: [2, 2, 9, 7], sizes: [3, 3], strides: [2, 2], padding: 1),
    Pool(x: [1, 3, 5, 5], sizes: [3, 2], strides: [1, 1], padding: .same),
    Pool(x: [3, 4, 20], sizes: [5], strides: [2]),
    Pool(x: [2, 16, 4, 4], sizes: [4, 4]),
  ]

  @Test(arguments: pools.indices)
  func `pooling and its gradients`(_ index: Int) {
    let pool = Self.pools[index]
    let program = Trace.record(arguments: [("x", pool.x, .float32)]) { arguments in
      // Ties and the second operation are as after a ReLU.
      let x = relu(arguments[0])
      let most = maxPool(x, pool.sizes, strides: pool.strides, padding: pool.padding)
      let mean = averagePool(
        x, pool.sizes, strides: pool.strides, padding: pool.padding, countsPadding: index.isMultiple(of: 2))
      return [most, mean] + gradients(of: (most * most + 3 * mean).sum(), withRespectTo: arguments)
    }
    check(program, seed: index)
  }

  @Test func `the gradient of pooling without overlap only moves elements`() {
    let program = Trace.record(arguments: [("x", [4, 8, 12, 12], .float32), ("g", [4, 8, 6, 6], .float32)]) {
      arguments in
      let y = maxPool(arguments[0], [2, 2])
      return gradients(of: (y * arguments[1]).sum(), withRespectTo: [arguments[0]])
    }
    let plan = Plan(program)
    // Which element is the greatest, and who gets the gradient.
    #expect(plan.kernelCount == 2, "\(plan.printedSteps)")
  }
}
