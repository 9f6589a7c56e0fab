import DescentRuntime
import DescentReference
import DescentGraph
import TestSupport
import Testing

@testable import DescentCPU

/// Small convolutional networks and their gradients: the engine in its layouts against the reference.
@Suite struct ConvolutionTests {
  struct Network: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// Of x, then of the parameters.
    let shapes: [Shape]
    /// Whether gradients are wanted, which keep intermediate results alive.
    var isTrained = true
    let body: @Sendable ([Tensor]) -> Tensor
  }

  static func normalized(_ x: Tensor, _ weight: Tensor) -> Tensor {
    let centred = x - x.mean(axes: [0, 2, 3], keepingAxes: true)
    let variance = (centred * centred).mean(axes: [0, 2, 3], keepingAxes: true)
    return centred * rsqrt(variance + 1e-5) * weight.reshaped([weight.shape[0], 1, 1])
  }

  static func biased(_ x: Tensor, _ bias: Tensor) -> Tensor { x + bias.reshaped([bias.shape[0], 1, 1]) }

  static let networks: [Network] = [
    Network(
      testDescription: "bias, ReLU, pooling, flatten",
      shapes: [[2, 1, 8, 8], [16, 1, 3, 3], [16], [32, 16, 3, 3], [32], [5, 128]]
    ) { p in
      let first = relu(biased(convolution(p[0], p[1]), p[2]))
      let second = averagePool(relu(biased(convolution(first, p[3]), p[4])), [2, 2])
      return dot(second.reshaped([2, 128]), p[5], DotAxes(lhsContracting: [1], rhsContracting: [1]))
    },
    Network(
      testDescription: "a residual block with batch normalization, strides and a shortcut",
      shapes: [[2, 3, 8, 8], [16, 3, 3, 3], [32, 16, 3, 3], [32], [32, 32, 3, 3], [32, 16, 1, 1]]
    ) { p in
      let x = convolution(p[0], p[1], padding: 1)
      let a = relu(normalized(convolution(x, p[2], strides: [2, 2], padding: 1), p[3]))
      let b = convolution(a, p[4], padding: 1) + convolution(x, p[5], strides: [2, 2])
      return tanh(b).mean(axes: [2, 3])
    },
    Network(
      testDescription: "channels that are no multiple of a block",
      shapes: [[2, 3, 6, 6], [20, 3, 3, 3], [20], [16, 20, 3, 3], [6, 16, 2, 2]]
    ) { p in
      let a = relu(biased(convolution(p[0], p[1], padding: 1), p[2]))
      return convolution(tanh(convolution(a, p[3])), p[4], padding: .explicit(low: [1, 0], high: [0, 1]))
    },
    Network(
      testDescription: "groups, dilation, depthwise",
      shapes: [[2, 16, 7, 7], [32, 8, 3, 3], [32, 1, 3, 3], [16, 32, 1, 1]]
    ) { p in
      let a = relu(convolution(p[0], p[1], padding: 2, dilations: [2, 2], groups: 2))
      return convolution(tanh(convolution(a, p[2], padding: 1, groups: 32)), p[3])
    },
    Network(
      testDescription: "one axis", shapes: [[3, 2, 12], [16, 2, 3], [16, 16, 4], [16]]
    ) { p in
      let a = tanh(convolution(p[0], p[1], padding: 1))
      return convolution(a, p[2], strides: [2]) * p[3].reshaped([16, 1])
    },
    Network(
      testDescription: "dropout, concatenated channels and slices",
      shapes: [[2, 16, 5, 5], [16, 16, 3, 3], [16, 32, 3, 3]]
    ) { p in
      let a = convolution(p[0], p[1], padding: 1)
      let mask = (RandomKey(7).uniform(a.shape) .< 0.5).cast(to: .float32)
      let joined = concatenate([tanh(a * mask), p[0]], axis: 1)
      let b = convolution(joined, p[2])
      return b.sliced(axis: 2, 0..<2) * b.sliced(axis: 1, 0..<16).sliced(axis: 2, 1..<3)
    },
    Network(
      testDescription: "residual sums, of two convolutions too",
      shapes: [[2, 16, 6, 6], [16, 16, 3, 3], [16], [16, 16, 3, 3], [16, 16, 1, 1]], isTrained: false
    ) { p in
      let a = relu(biased(convolution(p[0], p[1], padding: 1), p[2]))
      let b = relu(convolution(tanh(convolution(a, p[3], padding: 1)), p[4]) + a)
      let c = biased(convolution(b, p[3], padding: 1), p[2]) + convolution(b, p[4])
      return c + convolution(tanh(c), p[1], padding: 1)
    },
    Network(
      testDescription: "a normalization over all channels", shapes: [[2, 16, 4, 4], [32, 16, 3, 3]]
    ) { p in
      let a = convolution(p[0], p[1], padding: 1)
      let mean = a.mean(axes: [1, 2, 3], keepingAxes: true)
      return (a - mean) * rsqrt((a * a).mean(axes: [1], keepingAxes: true) + 1e-3)
    },
  ]

  @Test(arguments: networks.indices, [Precision.fast, .strict])
  func `networks and their gradients agree with the reference`(index: Int, precision: Precision) {
    let network = Self.networks[index]
    var random = SplitMix(UInt64(index))
    let arguments = network.shapes.map { shape in
      Storage((0..<shape.elementCount).map { _ in Float(random.double(-1...1)) }, shape: shape)
    }
    let program = Trace.record(arguments: network.shapes.enumerated().map { ("p\($0.offset)", $0.element, .float32) }) {
      let y = network.body($0)
      return network.isTrained ? [y] + gradients(of: (y * y).sum(), withRespectTo: $0) : [y]
    }
    let result = Agreement.check(program, arguments) { program, arguments in
      let plan = Plan(program, precision: precision)
      #expect(plan.convolutionCount > 0)
      let executable = try Executable(plan)
      for (slot, argument) in zip(executable.arguments, arguments) {
        slot.pointer.copyMemory(from: argument.pointer, byteCount: argument.byteCount)
      }
      executable.run()
      executable.run()
      return executable.results.map(\.rows)
    }
    #expect(result.disagreement == nil, "\(network.testDescription)")
    #expect(!result.isUnstable, "\(network.testDescription): \(result)")
  }

  @Test(arguments: [Precision.fast, .strict]) func `precision reaches the bodies of loops`(precision: Precision) {
    let program = Trace.record(arguments: [("x", [3, 2, 16, 5, 5], .float32), ("k", [16, 16, 3, 3], .float32)]) { p in
      let outer = scan(over: [p[0]], from: [Tensor.zeros([2, 16, 5, 5])]) { c, e in
        let inner = scan(over: [c[0]], from: [e[0]]) { c, e in ([convolution(c[0], p[1], padding: 1) + e[0]], []) }
        return ([convolution(inner.carries[0], p[1], padding: 1)], [])
      }
      return outer.carries
    }
    /// Of the convolutions in the bodies of all loops, the inner ones first.
    func strictness(_ plan: Plan) -> [Bool?] {
      plan.schedule.steps.flatMap { step -> [Bool?] in
        guard case .opaque(let unit) = step.work, let loop = unit as? ScanUnit else { return [] }
        let own = Node.topologicalOrder(of: loop.body.program.roots).compactMap(\.convolution)
        return strictness(loop.body) + own.map { $0.layout?.isStrict }
      }
    }
    #expect(strictness(Plan(program, precision: precision)) == [precision == .strict, precision == .strict])
  }

  /// Which element is the greatest is a decision that the perturbed references would make differently.
  @Test func `max pooling in blocks has the reference's values and gradients`() throws {
    let shapes: [Shape] = [[2, 3, 9, 9], [16, 3, 3, 3], [16, 16, 3, 3]]
    var random = SplitMix(5)
    let arguments = shapes.map { shape in
      Storage((0..<shape.elementCount).map { _ in Float(random.double(-1...1)) }, shape: shape)
    }
    let program = Trace.record(arguments: shapes.enumerated().map { ("p\($0.offset)", $0.element, .float32) }) { p in
      let pooled = maxPool(relu(convolution(p[0], p[1])), [3, 3], strides: [2, 2])
      let y = maxPool(convolution(pooled, p[2], padding: 1), [2, 2])
      return [y] + gradients(of: (y * y).sum(), withRespectTo: p)
    }
    let executable = try Executable(Plan(program))
    for (slot, argument) in zip(executable.arguments, arguments) {
      slot.pointer.copyMemory(from: argument.pointer, byteCount: argument.byteCount)
    }
    executable.run()
    for (result, expected) in zip(
      executable.results, Interpreter<Double>().run(program, arguments: arguments.map { .init($0) }).results)
    {
      let largest = expected.floats.map(abs).max() ?? 0
      #expect(
        (0..<expected.floats.count).allSatisfy { abs(result.double(at: $0) - expected.floats[$0]) < 1e-5 * largest })
    }
  }

  /// oneDNN's own kernel for this gradient writes past its working memory.
  @Test(arguments: Array(1...9) + [12, 15, 16, 17, 20], [2, 4])
  func `the weight gradient of a 1×1 convolution with strides`(channels: Int, stride: Int) throws {
    let x = Tensor(filled: 0.5, shape: [8, channels, 32, 32])
    let weight = Tensor(filled: 0.1, shape: [8, channels, 1, 1])
    let step = compile { (x: Tensor, w: Tensor) in
      gradients(of: convolution(x, w, strides: [stride, stride]).sum(), withRespectTo: [w])[0]
    }
    let expected = Float(8 * (32 / stride) * (32 / stride)) / 2
    for _ in 0..<3 {
      #expect(try step(x, weight).scalars(as: Float.self) == [Float](repeating: expected, count: 8 * channels))
    }
  }
}

extension Plan {
  /// Convolutions that oneDNN runs.
  var convolutionCount: Int {
    schedule.steps.count {
      if case .opaque(let unit) = $0.work { unit is ConvolutionUnit } else { false }
    }
  }
}
