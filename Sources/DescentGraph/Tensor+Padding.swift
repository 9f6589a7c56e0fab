/// What `padded(low:high:mode:)` puts around a tensor.
public enum PaddingMode: Hashable, Sendable {
  /// The same value everywhere, rounded to the tensor's dtype.
  case constant(Double)
  /// The elements before the edge, mirrored at the edge element, which is not repeated: 3 2 | 1 2 3 | 2 1.
  case reflect
  /// The edge element again and again: 1 1 | 1 2 3 | 3 3.
  case replicate
  /// The elements from the other end: 2 3 | 1 2 3 | 1 2.
  case circular
}

extension Tensor {
  /// The tensor with `low[i]` more elements before and `high[i]` more behind axis `i`; corners are what padding one axis
  /// after the other gives.
  ///
  /// A reflection takes fewer elements than the axis has, a circular padding at most as many.
  public func padded(low: [Int], high: [Int], mode: PaddingMode) -> Tensor {
    require(
      low.count == rank && high.count == rank && (low + high).allSatisfy { $0 >= 0 },
      "padded: low \(low), high \(high) do not fit shape \(shape)")
    if case .constant(let value) = mode { return padded(low: low, high: high, value: value) }
    return shape.indices.reduce(self) { $0.padded(axis: $1, low[$1], high[$1], mode) }
  }

  private func padded(axis: Int, _ low: Int, _ high: Int, _ mode: PaddingMode) -> Tensor {
    if low == 0 && high == 0 { return self }
    let extent = shape[axis]
    func check(_ limit: Int) {
      require(
        low <= limit && high <= limit,
        "padded: shape \(shape) has too few elements on axis \(axis) for \(mode) by \(low) and \(high)")
    }
    let (before, after): (Tensor, Tensor)
    switch mode {
    case .constant: fatalError("constants are padded on all axes at once")
    case .reflect:
      check(extent - 1)
      before = sliced(axis: axis, 1..<(low + 1)).reversed(axes: [axis])
      after = sliced(axis: axis, (extent - 1 - high)..<(extent - 1)).reversed(axes: [axis])
    case .replicate:
      check(extent == 0 ? 0 : .max)
      before = sliced(axis: axis, 0..<1).broadcast(to: shape.replacing(axis: axis, with: low))
      after = sliced(axis: axis, (extent - 1)..<extent).broadcast(to: shape.replacing(axis: axis, with: high))
    case .circular:
      check(extent)
      before = sliced(axis: axis, (extent - low)..<extent)
      after = sliced(axis: axis, 0..<high)
    }
    return concatenate([before, self, after].filter { $0.shape[axis] > 0 }, axis: axis)
  }
}
