import DescentGraph
import Testing

@testable import DescentCPU

@Suite struct ConvolutionPrimitiveTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let descriptor: ConvolutionPrimitive.Descriptor
    var testDescription: String { descriptor.description }
  }

  /// A 2-D convolution of every kind.
  private static func kinds(
    _ channels: Int, _ outputs: Int, _ input: [Int], _ kernel: [Int], strides: [Int] = [1, 1], low: [Int] = [0, 0],
    high: [Int] = [0, 0], dilations: [Int] = [1, 1], groups: Int = 1, blocks: (Int, Int)
  ) -> [Case] {
    ConvolutionPrimitive.Kind.allCases.map { kind in
      let result = (0..<2).map { (i: Int) -> Int in
        let reach = (kernel[i] - 1) * dilations[i] + 1
        return (input[i] + low[i] + high[i] - reach) / strides[i] + 1
      }
      var d = ConvolutionPrimitive.Descriptor(
        kind: kind, batch: 2, channels: channels, outputs: outputs, input: input, kernel: kernel, result: result)
      (d.strides, d.dilations, d.paddingLow, d.paddingHigh, d.groups) = (strides, dilations, low, high, groups)
      (d.inputBlock, d.resultBlock) = blocks
      d.threads = channels % 3 == 0 ? 2 : 1
      return Case(descriptor: d)
    }
  }

  /// Odd extents, strides, dilation, groups, windows of one element, asymmetric padding, one axis; every number of
  /// channels in the layouts that it fits.
  static let grid: [Case] = {
    var cases: [Case] = []
    let pairs = [(1, 32), (3, 16), (3, 20), (8, 20), (16, 16), (20, 3), (48, 32)]
    for (channels, outputs) in pairs {
      var layouts = [(0, 0), (channels, outputs)]
      if outputs % 16 == 0 { layouts.append((channels % 16 == 0 ? 16 : 0, 16)) }
      for blocks in layouts {
        cases += kinds(channels, outputs, [5, 6], [3, 3], low: [1, 1], high: [1, 1], blocks: blocks)
        cases += kinds(
          channels, outputs, [5, 7], [3, 2], strides: [2, 2], low: [1, 0], high: [0, 1], blocks: blocks)
        cases += kinds(
          channels, outputs, [5, 7], [3, 3], low: [2, 1], high: [2, 1], dilations: [2, 2], blocks: blocks)
        cases += kinds(channels, outputs, [5, 5], [1, 1], strides: [2, 2], blocks: blocks)
        cases += kinds(channels, outputs, [1, 13], [1, 5], low: [0, 4], blocks: blocks)
      }
    }
    return cases
  }()
  static let groups: [Case] = {
    var cases: [Case] = []
    for (channels, outputs, groups) in [(16, 16, 16), (32, 32, 16), (32, 64, 2), (20, 20, 2), (6, 9, 3)] {
      var layouts = [(0, 0), (channels, outputs)]
      if channels % 16 == 0 && outputs % 16 == 0 { layouts.append((16, 16)) }
      for blocks in layouts {
        cases += kinds(channels, outputs, [7, 6], [3, 3], low: [1, 1], high: [1, 1], groups: groups, blocks: blocks)
      }
    }
    return cases
  }()

  @Test(arguments: grid + groups)
  func `agrees with loops`(testCase: Case) throws {
    let d = testCase.descriptor
    // Not every order of memory has a kernel; the plan tries the next one then.
    guard let primitive = try? ConvolutionPrimitive(d), !primitive.isReference else {
      #expect((d.inputBlock, d.resultBlock) != (0, 0), "row-major order has kernels for everything")
      return
    }
    try Self.check(primitive)
  }

  @Test(arguments: [(false, false), (false, true), (true, false), (true, true)])
  func `bias, sum and ReLU`(hasRelu: Bool, accumulates: Bool) throws {
    for blocks in [(16, 16), (32, 48), (0, 0)] {
      var d = Self.kinds(32, 48, [5, 5], [3, 3], low: [1, 1], high: [1, 1], blocks: blocks)[0].descriptor
      (d.hasBias, d.hasRelu, d.accumulates) = (true, hasRelu, accumulates)
      try Self.check(try ConvolutionPrimitive(d))
    }
  }

  /// Winograd's F(4×4, 3×3) loses two to three more bits than a direct sum.
  @Test func `Winograd's algorithm is bounded in error, and strict convolutions do without it`() throws {
    for (channels, extent) in [(32, 32), (64, 16)] {
      for kind in [ConvolutionPrimitive.Kind.forward, .inputGradient] {
        var d = ConvolutionPrimitive.Descriptor(
          kind: kind, batch: 32, channels: channels, outputs: channels, input: [extent, extent], kernel: [3, 3],
          result: [extent, extent])
        (d.paddingLow, d.paddingHigh) = ([1, 1], [1, 1])
        (d.inputBlock, d.resultBlock) = (16, 16)
        let fast = try ConvolutionPrimitive(d)
        if OneDNNLibrary.vectorLanes == 16 { #expect(fast.implementation.contains("wino")) }
        d.isStrict = true
        let strict = try ConvolutionPrimitive(d)
        #expect(!strict.implementation.contains("wino"))
        // A direct sum is the reference here: its own error is tested above.
        let (a, b) = (
          ConvolutionOperands(d).computed(by: fast)[0], ConvolutionOperands(d).computed(by: strict)[0]
        )
        let largest = b.map(abs).max() ?? 0
        let worst = zip(a, b).map { abs($0 - $1) }.max() ?? .infinity
        #expect(worst <= 4e-6 * largest, "\(fast): \(worst / largest)")
      }
    }
  }

  @Test func `what oneDNN refuses is an error that names the convolution`() throws {
    var d = Self.kinds(20, 20, [5, 5], [3, 3], blocks: (16, 16))[0].descriptor
    d.threads = 1
    let text = "forward 2×20×5×5 → 2×20×3×3, window 3×3, blocks 16 → 16, 1 thread"
    #expect(throws: EngineError.convolution(descriptor: text, status: "invalid_arguments")) {
      _ = try ConvolutionPrimitive(d)
    }
  }

  /// Compares with the definition, relative to the largest result.
  static func check(_ primitive: ConvolutionPrimitive, tolerance: Double? = nil) throws {
    let d = primitive.descriptor
    let operands = ConvolutionOperands(d)
    let runs = operands.computed(by: primitive)
    #expect(runs[0] == runs[1])
    let expected = operands.expected()
    let terms = Double(d.floatingPointOperations / 2 / expected.count)
    let largest = expected.map(abs).max() ?? 0
    let worst = zip(runs[0], expected).map { abs(Double($0) - $1) }.max() ?? .infinity
    let rounding = Double(Float.ulpOfOne) * terms.squareRoot() + (primitive.implementation.contains("wino") ? 4e-6 : 0)
    #expect(worst <= (tolerance ?? rounding) * max(largest, 1), "\(primitive): \(worst / largest)")
  }
}
