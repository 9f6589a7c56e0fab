import DescentGraph

extension OpTable {
  private static func settings(
    _ axes: Int, strides: [Int]? = nil, low: [Int]? = nil, high: [Int]? = nil, dilations: [Int]? = nil, groups: Int = 1
  ) -> Convolution {
    let (zeros, ones) = ([Int](repeating: 0, count: axes), [Int](repeating: 1, count: axes))
    return Convolution(
      strides: strides ?? ones, paddingLow: low ?? zeros, paddingHigh: high ?? zeros, dilations: dilations ?? ones,
      groups: groups)
  }

  /// A setting with the shapes of x, kernel and result: what all three ops get a row for.
  private static let cases: [(name: String, c: Convolution, x: Shape, kernel: Shape, result: Shape)] = [
    ("one axis", settings(1), [2, 2, 4], [2, 2, 2], [2, 2, 3]),
    ("two axes", settings(2), [1, 2, 3, 3], [2, 2, 2, 2], [1, 2, 2, 2]),
    ("three axes", settings(3, low: [0, 1, 0]), [1, 1, 2, 1, 2], [1, 1, 2, 2, 1], [1, 1, 1, 1, 2]),
    ("1×1", settings(2), [2, 2, 2, 1], [3, 2, 1, 1], [2, 3, 2, 1]),
    ("as large as x", settings(2), [2, 1, 2, 3], [2, 1, 2, 3], [2, 2, 1, 1]),
    // The last element of x is in no window.
    ("strides", settings(2, strides: [2, 3]), [1, 1, 4, 5], [1, 1, 2, 2], [1, 1, 2, 2]),
    ("strides beyond the window", settings(1, strides: [3]), [1, 2, 6], [1, 2, 2], [1, 1, 2]),
    ("uneven padding", settings(2, low: [1, 0], high: [0, 2]), [1, 1, 2, 2], [1, 1, 2, 3], [1, 1, 2, 2]),
    ("more padding than the window", settings(1, low: [2], high: [3]), [1, 1, 2], [1, 1, 2], [1, 1, 6]),
    ("dilations", settings(2, dilations: [2, 1]), [1, 1, 4, 2], [1, 1, 2, 2], [1, 1, 2, 1]),
    ("groups", settings(1, groups: 2), [1, 4, 3], [2, 2, 2], [1, 2, 2]),
    ("depthwise", settings(1, low: [1], high: [1], groups: 2), [2, 2, 2], [4, 1, 3], [2, 4, 2]),
    (
      "everything", settings(1, strides: [2], low: [2], high: [1], dilations: [2], groups: 2), [1, 2, 4], [2, 1, 2],
      [1, 2, 3]
    ),
  ]

  static let convolutionRows: [OpRow] = cases.flatMap { name, c, x, kernel, result in
    // Squared, so that second derivatives have more in them than the two factors.
    [
      OpRow("convolution: \(name)", .convolution, [(x, .spread), (kernel, .spread)]) {
        squared(node(.convolution(c), $0, result))
      },
      OpRow("convolutionInputGradient: \(name)", .convolutionInputGradient, [(result, .spread), (kernel, .spread)]) {
        squared(node(.convolutionInputGradient(c), $0, x))
      },
      OpRow("convolutionKernelGradient: \(name)", .convolutionKernelGradient, [(x, .spread), (result, .spread)]) {
        squared(node(.convolutionKernelGradient(c), $0, kernel))
      },
    ]
  }

  private static let windowCases: [(name: String, w: Windows, x: Shape, result: Shape)] = [
    ("one axis", Windows(sizes: [2], strides: [1], dilations: [1]), [2, 4], [2, 3, 2]),
    ("without overlap", Windows(sizes: [2, 2], strides: [2, 2], dilations: [1, 1]), [4, 5], [2, 2, 2, 2]),
    ("with gaps", Windows(sizes: [2], strides: [3], dilations: [1]), [2, 6], [2, 2, 2]),
    ("overlapping", Windows(sizes: [3, 2], strides: [2, 1], dilations: [1, 1]), [6, 3], [2, 2, 3, 2]),
    ("dilated", Windows(sizes: [3], strides: [2], dilations: [2]), [9], [3, 3]),
    ("once", Windows(sizes: [3, 1], strides: [5, 1], dilations: [1, 4]), [3, 2], [1, 2, 3, 1]),
  ]

  static let windowRows: [OpRow] = windowCases.flatMap { name, w, x, result in
    [
      OpRow("windows: \(name)", .windows, [(x, .spread)]) { squared($0[0].windows(w)) },
      OpRow("foldWindows: \(name)", .foldWindows, [(result, .spread)]) { squared($0[0].foldingWindows(w, to: x)) },
    ]
  }

  static let poolingRows: [OpRow] = [
    OpRow("max pooling", .windows, [([2, 4, 5], .spread)]) { squared(maxPool($0[0], [2, 2])) },
    OpRow("max pooling with overlap", .foldWindows, [([4, 3], .spread)]) { x in
      gradients(of: squared(maxPool(x[0], [3, 2], strides: [2, 1], padding: 1)).sum(), withRespectTo: x)[0]
    },
    OpRow("average pooling", .windows, [([1, 5, 4], .spread)]) {
      squared(averagePool($0[0], [2, 2], strides: [2, 1]))
    },
    OpRow("average pooling without the padding", .windows, [([3, 4], .spread)]) { x in
      squared(averagePool(x[0], [3, 2], strides: [2, 2], padding: .same, countsPadding: false))
    },
    OpRow("reflection", .concatenate, [([3, 4], .spread)]) {
      squared($0[0].padded(low: [0, 2], high: [1, 3], mode: .reflect))
    },
    OpRow("replication", .concatenate, [([2, 2], .spread)]) {
      squared($0[0].padded(low: [3, 0], high: [0, 2], mode: .replicate))
    },
    OpRow("circular padding", .concatenate, [([2, 3], .spread)]) {
      squared($0[0].padded(low: [1, 2], high: [2, 0], mode: .circular))
    },
  ]

  private static func squared(_ x: Tensor) -> Tensor { x * x }
}
