/// Order and running sums along an axis.
extension Tensor {
  /// The indices (i32) that put the elements along `axis` in order.
  ///
  /// The order is stable in both directions: equal elements (-0 equals 0) keep theirs. NaN counts as greatest.
  public func argsorted(axis: Int = -1, descending: Bool = false) -> Tensor {
    Tensor(.argsort(axis: shape.normalized(axis: axis, for: "argsort"), descending: descending), [self])
  }

  /// The elements along `axis` in order, NaN counting as greatest. The gradient goes to where each element came from.
  public func sorted(axis: Int = -1, descending: Bool = false) -> Tensor {
    takingAlong(argsorted(axis: axis, descending: descending), axis: axis)
  }

  /// The `k` greatest elements along `axis`, greatest first, and their indices (i32); of equal ones the first come first.
  ///
  /// - Parameters:
  ///   - k: in `0...shape[axis]`; the extent of `axis` in both results.
  ///   - axis: counted from the end if negative.
  public func topK(_ k: Int, axis: Int = -1) -> (values: Tensor, indices: Tensor) {
    let axis = shape.normalized(axis: axis, for: "topK")
    require((0...shape[axis]).contains(k), "topK: axis \(axis) of shape \(shape) does not have \(k) elements")
    let indices = argsorted(axis: axis, descending: true).sliced(axis: axis, 0..<k)
    return (takingAlong(indices, axis: axis), indices)
  }

  /// Element `i` along `axis` is the sum of elements `0...i`.
  ///
  /// - Parameters:
  ///   - axis: counted from the end if negative.
  ///   - reversed: sums run from the end: elements `i...`.
  ///   - exclusive: element `i` itself is left out.
  public func cumulativeSum(axis: Int = -1, reversed: Bool = false, exclusive: Bool = false) -> Tensor {
    let axis = shape.normalized(axis: axis, for: "cumulativeSum")
    if reversed {
      return self.reversed(axes: [axis]).cumulativeSum(axis: axis, exclusive: exclusive).reversed(axes: [axis])
    }
    guard exclusive, shape[axis] > 0 else { return Tensor(.cumulativeSum(axis: axis), [self]) }
    // Shifted by one, not the sum minus the element, which would lose digits.
    var low = [Int](repeating: 0, count: rank)
    low[axis] = 1
    let shifted = sliced(axis: axis, 0..<(shape[axis] - 1)).padded(low: low, high: low.map { _ in 0 })
    return shifted.cumulativeSum(axis: axis)
  }

  /// For each index along `axis` the element there: `result[i, j] = self[i, indices[i, j]]` for the last of two axes.
  ///
  /// - Parameters:
  ///   - indices: i32 or i64, of this tensor's shape except along `axis`. An index outside the axis is clamped to it, as
  ///     `gathering` does.
  ///   - axis: counted from the end if negative.
  public func takingAlong(_ indices: Tensor, axis: Int = -1) -> Tensor {
    let axis = shape.normalized(axis: axis, for: "takingAlong")
    require(
      indices.rank == rank && indices.shape.removing(axes: [axis]) == shape.removing(axes: [axis]),
      "takingAlong: indices \(indices.shape) must have the shape \(shape) except on axis \(axis)")
    require(
      indices.dtype == .int32 || indices.dtype == .int64,
      "takingAlong: the indices are \(indices.dtype), not i32 or i64; cast them")
    require(
      shape[axis] > 0 || indices.shape.elementCount == 0,
      "takingAlong: axis \(axis) of shape \(shape) is empty, but there are indices \(indices.shape) into it")
    if indices.shape.elementCount == 0 { return .zeros(indices.shape, dtype: dtype) }
    // The place of each element in row-major order.
    let strides = shape.strides
    var place = minimum(maximum(indices.cast(to: .int64), 0), Double(shape[axis] - 1)) * Double(strides[axis])
    for other in shape.indices where other != axis && shape[other] > 1 {
      place = place + Tensor.iota(indices.shape, axis: other, dtype: .int64) * Double(strides[other])
    }
    return reshaped([shape.elementCount]).gathering(place)
  }
}

/// Triangles of matrices.
extension Tensor {
  /// `[rows, columns]`, bool: true where column − row ≤ `diagonal`; with 0 the diagonal and everything to its left.
  public static func triangularMask(rows: Int, columns: Int, diagonal: Int = 0) -> Tensor {
    let shape: Shape = [rows, columns]
    return Tensor.iota(shape, axis: 1) .<= Tensor.iota(shape, axis: 0) + Double(diagonal)
  }

  /// The last two axes' elements where column − row ≤ `diagonal`, 0 elsewhere.
  public func lowerTriangle(diagonal: Int = 0) -> Tensor {
    triangle("lowerTriangle") { Self.triangularMask(rows: $0, columns: $1, diagonal: diagonal) }
  }

  /// The last two axes' elements where column − row ≥ `diagonal`, 0 elsewhere.
  public func upperTriangle(diagonal: Int = 0) -> Tensor {
    triangle("upperTriangle") { !Self.triangularMask(rows: $0, columns: $1, diagonal: diagonal - 1) }
  }

  private func triangle(_ name: String, _ mask: (_ rows: Int, _ columns: Int) -> Tensor) -> Tensor {
    require(rank >= 2, "\(name): shape \(shape) has fewer than two axes")
    return select(mask(shape[rank - 2], shape[rank - 1]), self, .zeros(like: self))
  }
}
