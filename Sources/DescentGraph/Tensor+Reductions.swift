extension Tensor {
  private func reduced(_ r: Reduction, _ axes: [Int]?, keepingAxes: Bool) -> Tensor {
    let axes = axes.map { shape.normalized(axes: $0, for: "reduce.\(r.rawValue)") } ?? Array(shape.indices)
    let result = axes.isEmpty ? self : Tensor(.reduce(r, axes: axes), [self])
    return keepingAxes ? result.reshaped(shape.keeping(axes: axes)) : result
  }
  /// The sum over `axes` (all axes when nil; negative ones count from the back); 0 over no elements. Integers wrap
  /// around; traps for `bool`. `keepingAxes` leaves the axes with an extent of 1.
  public func sum(axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
    reduced(.sum, axes, keepingAxes: keepingAxes)
  }
  /// The greatest elements over `axes` (all axes when nil); NaN where one is NaN. Those that tie share the gradient.
  /// Traps over an axis without elements, and for `bool`.
  public func max(axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
    reduced(.maximum, axes, keepingAxes: keepingAxes)
  }
  /// The least elements over `axes` (all axes when nil); NaN where one is NaN. Those that tie share the gradient. Traps
  /// over an axis without elements, and for `bool`.
  public func min(axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
    reduced(.minimum, axes, keepingAxes: keepingAxes)
  }
  /// The mean over `axes` (all axes when nil), of floats; NaN over no elements. Traps for integers and `bool`, which
  /// cannot hold it: cast them first.
  public func mean(axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
    require(
      dtype.isFloat, "mean of \(dtype)\(shape): integers cannot hold a mean; cast the tensor to a float type first")
    // The sum of half-width floats overflows long before their mean does.
    if dtype.isHalf { return cast(to: .float32).mean(axes: axes, keepingAxes: keepingAxes).cast(to: dtype) }
    let reduced = axes.map { shape.normalized(axes: $0, for: "mean") } ?? Array(shape.indices)
    return sum(axes: axes, keepingAxes: keepingAxes) / Double(reduced.reduce(1) { $0 * shape[$1] })
  }
  /// The index (i32) of the greatest element along `axis`.
  public func argmax(axis: Int = -1) -> Tensor {
    Tensor(.argmax(axis: shape.normalized(axis: axis, for: "argmax")), [self])
  }
}
