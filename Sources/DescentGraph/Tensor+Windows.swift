extension Tensor {
  /// Every window over the last axes, as axes of its own: `[…, spatial…]` → `[…, positions…, sizes…]`.
  ///
  /// Element `e` of the window at position `p` is the element at `p · stride + e · dilation`. Nothing is copied.
  /// - Parameters:
  ///   - sizes: the window's extents, one for each of the last axes.
  ///   - strides: the distance between neighbouring windows; nil is 1.
  ///   - dilations: the distance between neighbouring elements of a window; nil is 1.
  public func windows(_ sizes: [Int], strides: [Int]? = nil, dilations: [Int]? = nil) -> Tensor {
    windows(
      Windows(sizes: sizes, strides: strides ?? sizes.map { _ in 1 }, dilations: dilations ?? sizes.map { _ in 1 }))
  }
  package func windows(_ w: Windows) -> Tensor { Tensor(.windows(w), [self]) }

  /// The transpose of `windows`: each element of each window added to where it came from in a tensor of `shape`;
  /// `[…, positions…, sizes…]` → `[…, spatial…]`. Elements no window covers are 0.
  package func foldingWindows(_ w: Windows, to shape: Shape) -> Tensor {
    Tensor(.foldWindows(w), [self], shape: shape, dtype: dtype)
  }
}
