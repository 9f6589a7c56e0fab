extension Tensor {
  /// The same elements in row-major order under another shape. Traps unless that has as many.
  public func reshaped(_ shape: Shape) -> Tensor {
    shape == self.shape ? self : Tensor(.reshape, [self], shape: shape, dtype: dtype)
  }
  /// The same; one extent may be -1 and is then computed. Traps when the others do not divide the number of elements.
  public func reshaped(_ extents: [Int]) -> Tensor {
    guard let unknown = extents.firstIndex(of: -1) else { return reshaped(Shape(extents)) }
    let known = extents.reduce(1) { $1 == -1 ? $0 : $0 * $1 }
    require(
      known > 0 && shape.elementCount % known == 0, "reshape: \(shape) does not fill \(extents) for any extent at -1")
    var result = extents
    result[unknown] = shape.elementCount / known
    return reshaped(Shape(result))
  }

  /// Result axis `i` is this tensor's axis `permutation[i]`.
  public func transposed(_ permutation: [Int]) -> Tensor {
    permutation == Array(0..<rank) ? self : Tensor(.transpose(permutation), [self])
  }
  /// The last two axes exchanged.
  public var transposed: Tensor {
    require(rank >= 2, "transpose: shape \(shape) has fewer than two axes")
    return transposed(Array(0..<(rank - 2)) + [rank - 1, rank - 2])
  }

  /// Repeats the tensor along new leading axes and axes of extent 1, under NumPy's rule.
  public func broadcast(to target: Shape) -> Tensor {
    if target == shape { return self }
    require(
      Shape.broadcasting(shape, target) == target, "broadcast: shape \(shape) cannot be broadcast to \(target)")
    if let splat { return Tensor(filled: splat, shape: target, dtype: dtype) }
    let axes = shape.indices.map { $0 + target.rank - rank }
    return Tensor(.broadcast(axes: axes), [self], shape: target, dtype: dtype)
  }

  /// On axis `i` every `strides[i]`-th element (all when nil) of `starts[i]..<limits[i]`. Traps unless there is one
  /// entry for each axis, the ranges lie in the shape, and strides are above 0.
  public func sliced(starts: [Int], limits: [Int], strides: [Int]? = nil) -> Tensor {
    let strides = strides ?? starts.map { _ in 1 }
    if starts.count == rank && starts.allSatisfy({ $0 == 0 }) && limits == shape.extents
      && strides.allSatisfy({ $0 == 1 })
    {
      return self
    }
    return Tensor(.slice(starts: starts, limits: limits, strides: strides), [self])
  }
  /// The part of `axis` in `range`.
  public func sliced(axis: Int, _ range: Range<Int>) -> Tensor {
    let axis = shape.normalized(axis: axis, for: "slice")
    var starts = [Int](repeating: 0, count: rank)
    var limits = shape.extents
    (starts[axis], limits[axis]) = (range.lowerBound, range.upperBound)
    return sliced(starts: starts, limits: limits)
  }

  /// Adds `value` around the tensor, and `interior` times between neighbours.
  public func padded(low: [Int], high: [Int], interior: [Int]? = nil, value: Double = 0) -> Tensor {
    let interior = interior ?? low.map { _ in 0 }
    if (low + high + interior).allSatisfy({ $0 == 0 }) { return self }
    return Tensor(.pad(low: low, high: high, interior: interior), [self, Tensor(value, dtype: dtype)])
  }

  /// The elements in the opposite order along `axes`; negative ones count from the back.
  public func reversed(axes: [Int]) -> Tensor {
    Tensor(.reverse(axes: shape.normalized(axes: axes, for: "reverse")), [self])
  }

  /// Adds an axis of extent 1 at `axis`.
  public func expanded(axis: Int) -> Tensor {
    let at = axis < 0 ? axis + rank + 1 : axis
    require((0...rank).contains(at), "expanded: axis \(axis) does not exist in shape \(shape) with one axis more")
    var extents = shape.extents
    extents.insert(1, at: at)
    return reshaped(Shape(extents))
  }
}

/// The tensors one after another along `axis`.
public func concatenate(_ tensors: [Tensor], axis: Int = 0) -> Tensor {
  require(!tensors.isEmpty, "concatenate: there is nothing to concatenate")
  let axis = tensors[0].shape.normalized(axis: axis, for: "concatenate")
  return tensors.count == 1 ? tensors[0] : Tensor(.concatenate(axis: axis), tensors)
}
