/// What stands for one axis in `x[0, 1..<3]`: an index, which removes the axis, or a range, which keeps it.
///
/// Negative bounds count from the back: `x[-1]` is the last slice, `x[(-2)...]` the last two.
public protocol AxisIndex: Sendable {
  /// The places of an axis of `extent` that are meant, before they are checked, and whether the axis stays.
  func places(ofExtent extent: Int) -> (lower: Int, upper: Int, keepsAxis: Bool)
}

private func fromFront(_ place: Int, _ extent: Int) -> Int { place < 0 ? place + extent : place }

extension Int: AxisIndex {
  /// The one slice at this place.
  public func places(ofExtent extent: Int) -> (lower: Int, upper: Int, keepsAxis: Bool) {
    let place = fromFront(self, extent)
    return (place, place + 1, false)
  }
}
extension Range: AxisIndex where Bound == Int {
  /// The places of the range.
  public func places(ofExtent extent: Int) -> (lower: Int, upper: Int, keepsAxis: Bool) {
    (fromFront(lowerBound, extent), fromFront(upperBound, extent), true)
  }
}
extension ClosedRange: AxisIndex where Bound == Int {
  /// The places of the range, its end among them.
  public func places(ofExtent extent: Int) -> (lower: Int, upper: Int, keepsAxis: Bool) {
    (fromFront(lowerBound, extent), fromFront(upperBound, extent) + 1, true)
  }
}
extension PartialRangeFrom: AxisIndex where Bound == Int {
  /// The places from the bound to the end of the axis.
  public func places(ofExtent extent: Int) -> (lower: Int, upper: Int, keepsAxis: Bool) {
    (fromFront(lowerBound, extent), extent, true)
  }
}
extension PartialRangeUpTo: AxisIndex where Bound == Int {
  /// The places from the start of the axis to the one before the bound.
  public func places(ofExtent extent: Int) -> (lower: Int, upper: Int, keepsAxis: Bool) {
    (0, fromFront(upperBound, extent), true)
  }
}
extension PartialRangeThrough: AxisIndex where Bound == Int {
  /// The places from the start of the axis to the bound.
  public func places(ofExtent extent: Int) -> (lower: Int, upper: Int, keepsAxis: Bool) {
    (0, fromFront(upperBound, extent) + 1, true)
  }
}

extension Tensor {
  /// `x[0]`, `x[1..., 2]`: the parts of the first axes; the others stay whole. Traps when an index is out of range.
  public subscript(indices: any AxisIndex...) -> Tensor { part(front: indices, back: []) }
  /// `x[..., 1..<3]`: the parts of the last axes; those before stay whole.
  public subscript(_: UnboundedRange, back: any AxisIndex...) -> Tensor { part(front: [], back: back) }
  /// `x[0, ..., 1]`: the parts of the first axis and the last ones; those between stay whole.
  public subscript(front: any AxisIndex, _: UnboundedRange, back: any AxisIndex...) -> Tensor {
    part(front: [front], back: back)
  }

  private func part(front: [any AxisIndex], back: [any AxisIndex]) -> Tensor {
    let count = front.count + back.count
    require(count <= rank, "subscript: \(count) indices for \(dtype)\(shape), which has \(rank) axes")
    var (starts, limits) = ([Int](repeating: 0, count: rank), shape.extents)
    var kept = shape.extents.map { Optional($0) }
    let axes = Array(shape.indices.prefix(front.count)) + Array((rank - back.count)..<rank)
    for (axis, index) in zip(axes, front + back) {
      let (lower, upper, keepsAxis) = index.places(ofExtent: shape[axis])
      require(
        0 <= lower && lower <= upper && upper <= shape[axis],
        "subscript: \(index) is out of range on axis \(axis) of \(dtype)\(shape)")
      (starts[axis], limits[axis]) = (lower, upper)
      kept[axis] = keepsAxis ? upper - lower : nil
    }
    return sliced(starts: starts, limits: limits).reshaped(Shape(kept.compactMap { $0 }))
  }
}

/// The tensors, all of one shape, as the slices of a new axis at `axis`; a negative one counts from the back.
public func stack(_ tensors: [Tensor], axis: Int = 0) -> Tensor {
  require(!tensors.isEmpty, "stack: there is nothing to stack")
  let first = tensors[0]
  for tensor in tensors {
    require(
      tensor.shape == first.shape && tensor.dtype == first.dtype,
      "stack: \(tensor.dtype)\(tensor.shape) beside \(first.dtype)\(first.shape); all must be alike")
  }
  let place = axis < 0 ? axis + first.rank + 1 : axis
  require(0 <= place && place <= first.rank, "stack: a tensor \(first.shape) has no place for a new axis \(axis)")
  return concatenate(tensors.map { $0.expanded(axis: place) }, axis: place)
}
