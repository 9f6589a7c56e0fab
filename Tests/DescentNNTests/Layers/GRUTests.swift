import DescentRuntime
import DescentReference
import DescentCPU
import DescentGraph
import DescentNN
import Testing

/// Expected numbers: PyTorch 2 in float64, torch.nn.GRU(2, 2, batch_first=True).
@Suite struct GRUTests {
  private static let weights: [[Float]] = [
    [-0.55, 0.55, -0.44, 0.11, -0.22, -0.22, 0.11, -0.44, 0.55, -0.55, -0.11, -0.55],
    [-0.63, 0.67, -0.5, 0.15, -0.24, -0.24, 0.15, -0.5, 0.67, -0.63, -0.11, -0.63],
    [-0.31, 0.39, -0.24, 0.11, -0.1, -0.1], [-0.19, 0.31, -0.14, 0.11, -0.04, -0.04],
  ]
  private static let x = Tensor(
    [-0.9, 1.1, -0.7, 0.3, -0.3, -0.3, 0.3, -0.7, 1.1, -0.9, -0.1, -0.9] as [Float], shape: [2, 3, 2])
  private static let state = Tensor([-0.55, 0.45, -0.45, 0.05] as [Float], shape: [2, 2])

  private func layer() throws -> GRU {
    let layer = GRU(2, 2)
    for ((_, parameter), values) in zip(layer.parameters, Self.weights) {
      try parameter.variable.assign(Tensor(values, shape: parameter.shape))
    }
    return layer
  }

  private func isNear(_ found: Tensor, _ expected: [Double]) throws -> Bool {
    let values = try found.scalars(as: Float.self)
    return values.count == expected.count && zip(values, expected).allSatisfy { abs(Double($0) - $1) < 2e-5 }
  }

  @Test func `outputs and last state are PyTorch's`() throws {
    let (outputs, last) = try layer()(Self.x, state: Self.state)
    #expect(outputs.shape == [2, 3, 2] && last.shape == [2, 2])
    #expect(
      try isNear(
        outputs,
        [
          -0.7834605, -0.2955533, -0.7421923, -0.1518131, -0.5157821, -0.0009015, -0.0287213, 0.1203865, 0.4467016,
          0.1507624, 0.3985868, 0.1986627,
        ]))
    #expect(try isNear(last, [-0.5157821, -0.0009015, 0.3985868, 0.1986627]))
  }

  @Test func `gradients are PyTorch's`() throws {
    let layer = try layer()
    let step = compile { arguments in
      let (outputs, last) = layer(arguments[0], state: arguments[1])
      let weights = Tensor((1...12).map { Float($0) / 10 }, shape: [2, 3, 2])
      let loss = (outputs * weights).sum() + (last * last).sum()
      return gradients(of: loss, withRespectTo: layer.parameters.map(\.parameter.value) + arguments)
    }
    let found = try step([Self.x, Self.state])
    let expected: [[Double]] = [
      [
        -0.0417449, 0.0182606, -0.0215823, 0.0324029, -0.4771347, 0.450423, -0.1011699, 0.248398, 0.7499759,
        -1.7432751, 0.289761, -1.2188338,
      ],
      [
        0.0187393, -0.0046623, -0.0200818, -0.0129337, 0.111704, -0.0587948, 0.0338565, 0.0570067, 0.0896271,
        0.0795762, -0.4954736, 0.0503576,
      ],
      [-0.0125167, -0.0279126, -0.5240591, -0.157068, 1.9033267, 2.4801674],
      [-0.0125167, -0.0279126, -0.5240591, -0.157068, 0.4329898, 1.6512159],
      [
        -0.0026413, -0.1328583, -0.0668759, -0.1555327, -0.1989763, 0.0250385, 0.4309663, -0.70557, 0.284674,
        -0.4864355, 0.4440457, -0.7811156,
      ],
      [0.0018972, 0.0106468, 0.8979829, 0.7335483],
    ]
    for (found, expected) in zip(found, expected) { #expect(try isNear(found, expected)) }
    #expect(found.count == expected.count)
  }

  @Test func `its parameters have PyTorch's shapes, and it starts from zero`() throws {
    let layer = GRU(3, 4)
    #expect(layer.parameters.map(\.name) == ["weightIH", "weightHH", "biasIH", "biasHH"])
    #expect(layer.parameters.map(\.parameter.shape) == [[12, 3], [12, 4], [12], [12]])
    #expect(GRU(3, 4, bias: false).parameters.count == 2)
    let x = Tensor((0..<12).map { Float($0) / 8 }, shape: [2, 2, 3])
    try layer.initialize(seed: 1)
    let (implicit, explicit) = (layer(x).outputs, layer(x, state: .zeros([2, 4])).outputs)
    #expect(try implicit.scalars(as: Float.self) == explicit.scalars(as: Float.self))
  }

  /// Σ c·outputs + Σ last² of a layer and its gradients by input, first state and parameters, as a program.
  private func lossAndGradients(_ layer: GRU, batch: Int, time: Int) -> Program {
    let (inputs, hidden) = (layer.weightIH.shape[1], layer.weightHH.shape[1])
    let shapes: [Shape] = [[batch, time, inputs], [batch, hidden]]
    return Trace.record(arguments: shapes.map { ("x", $0, .float32) }) { x in
      let (outputs, last) = layer(x[0], state: x[1])
      let loss = (outputs * wave(outputs.shape, 0.5)).sum() + (last * last).sum()
      return [loss] + gradients(of: loss, withRespectTo: x + layer.parameters.map(\.parameter.value))
    }
  }

  @Test(arguments: [true, false]) func `gradients are those of finite differences`(_ bias: Bool) throws {
    let layer = GRU(2, 3, bias: bias)
    try layer.initialize(seed: 3)
    let program = lossAndGradients(layer, batch: 2, time: 4)
    typealias Value = Interpreter<Double>.Value
    let arguments = try [wave([2, 4, 2], 0.2), wave([2, 3], 0.9)].map { Value(try $0.storage()) }
    let variables = layer.parameters.map(\.parameter.variable)
    let points = arguments + variables.map { Value($0.storage) }
    func run(_ points: [Value]) -> [Value] {
      let state = zip(variables, points[2...]).map { (ObjectIdentifier($0), $1) }
      return Interpreter<Double>().run(
        program, arguments: Array(points[..<2]), variables: Dictionary(uniqueKeysWithValues: state)
      ).results
    }
    let results = run(points)
    let step = 1e-5
    for (number, point) in points.enumerated() {
      let differences = point.floats.indices.map { i in
        let sides = [step, -step].map { offset in
          var moved = points
          var floats = point.floats
          floats[i] += offset
          moved[number] = Value(floats: floats, shape: point.shape)
          return run(moved)[0].floats[0]
        }
        return (sides[0] - sides[1]) / (2 * step)
      }
      #expect(relativeError(results[number + 1].floats, differences) < 1e-6, "input \(number)")
    }
  }

  /// Sizes that fill vectors and register tiles, and some that do not.
  @Test(arguments: [[5, 17, 3, 20], [8, 9, 16, 32]]) func `the engine agrees with the reference`(_ sizes: [Int]) throws
  {
    let layer = GRU(sizes[2], sizes[3])
    try layer.initialize(seed: 4)
    let program = lossAndGradients(layer, batch: sizes[0], time: sizes[1])
    let arguments = try program.arguments.enumerated().map { try wave($1.shape, Double($0)).storage() }
    let expected = Interpreter<Double>().run(program, arguments: arguments.map { Interpreter<Double>.Value($0) })
      .results
    var bits: [[[Float]]] = []
    for threads in 1...3 {
      let executable = try Executable(Plan(program), threads: threads)
      for (slot, value) in zip(executable.arguments, arguments) {
        slot.pointer.copyMemory(from: value.pointer, byteCount: value.byteCount)
      }
      executable.run()
      bits.append(executable.results.map { $0.scalars(as: Float.self) })
    }
    #expect(bits[0] == bits[1] && bits[0] == bits[2])
    for (found, expected) in zip(bits[0], expected) {
      let scale = expected.floats.map(\.magnitude).max() ?? 1
      #expect(relativeError(found.map(Double.init), expected.floats, scale: scale) < 1e-5)
    }
  }
}
