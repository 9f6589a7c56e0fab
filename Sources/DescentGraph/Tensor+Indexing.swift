extension Tensor {
  /// The slices of `axis` that `indices` (i32 or i64) name. Each index must lie in `0..<shape[axis]`; one that does not
  /// is clamped to that range, as StableHLO's gather does.
  public func gathering(_ indices: Tensor, axis: Int = 0) -> Tensor {
    Tensor(.gather(axis: shape.normalized(axis: axis, for: "gather")), [self, indices])
  }
  /// This tensor with each of `updates` added to the slice of `axis` its index names. An index outside the axis is
  /// clamped, so that this stays the transpose of `gathering`.
  public func scatterAdding(_ updates: Tensor, at indices: Tensor, axis: Int = 0) -> Tensor {
    Tensor(.scatterAdd(axis: shape.normalized(axis: axis, for: "scatterAdd")), [self, indices, updates])
  }
  /// 1 at each index, 0 elsewhere, on a new last axis of extent `count`. An index outside of it has no 1.
  public func oneHot(_ count: Int, dtype: DType = .float32) -> Tensor {
    let target = Shape(shape.extents + [count])
    let places = Tensor.iota(target, axis: -1, dtype: self.dtype)
    return (places .== expanded(axis: -1).broadcast(to: target)).cast(to: dtype)
  }
}
