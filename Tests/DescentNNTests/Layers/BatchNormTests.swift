import DescentRuntime
import DescentGraph
import DescentNN
import Testing

/// Batch normalization against PyTorch 2.15: `torch.nn.BatchNorm2d(2)` and `BatchNorm1d(3)` on the same waves.
@Suite struct BatchNormTests {
  private func layer() throws -> BatchNorm {
    let layer = BatchNorm(2)
    try layer.weight.variable.assign(wave([2], 1, offset: 1.5))
    try layer.bias.variable.assign(wave([2], 2))
    try layer.runningVariance.variable.assign(.ones([2]))
    return layer
  }

  @Test func `training: value, gradients, running statistics, and then evaluation`() throws {
    let layer = try layer()
    let found = try valueAndGradients(layer, wave([2, 2, 1, 3], 0), wave([2, 2, 1, 3], 0.5))
    let expected = [
      [
        1.353680, 3.361180, 4.424522, 2.774083, -0.011619, -3.628199, -1.362311, -1.707823, -0.613463, -1.689587,
        1.686518, 3.433084,
      ],
      [
        0.847079, 0.280463, -0.722306, -1.445190, -2.112411, -1.528381, -1.088060, -0.039922, 0.722746, 3.062087,
        1.908630, 0.115267,
      ],
      [4.439943, 2.934126],
      [0.402915, 1.973797],
    ]
    for (a, b) in zip(found, expected) { #expect(greatestDifference(a, b) < 1e-5) }
    #expect(greatestDifference(layer.runningMean.variable.values, [-0.014260, 0.041823]) < 1e-6)
    #expect(greatestDifference(layer.runningVariance.variable.values, [0.967749, 0.926786]) < 1e-6)

    _ = try valueAndGradients(layer, wave([2, 2, 1, 3], 3, scale: 2), wave([2, 2, 1, 3], 0.5))
    #expect(greatestDifference(layer.runningMean.variable.values, [0.026722, -0.047409]) < 1e-6)
    #expect(greatestDifference(layer.runningVariance.variable.values, [1.122064, 0.934974]) < 1e-6)

    let evaluated = try layer(wave([2, 2, 1, 3], 0)).values()
    let evaluation = [
      0.850230, 2.274233, 3.028505, 2.773898, 1.412757, -0.354366, -1.076333, -1.321419, -0.545145, 0.592873, 2.242495,
      3.095897,
    ]
    #expect(greatestDifference(evaluated, evaluation) < 1e-5)
    #expect(greatestDifference(layer.runningMean.variable.values, [0.026722, -0.047409]) < 1e-6)
  }

  @Test func `a batch of vectors`() throws {
    let layer = BatchNorm(3)
    try layer.initialize(seed: 0)
    let y = try Forward.training(key: RandomKey(0)) { layer(wave([4, 3], 0)) }.values()
    let expected = [
      -0.003443, 0.713294, 0.989282, 1.403791, 0.254518, -0.802999, -1.424316, -1.700050, -1.179210, 0.023968, 0.732238,
      0.992928,
    ]
    #expect(greatestDifference(y, expected) < 1e-5)
  }

  @Test func `running statistics are found and named, and no optimizer gets them`() throws {
    let model = Sequential(Linear(3, 2), BatchNorm(2))
    #expect(
      model.parameters.map(\.name).suffix(4) == [
        "layers.1.weight", "layers.1.bias", "layers.1.runningMean", "layers.1.runningVariance",
      ])
    #expect(
      model.trainableVariables.map(\.name) == ["layers.0.weight", "layers.0.bias", "layers.1.weight", "layers.1.bias"])
    model.freeze()
    model.unfreeze()
    #expect(model.trainableVariables.count == 4)
    try model.initialize(seed: 0)
    #expect(model.parameters[4].parameter.variable.values == [0, 0])
    #expect(model.parameters[5].parameter.variable.values == [1, 1])
  }

  /// The second computation, for the gradient, must not move the running statistics again.
  @Test func `in a checkpoint, everything is as outside of one`() throws {
    func train(_ forward: @escaping @Sendable (BatchNorm, Tensor) -> Tensor) throws -> [[Double]] {
      let layer = try layer()
      let step = compile { (x: [Tensor]) in
        let y = Forward.training(key: RandomKey(0)) { forward(layer, x[0]) }
        return [y] + gradients(of: (y * x[1]).sum(), withRespectTo: [x[0]] + layer.trainableVariables.map(\.value))
      }
      let x = [wave([2, 2, 1, 3], 0), wave([2, 2, 1, 3], 0.5)]
      let results = try (0..<3).map { _ in try step(x) }
      return try results[2].map { try $0.values() }
        + [layer.runningMean.variable.values, layer.runningVariance.variable.values]
    }
    let plain = try train { $0($1) }
    #expect(try train { layer, x in checkpoint(x) { layer($0) } } == plain)
    #expect(try train { layer, x in checkpoint { checkpoint(x) { layer($0) } } } == plain)
  }
}
