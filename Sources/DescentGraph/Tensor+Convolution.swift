/// What surrounds a tensor's spatial axes before a window moves over them.
public enum Padding: Hashable, Sendable, ExpressibleByIntegerLiteral {
  /// Nothing: every window lies inside.
  case valid
  /// As much as makes ⌈extent / stride⌉ positions, split evenly; an odd element goes behind.
  case same
  /// So many elements before and behind every spatial axis.
  case symmetric(Int)
  /// So many elements before and behind each spatial axis.
  case explicit(low: [Int], high: [Int])

  /// `padding: 1` is `.symmetric(1)`.
  public init(integerLiteral value: Int) { self = .symmetric(value) }

  /// The elements before and behind each of the axes of `extents`.
  func resolved(extents: [Int], windows w: Windows) -> (low: [Int], high: [Int]) {
    switch self {
    case .valid: return (extents.map { _ in 0 }, extents.map { _ in 0 })
    case .symmetric(let count): return (extents.map { _ in count }, extents.map { _ in count })
    case .explicit(let low, let high): return (low, high)
    case .same:
      let total = extents.indices.map { i in
        let positions = (extents[i] + w.strides[i] - 1) / w.strides[i]
        return max((positions - 1) * w.strides[i] + (w.sizes[i] - 1) * w.dilations[i] + 1 - extents[i], 0)
      }
      return (total.map { $0 / 2 }, total.map { $0 - $0 / 2 })
    }
  }
}

/// The convolution of neural networks (a cross-correlation: the kernel is not flipped) over any number of spatial axes.
///
/// Result: `[batch, outputs, positions…]`, with ⌊(extent + padding − (window − 1) · dilation − 1) / stride⌋ + 1 positions
/// along each axis.
/// - Parameters:
///   - x: `[batch, channels, spatial…]`.
///   - kernel: `[outputs, channels / groups, window…]`.
///   - strides: the distance between neighbouring positions on each spatial axis; nil is 1.
///   - padding: zeros around the spatial axes.
///   - dilations: the distance between the elements that neighbouring kernel elements meet; nil is 1.
///   - groups: into how many independent parts the channels and the outputs fall.
public func convolution(
  _ x: Tensor, _ kernel: Tensor, strides: [Int]? = nil, padding: Padding = .valid, dilations: [Int]? = nil,
  groups: Int = 1
) -> Tensor {
  let w = window("convolution", x, kernel, strides, dilations)
  let (low, high) = padding.resolved(extents: Array(x.shape.dropFirst(2)), windows: w)
  let c = Convolution(
    strides: w.strides, paddingLow: low, paddingHigh: high, dilations: w.dilations, groups: groups)
  return Tensor(.convolution(c), [x, kernel])
}

/// The transpose of `convolution` by its data, which gives larger extents for strides above 1; PyTorch's
/// `conv_transpose`.
///
/// Result: `[batch, outputs, spatial…]` with (positions − 1) · stride + (window − 1) · dilation + 1 − padding + output
/// padding elements along each axis; positions · stride when the padding is `.same`.
/// - Parameters:
///   - x: `[batch, channels, positions…]`.
///   - kernel: `[channels, outputs / groups, window…]`.
///   - strides: how far apart the places are that neighbouring positions are added to; nil is 1.
///   - padding: what the convolution pads its input with, and so what is cut off here.
///   - outputPadding: elements that the result has more behind each axis, less than the stride or the dilation; nil is 0.
///   - dilations: the distances between the elements that neighbouring weights meet; nil is 1.
///   - groups: into how many independent parts channels and outputs fall.
public func transposedConvolution(
  _ x: Tensor, _ kernel: Tensor, strides: [Int]? = nil, padding: Padding = .valid, outputPadding: [Int]? = nil,
  dilations: [Int]? = nil, groups: Int = 1
) -> Tensor {
  let w = window("transposedConvolution", x, kernel, strides, dilations)
  let axes = w.sizes.indices
  let more = outputPadding ?? w.sizes.map { _ in 0 }
  require(
    more.count == axes.count && axes.allSatisfy { more[$0] >= 0 && more[$0] < max(w.strides[$0], w.dilations[$0]) }
      && (padding != .same || more.allSatisfy { $0 == 0 }),
    "transposedConvolution: the output padding \(more) must be less than the strides \(w.strides) or the dilations "
      + "\(w.dilations), and 0 when the padding is the same")
  let positions = Array(x.shape.dropFirst(2))
  let result = axes.map { positions[$0] * w.strides[$0] }
  let (low, high) = padding.resolved(extents: result, windows: w)
  require(
    low.count == axes.count && high.count == axes.count,
    "transposedConvolution: padding \(low)…\(high) does not fit the \(axes.count) spatial axes of x \(x.shape)")
  // What the output padding adds lies where the padding would have cut, and beyond that where no window reaches.
  let cut = axes.map { max(high[$0] - more[$0], 0) }
  let extents = axes.map { i in
    padding == .same
      ? result[i] : (positions[i] - 1) * w.strides[i] + (w.sizes[i] - 1) * w.dilations[i] + 1 - low[i] - cut[i]
  }
  require(
    extents.allSatisfy { $0 >= 0 },
    "transposedConvolution: padding \(low)…\(high) cuts off more than x \(x.shape) and kernel \(kernel.shape) give")
  let c = Convolution(
    strides: w.strides, paddingLow: low, paddingHigh: cut, dilations: w.dilations, groups: groups)
  let y = Tensor(
    .convolutionInputGradient(c), [x, kernel], shape: Shape([x.shape[0], kernel.shape[1] * groups] + extents),
    dtype: x.dtype)
  return y.padded(low: [0, 0] + low.map { _ in 0 }, high: [0, 0] + axes.map { max(more[$0] - high[$0], 0) })
}

/// The kernel's spatial axes as a window; traps when x does not have as many.
private func window(_ op: String, _ x: Tensor, _ kernel: Tensor, _ strides: [Int]?, _ dilations: [Int]?) -> Windows {
  let sizes = Array(kernel.shape.dropFirst(2))
  let ones = sizes.map { _ in 1 }
  let w = Windows(sizes: sizes, strides: strides ?? ones, dilations: dilations ?? ones)
  require(
    !sizes.isEmpty && x.rank == kernel.rank && w.strides.count == sizes.count && w.dilations.count == sizes.count
      && (w.strides + w.dilations).allSatisfy { $0 > 0 },
    "\(op): x \(x.shape) and kernel \(kernel.shape) need the same spatial axes behind the first two, and strides "
      + "\(w.strides) and dilations \(w.dilations) one entry above 0 for each")
  return w
}
