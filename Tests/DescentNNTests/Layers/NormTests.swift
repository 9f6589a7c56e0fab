import DescentGraph
import DescentNN
import Testing

/// Layer and RMS normalization against PyTorch 2.15: `torch.nn.LayerNorm(4)` and `torch.nn.RMSNorm(4)` on the same waves.
@Suite struct NormTests {
  private let x = wave([2, 4], 0)
  private let c = wave([2, 4], 0.5)

  @Test func `layer norm and its gradients`() throws {
    let layer = LayerNorm(4)
    try layer.weight.variable.assign(wave([4], 1, offset: 1.5))
    try layer.bias?.variable.assign(wave([4], 2))
    let found = try valueAndGradients(layer, x, c)
    let expected = [
      [-2.930536, 0.565057, 1.818033, 0.155238, 4.515066, 0.985276, -1.942702, -2.341857],
      [-0.378660, 1.940360, 0.802612, -2.364312, 0.604158, -1.122964, -0.780428, 1.299234],
      [-1.029143, -0.117952, 1.677461, 1.089282],
      [0.321680, 0.175237, -0.053623, -0.257263],
    ]
    for (a, b) in zip(found, expected) { #expect(greatestDifference(a, b) < 1e-5) }
  }

  @Test func `layer norm of two axes is that of the same elements in one`() throws {
    let flat = LayerNorm(4)
    let square = LayerNorm([2, 2], bias: false)
    try flat.weight.variable.assign(wave([4], 1, offset: 1.5))
    try square.weight.variable.assign(wave([2, 2], 1, offset: 1.5))
    let y = square(wave([3, 2, 2], 0))
    #expect(y.shape == [3, 2, 2] && square.bias == nil)
    #expect(greatestDifference(try y.values(), try flat(wave([3, 4], 0)).values()) < 1e-6)
  }

  @Test func `RMS norm and its gradients`() throws {
    let layer = RMSNorm(4)
    try layer.weight.variable.assign(wave([4], 1, offset: 1.5))
    let found = try valueAndGradients(layer, x, c)
    let expected = [
      [0.000000, 2.199045, 2.936961, 1.823032, 1.120486, -1.248581, -2.708601, -2.163546],
      [1.537878, 1.437842, 0.152993, -1.247725, -1.407520, -1.772398, -0.818178, 0.878748],
      [-0.075488, 1.201817, 2.522516, 1.694162],
    ]
    for (a, b) in zip(found, expected) { #expect(greatestDifference(a, b) < 1e-5) }
  }

  @Test func `they start as plain normalization`() {
    #expect(LayerNorm(3).weight.initializer == .ones && LayerNorm(3).bias?.initializer == .zeros)
    #expect(LayerNorm(3).epsilon == 1e-5 && RMSNorm(3).epsilon == 0x1p-23)
    #expect(RMSNorm([2, 3]).weight.shape == [2, 3])
  }

  /// What a mean is off by, 1/√ε makes three hundred times larger.
  @Test(arguments: [3, 9, 256, 768, 10_000]) func `rows of equal elements are normalized to 0`(width: Int) throws {
    for value in [7.3, -1e4, 0.1, 3e6] {
      let (layer, channels) = (LayerNorm(width), BatchNorm(2))
      for parameter in [layer.weight, channels.weight] {
        try parameter.variable.assign(Tensor.ones(parameter.shape))
      }
      #expect(try layer(Tensor(filled: value, shape: [2, width])).values() == [Double](repeating: 0, count: 2 * width))
      let normalized = Forward.training(key: RandomKey(0)) { channels(Tensor(filled: value, shape: [width, 2, 1, 1])) }
      #expect(try normalized.values() == [Double](repeating: 0, count: 2 * width))
    }
  }

  @Test func `a small spread around a large mean`() throws {
    let spread = (0..<768).map { Double($0 % 5) - 2 }
    let layer = LayerNorm(768)
    try layer.weight.variable.assign(Tensor.ones([768]))
    let found = try layer(Tensor(spread.map { Float(1e5 + $0) }, shape: [1, 768])).values()
    let mean = spread.reduce(0, +) / 768
    let variance = spread.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 768
    #expect(greatestDifference(found, spread.map { ($0 - mean) / (variance + 1e-5).squareRoot() }) < 1e-5)
  }
}
