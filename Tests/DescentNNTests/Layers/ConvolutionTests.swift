import DescentGraph
import DescentNN
import Testing

/// Convolutional layers against PyTorch 2's functions of the same names, in float64, on the same waves.
@Suite struct ConvolutionTests {
  /// y, then the gradients by x, weight and bias, with waves for parameters.
  private func values(_ layer: some UnaryModule, _ x: Shape, result: Shape) throws -> [[Double]] {
    for (i, (_, parameter)) in layer.parameters.enumerated() {
      try parameter.variable.assign(wave(parameter.shape, Double(i + 1)))
    }
    #expect(layer(.zeros(x)).shape == result)
    return try valueAndGradients(layer, wave(x, 0), wave(result, 0.5))
  }

  @Test func `one axis with stride, padding and dilation`() throws {
    let layer = Conv1d(2, 2, kernelSize: 2, stride: 2, padding: 1, dilation: 2)
    #expect(layer.weight.shape == [2, 2, 2])
    let found = try values(layer, [1, 2, 6], result: [1, 2, 3])
    let expected = [
      [
        1.507294, 1.644491, 1.340250, 0.164954, 0.051063, -0.142188,
      ],
      [
        0.000000, 0.852313, 0.000000, 2.337811, 0.000000, 1.678210, 0.000000, 0.596120, 0.000000, 1.405524, 0.000000,
        0.322299,
      ],
      [
        1.417291, 0.781453, -0.899773, 0.479762, -0.754902, 0.461401, 0.142253, -1.256956,
      ],
      [
        2.357765, -0.399047,
      ],
    ]
    for (a, b) in zip(found, expected) { #expect(greatestDifference(a, b) < 1e-5) }
  }

  @Test func `two axes, each its own, in groups`() throws {
    let layer = Conv2d(
      2, 2, kernelSize: (2, 3), stride: (1, 2), padding: .explicit(low: [1, 0], high: [1, 0]), groups: 2)
    #expect(layer.weight.shape == [2, 1, 2, 3])
    let found = try values(layer, [1, 2, 2, 4], result: [1, 2, 3, 1])
    let expected = [
      [
        -0.448179, 3.294331, 0.254604, 0.342724, 1.982988, -0.561096,
      ],
      [
        0.804219, 0.630930, 0.160905, 0.000000, 0.835039, 0.368137, -0.271905, 0.000000, 0.577762, 0.568993, 0.292617,
        0.000000, 0.534448, 0.126884, -0.340356, 0.000000,
      ],
      [
        0.316999, 0.268490, 0.093705, 0.312222, -0.018089, -0.339893, -0.547183, -0.244147, 0.173716, -0.460228,
        -0.041669, 0.396488,
      ],
      [
        2.357765, -0.399047,
      ],
    ]
    for (a, b) in zip(found, expected) { #expect(greatestDifference(a, b) < 1e-5) }
  }

  @Test func `same padding, no bias`() throws {
    let layer = Conv2d(1, 2, kernelSize: (2, 3), padding: .same, bias: false)
    #expect(layer.weight.shape == [2, 1, 2, 3])
    let found = try values(layer, [1, 1, 2, 3], result: [1, 2, 2, 3])
    let expected = [
      [
        -0.420477, 1.478312, 1.747885, 1.082287, 0.821620, -0.065977, 1.276811, 0.899120, -0.999738, -0.218371,
        -0.997134, -0.164797,
      ],
      [
        2.316264, 2.182722, 1.395329, -2.536007, -4.054866, -3.099178,
      ],
      [
        0.219936, 2.190584, 1.455353, 1.121544, 0.394120, -0.166342, 1.007472, -0.266591, -1.569201, -0.728080,
        -1.058111, -0.063890,
      ],
    ]
    for (a, b) in zip(found, expected) { #expect(greatestDifference(a, b) < 1e-5) }
  }

  @Test func `transposed over one axis`() throws {
    let layer = ConvTranspose1d(2, 2, kernelSize: 3, stride: 2, padding: 1, outputPadding: 1)
    #expect(layer.weight.shape == [2, 2, 3])
    let found = try values(layer, [1, 2, 3], result: [1, 2, 6])
    let expected = [
      [
        0.586564, 1.424367, 1.422901, 2.587934, 2.017683, 1.465649, 1.281403, 1.311334, 0.364633, -0.237619, -0.522626,
        -0.768485,
      ],
      [
        2.472199, 1.667213, -1.706813, -1.390479, -1.526443, 1.339686,
      ],
      [
        1.108437, 0.454173, -0.413696, -0.010905, 0.807000, 1.245359, 0.131393, 0.786178, 1.242705, -0.432194,
        -1.253200, -0.831528,
      ],
      [
        1.958718, 0.417994,
      ],
    ]
    for (a, b) in zip(found, expected) { #expect(greatestDifference(a, b) < 1e-5) }
  }

  @Test func `transposed over two axes, in groups`() throws {
    let layer = ConvTranspose2d(
      2, 2, kernelSize: (2, 2), stride: (2, 2), padding: .explicit(low: [0, 1], high: [0, 1]), outputPadding: (1, 0),
      dilation: (2, 1), groups: 2)
    #expect(layer.weight.shape == [2, 1, 2, 2])
    let found = try values(layer, [1, 2, 2, 2], result: [1, 2, 6, 2])
    let expected = [
      [
        0.909297, 1.451388, 0.909297, 0.909297, 1.886533, 2.070808, 0.909297, 0.909297, 0.950273, 1.492364, 0.909297,
        0.909297, 0.099919, 0.642009, 0.427380, 0.427380, 1.154127, 1.338402, 0.427380, 0.427380, 0.753242, 1.295332,
        0.427380, 0.427380,
      ],
      [
        0.468870, 0.273092, -0.164005, -0.303072, -0.204875, 0.252967, 0.395326, -0.328385,
      ],
      [
        -0.052843, -0.155450, -0.061022, -0.179512, 0.223849, 0.831962, -0.419772, -1.070087,
      ],
      [
        2.376712, -0.464129,
      ],
    ]
    for (a, b) in zip(found, expected) { #expect(greatestDifference(a, b) < 1e-5) }
  }

  @Test func `weights start as He says, biases at zero`() {
    let layer = Conv2d(8, 6, kernelSize: 3, groups: 2)
    #expect(layer.weight.shape == [6, 4, 3, 3] && layer.weight.initializer == .heUniform(fanIn: 36))
    #expect(layer.bias?.shape == [6] && layer.bias?.initializer == .zeros)
    #expect(Conv1d(4, 2, kernelSize: 5).weight.initializer == .heUniform(fanIn: 20))
    // Half of the five weights fall on each element of the result.
    #expect(ConvTranspose1d(4, 2, kernelSize: 5, stride: 2).weight.initializer == .heUniform(fanIn: 10))
    #expect(Conv2d(3, 4, kernelSize: 1, bias: false, initializer: .ones).weight.initializer == .ones)
  }

  @Test func `parameters have PyTorch's names`() {
    let model = Sequential(Conv2d(1, 4, kernelSize: 3), MaxPool2d(kernelSize: 2), ConvTranspose2d(4, 1, kernelSize: 2))
    #expect(
      model.parameters.map(\.name) == ["layers.0.weight", "layers.0.bias", "layers.2.weight", "layers.2.bias"])
    #expect(model(.zeros([2, 1, 8, 8])).shape == [2, 1, 4, 4])
  }
}
