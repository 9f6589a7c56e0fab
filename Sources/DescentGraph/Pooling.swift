/// Pooling over windows of the last axes, composed of windows and reductions. The planner runs each as one fused kernel;
/// where the windows do not overlap, their gradients are one too.

/// The greatest element of every window over the last axes: `[…, spatial…]` → `[…, positions…]`.
///
/// The gradient goes to one element of each window, the first in row-major order of those that tie, as in PyTorch; the
/// choice itself counts as a constant, so that second derivatives are those of the chosen elements. A window with a NaN
/// gives NaN.
/// - Parameters:
///   - x: floats.
///   - sizes: the window's extents, one for each of the last axes.
///   - strides: the distance between neighbouring windows; nil is the window's sizes.
///   - padding: −∞ around the last axes. A window that sees nothing else gives −∞.
///   - dilations: the distance between neighbouring elements of a window; nil is 1.
public func maxPool(
  _ x: Tensor, _ sizes: [Int], strides: [Int]? = nil, padding: Padding = .valid, dilations: [Int]? = nil
) -> Tensor {
  let w = pool("maxPool", x, sizes, strides, dilations)
  let windows = padded("maxPool", x, padding, w, value: -.infinity).windows(w)
  let axes = Array((windows.rank - sizes.count)..<windows.rank)
  let count = sizes.reduce(1, *)
  let top = windows.max(axes: axes, keepingAxes: true).stoppingGradient()
  let isTop = (windows .== top) | (windows .!= windows)
  let place = Tensor.iota([count]).reshaped(Shape(sizes)).broadcast(to: windows.shape)
  let last = Tensor(filled: Double(count), shape: windows.shape, dtype: .int32)
  let first = select(isTop, place, last).min(axes: axes, keepingAxes: true)
  return select(place .== first.broadcast(to: windows.shape), windows, .zeros(like: windows)).sum(axes: axes)
}

/// The mean of every window over the last axes: `[…, spatial…]` → `[…, positions…]`.
/// - Parameters:
///   - x: floats.
///   - sizes: the window's extents, one for each of the last axes.
///   - strides: the distance between neighbouring windows; nil is the window's sizes.
///   - padding: zeros around the last axes.
///   - countsPadding: whether these zeros count as elements; if not, a window's sum is divided by how many elements of x
///     it holds. Every window must then hold one.
public func averagePool(
  _ x: Tensor, _ sizes: [Int], strides: [Int]? = nil, padding: Padding = .valid, countsPadding: Bool = true
) -> Tensor {
  let w = pool("averagePool", x, sizes, strides, nil)
  let windows = padded("averagePool", x, padding, w, value: 0).windows(w)
  let axes = (windows.rank - sizes.count)..<windows.rank
  let sum = windows.sum(axes: Array(axes))
  if countsPadding { return sum * (1 / Double(sizes.reduce(1, *))) }

  let extents = Array(x.shape.suffix(sizes.count))
  let low = padding.resolved(extents: extents, windows: w).low
  // A window holds as many elements as the product of what it holds along each axis.
  var counts = [1.0]
  for i in sizes.indices {
    let alongAxis = (0..<sum.shape[x.rank - sizes.count + i]).map { position -> Double in
      let start = position * w.strides[i] - low[i]
      return Double(min(start + sizes[i], extents[i]) - max(start, 0))
    }
    require(
      alongAxis.allSatisfy { $0 > 0 },
      "averagePool: some windows of \(w) over \(x.shape) hold padding only and have no mean; count the padding")
    counts = counts.flatMap { outer in alongAxis.map { outer * $0 } }
  }
  let factors = Tensor(counts.map { 1 / $0 }, shape: Shape(Array(sum.shape.suffix(sizes.count))))
  return sum * factors.cast(to: sum.dtype)
}

/// The mean over all spatial axes: `[batch, channels, spatial…]` → `[batch, channels]`, or with extents of 1 in the place
/// of the spatial axes.
public func globalAveragePool(_ x: Tensor, keepingAxes: Bool = false) -> Tensor {
  require(x.rank > 2, "globalAveragePool: shape \(x.shape) has no axes behind batch and channels")
  return x.mean(axes: Array(2..<x.rank), keepingAxes: keepingAxes)
}

/// The greatest element over all spatial axes: `[batch, channels, spatial…]` → `[batch, channels]`, or with extents of 1
/// in the place of the spatial axes. Ties as in `maxPool`.
public func globalMaxPool(_ x: Tensor, keepingAxes: Bool = false) -> Tensor {
  require(x.rank > 2, "globalMaxPool: shape \(x.shape) has no axes behind batch and channels")
  let result = maxPool(x, Array(x.shape.dropFirst(2)))
  return keepingAxes ? result : result.reshaped(Shape(Array(x.shape.prefix(2))))
}

private func pool(_ op: String, _ x: Tensor, _ sizes: [Int], _ strides: [Int]?, _ dilations: [Int]?) -> Windows {
  let w = Windows(sizes: sizes, strides: strides ?? sizes, dilations: dilations ?? sizes.map { _ in 1 })
  require(
    !sizes.isEmpty && sizes.count <= x.rank && w.strides.count == sizes.count && w.dilations.count == sizes.count
      && (w.sizes + w.strides + w.dilations).allSatisfy { $0 > 0 },
    "\(op): windows of \(w) need one entry, above 0, for each of the last axes of shape \(x.shape)")
  require(x.dtype.isFloat, "\(op) is not defined for \(x.dtype)\(x.shape); cast the tensor first")
  return w
}

private func padded(_ op: String, _ x: Tensor, _ padding: Padding, _ w: Windows, value: Double) -> Tensor {
  let first = x.rank - w.sizes.count
  let (low, high) = padding.resolved(extents: Array(x.shape.extents[first...]), windows: w)
  require(
    low.count == w.sizes.count && high.count == w.sizes.count,
    "\(op): padding \(low)…\(high) does not fit windows of \(w)")
  let none = [Int](repeating: 0, count: first)
  return x.padded(low: none + low, high: none + high, value: value)
}
