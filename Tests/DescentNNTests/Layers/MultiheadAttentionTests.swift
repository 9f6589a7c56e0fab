import DescentGraph
import DescentNN
import Testing

/// Self-attention against PyTorch 2.15: `torch.nn.MultiheadAttention(4, 2, batch_first=True)` on the same waves, the
/// causal one with `generate_square_subsequent_mask(3)`.
@Suite struct MultiheadAttentionTests {
  private func layer(causal: Bool) throws -> MultiheadAttention {
    let layer = MultiheadAttention(embedDimension: 4, heads: 2, causal: causal)
    try layer.inProjection.weight.variable.assign(wave([12, 4], 0.3))
    try layer.inProjection.bias?.variable.assign(wave([12], 0.6, scale: 0.5))
    try layer.outProjection.weight.variable.assign(wave([4, 4], 0.9))
    try layer.outProjection.bias?.variable.assign(wave([4], 1.2))
    return layer
  }

  @Test(arguments: [false, true])
  func `value and gradients`(causal: Bool) throws {
    let layer = try layer(causal: causal)
    let found = try valueAndGradients(layer, wave([2, 3, 4], 0.1), wave([2, 3, 4], 0.5))
    let expected = causal ? Self.causal : Self.full
    #expect(found.count == 6)
    for (a, b) in zip(found, expected) { #expect(greatestDifference(a, b) < 1e-5) }
    // A bias of the keys shifts all scores of a row alike, so that its gradient is 0.
    #expect(greatestDifference(Array(found[3][4..<8]), [0, 0, 0, 0]) < 1e-5)
  }

  /// What a position gets must not depend on what comes after it.
  @Test func `a causal layer does not look ahead`() throws {
    let layer = try layer(causal: true)
    let x = wave([1, 5, 4], 0.1)
    let start = try layer(x.sliced(axis: 1, 0..<2)).values()
    #expect(greatestDifference(Array(try layer(x).values()[..<8]), start) < 1e-6)
  }

  @Test func `parameters are named and shaped as documented`() {
    let layer = MultiheadAttention(embedDimension: 6, heads: 3)
    #expect(
      layer.parameters.map(\.name) == [
        "inProjection.weight", "inProjection.bias", "outProjection.weight", "outProjection.bias",
      ])
    #expect(layer.parameters.map(\.parameter.shape) == [[18, 6], [18], [6, 6], [6]])
    #expect(MultiheadAttention(embedDimension: 6, heads: 3, bias: false).parameters.count == 2)
  }

  /// Value, then the gradients by x, the packed weight, the
  /// packed bias, and the last projection's weight and bias.
  private static let full: [[Double]] = [
    [
      2.429558, -0.919866, 2.534670, -2.096590, -0.304089, 1.960213, -0.159032, 0.099463, 2.583839, -1.044707,
      2.615643, -2.124340, 1.052345, 0.569991, 1.104329, -0.891050, 1.436201, -0.033331, 1.857399, -1.706847,
      1.790874, 0.137064, 1.181627, -0.603787,
    ],
    [
      0.024653, -0.046789, -0.096225, -0.100405, 0.107360, 0.324689, 0.389312, 0.270836, -0.110293, -0.294329,
      -0.339938, -0.225669, -0.110193, 0.004617, 0.117255, 0.174746, 0.167841, 0.326461, 0.331541, 0.180692,
      -0.304136, -0.302781, -0.159024, 0.059525,
    ],
    [
      0.188043, 0.085118, -0.057840, -0.173594, -0.087010, -0.068975, -0.018501, 0.040675, 0.115652, 0.074410,
      -0.001829, -0.077207, -0.200869, -0.140746, -0.014427, 0.118677, -0.051125, -0.122203, -0.135807,
      -0.085539, 0.029678, 0.209474, 0.290751, 0.235283, 0.008198, 0.031093, 0.039364, 0.029122, -0.047661,
      -0.137204, -0.162218, -0.110938, -0.080053, 0.006964, 0.090706, 0.131787, 0.274940, -0.080559,
      -0.398169, -0.528515, 2.218971, 1.750095, 0.458123, -1.049312, 1.471542, 1.235490, 0.418369, -0.595518,
    ],
    [
      0.063715, -0.006335, 0.130838, -0.162451, -0.000000, 0.000000, -0.000000, 0.000000, 0.279601, 0.463858,
      0.429954, 0.193837,
    ],
    [
      -0.384475, 0.894134, 0.914024, -1.297454, -1.704029, 3.186270, 2.468864, -1.632971, -2.222151, 3.979854,
      2.862559, -1.200476, -1.695162, 2.901650, 1.909947, -0.203379,
    ],
    [
      0.813450, 0.815818, 0.434494, -0.151179,
    ],
  ]

  private static let causal: [[Double]] = [
    [
      0.940306, 0.101311, 2.099569, -2.297845, -0.320469, 1.980633, -0.181134, 0.120693, 2.583839, -1.044707,
      2.615643, -2.124340, 1.624129, 0.270217, 1.097454, -0.578319, 1.494832, 0.027643, 1.683867, -1.440809,
      1.790874, 0.137064, 1.181627, -0.603787,
    ],
    [
      0.013491, -0.157742, -0.254787, -0.232001, 0.296505, 0.527531, 0.510451, 0.253298, -0.253648, -0.388460,
      -0.340573, -0.132510, -0.070091, -0.062434, -0.025414, 0.023559, 0.114792, -0.006321, -0.124461,
      -0.184065, -0.316142, -0.184302, 0.034218, 0.236645,
    ],
    [
      0.339339, 0.174948, -0.071724, -0.284663, -0.301462, -0.180316, 0.025636, 0.219531, 0.095996, 0.086131,
      0.035757, -0.031434, -0.164709, -0.091400, 0.024896, 0.129483, -0.017590, -0.078622, -0.102677,
      -0.078442, -0.010160, 0.102168, 0.166444, 0.152439, -0.115342, 0.092566, 0.256940, 0.300470, 0.025418,
      -0.140957, -0.241037, -0.227754, 0.092937, 0.112629, 0.079350, 0.008751, 0.508190, -0.026774, -0.549147,
      -0.813246, 2.088168, 1.346592, -0.028307, -1.389892, 1.356340, 0.861551, -0.038438, -0.920349,
    ],
    [
      -0.147152, 0.169537, 0.127872, -0.066565, 0.000000, 0.000000, -0.000000, 0.000000, 0.279601, 0.463858,
      0.429955, 0.193838,
    ],
    [
      -0.941306, 1.161954, 0.428912, -0.867855, -2.981154, 4.200250, 0.071824, 0.417157, -3.618919, 5.263102,
      -0.319044, 1.505973, -2.554649, 3.850635, -0.559860, 1.886507,
    ],
    [
      0.813450, 0.815818, 0.434494, -0.151179,
    ],
  ]
}
