extension Tensor {
  private func reduced(_ r: Reduction, _ axes: [Int]?, keepingAxes: Bool) -> Tensor {
    let axes = axes.map { shape.normalized(axes: $0, for: "reduce.\(r.rawValue)") } ?? Array(shape.indices)
    let result = axes.isEmpty ? self : Tensor(.reduce(r, axes: axes), [self])
    return keepingAxes ? result.reshaped(shape.keeping(axes: axes)) : result
  }
  /// The sum over `axes` (all axes when nil).
  public func sum(axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
    reduced(.sum, axes, keepingAxes: keepingAxes)
  }
  public func max(axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
    reduced(.maximum, axes, keepingAxes: keepingAxes)
  }
  public func min(axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
    reduced(.minimum, axes, keepingAxes: keepingAxes)
  }
  public func mean(axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
    let sum = sum(axes: axes, keepingAxes: keepingAxes)
    return sum * (Double(Swift.max(sum.shape.elementCount, 1)) / Double(shape.elementCount))
  }
  /// The index (i32) of the greatest element along `axis`.
  public func argmax(axis: Int = -1) -> Tensor {
    Tensor(.argmax(axis: shape.normalized(axis: axis, for: "argmax")), [self])
  }
}
