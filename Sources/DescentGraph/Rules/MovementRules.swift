/// Ops that move elements without changing them.
enum MovementRules {
  static func type(reshape inputs: [Node], _ declared: TensorType?) -> TensorType {
    guard let declared else { fatalError("reshape needs a declared type") }
    let x = inputs[0]
    require(
      x.shape.elementCount == declared.shape.elementCount,
      "reshape: \(x.shape) has \(x.shape.elementCount) elements, \(declared.shape) has \(declared.shape.elementCount)")
    return TensorType(shape: declared.shape, dtype: x.dtype)
  }

  static func type(transpose permutation: [Int], _ inputs: [Node]) -> TensorType {
    let x = inputs[0]
    require(
      permutation.sorted() == Array(0..<x.shape.rank),
      "transpose: \(permutation) is not a permutation of the axes of \(x.shape)")
    return TensorType(shape: Shape(permutation.map { x.shape[$0] }), dtype: x.dtype)
  }

  static func gradient(transpose permutation: [Int], _ g: Tensor) -> Tensor {
    var inverse = [Int](repeating: 0, count: permutation.count)
    for (to, from) in permutation.enumerated() { inverse[from] = to }
    return g.transposed(inverse)
  }

  static func type(broadcast axes: [Int], _ inputs: [Node], _ declared: TensorType?) -> TensorType {
    guard let declared else { fatalError("broadcast needs a declared type") }
    let x = inputs[0]
    let fits =
      axes.count == x.shape.rank && axes == axes.sorted() && Set(axes).count == axes.count
      && zip(x.shape, axes).allSatisfy { extent, axis in
        declared.shape.indices.contains(axis) && (extent == 1 || extent == declared.shape[axis])
      }
    require(fits, "broadcast: \(x.shape) cannot become \(declared.shape) with axes \(axes)")
    return TensorType(shape: declared.shape, dtype: x.dtype)
  }

  static func gradient(broadcast axes: [Int], _ x: Tensor, _ g: Tensor) -> Tensor {
    // Sum over what was repeated: new axes, and axes of extent 1 that grew.
    let kept = Set(zip(x.shape, axes).filter { extent, axis in extent == g.shape[axis] }.map(\.1))
    let repeated = g.shape.indices.filter { !kept.contains($0) }
    return g.sum(axes: repeated).reshaped(x.shape)
  }

  static func type(slice starts: [Int], _ limits: [Int], _ strides: [Int], _ inputs: [Node]) -> TensorType {
    let x = inputs[0]
    let fits =
      starts.count == x.shape.rank && limits.count == x.shape.rank && strides.count == x.shape.rank
      && x.shape.indices.allSatisfy {
        0 <= starts[$0] && starts[$0] <= limits[$0] && limits[$0] <= x.shape[$0] && strides[$0] > 0
      }
    require(fits, "slice: \(starts)..<\(limits) by \(strides) does not lie in shape \(x.shape)")
    let extents = x.shape.indices.map { (limits[$0] - starts[$0] + strides[$0] - 1) / strides[$0] }
    return TensorType(shape: Shape(extents), dtype: x.dtype)
  }

  static func gradient(slice starts: [Int], _ limits: [Int], _ strides: [Int], _ x: Tensor, _ g: Tensor) -> Tensor {
    let high = x.shape.indices.map { axis in
      let extent = g.shape[axis]
      let covered = extent == 0 ? 0 : (extent - 1) * strides[axis] + 1
      return x.shape[axis] - starts[axis] - covered
    }
    return g.padded(low: starts, high: high, interior: strides.map { $0 - 1 })
  }

  static func type(pad low: [Int], _ high: [Int], _ interior: [Int], _ inputs: [Node]) -> TensorType {
    let x = inputs[0]
    require(
      [low, high, interior].allSatisfy { $0.count == x.shape.rank && $0.allSatisfy { $0 >= 0 } },
      "pad: low \(low), high \(high), interior \(interior) do not fit shape \(x.shape)")
    require(
      inputs[1].shape.isScalar && inputs[1].dtype == x.dtype,
      "pad: the fill value is \(TensorType(inputs[1])), not a scalar of \(x.dtype)")
    let extents = x.shape.indices.map { axis in
      low[axis] + high[axis] + x.shape[axis] + max(x.shape[axis] - 1, 0) * interior[axis]
    }
    return TensorType(shape: Shape(extents), dtype: x.dtype)
  }

  static func gradients(pad low: [Int], _ high: [Int], _ interior: [Int], _ x: [Tensor], _ g: Tensor) -> [Tensor?] {
    let shape = x[0].shape
    let limits = shape.indices.map { axis in
      shape[axis] == 0 ? low[axis] : low[axis] + (shape[axis] - 1) * (interior[axis] + 1) + 1
    }
    let inner = g.sliced(starts: low, limits: limits, strides: interior.map { $0 + 1 })
    return [inner, g.sum() - inner.sum()]
  }

  static func type(concatenate axis: Int, _ inputs: [Node]) -> TensorType {
    let first = inputs[0]
    require(first.shape.indices.contains(axis), "concatenate: axis \(axis) does not exist in shape \(first.shape)")
    require(
      inputs.allSatisfy {
        $0.dtype == first.dtype && $0.shape.rank == first.shape.rank
          && $0.shape.removing(axes: [axis]) == first.shape.removing(axes: [axis])
      }, "concatenate: \(inputs.map { TensorType($0) }) do not fit along axis \(axis)")
    let extent = inputs.reduce(0) { $0 + $1.shape[axis] }
    return TensorType(shape: first.shape.replacing(axis: axis, with: extent), dtype: first.dtype)
  }

  static func gradients(concatenate axis: Int, _ x: [Tensor], _ g: Tensor) -> [Tensor?] {
    var start = 0
    return x.map { part in
      defer { start += part.shape[axis] }
      return g.sliced(axis: axis, start..<(start + part.shape[axis]))
    }
  }

  static func type(reverse axes: [Int], _ inputs: [Node]) -> TensorType {
    let x = inputs[0]
    require(
      Set(axes).count == axes.count && axes.allSatisfy(x.shape.indices.contains),
      "reverse: axes \(axes) do not fit shape \(x.shape)")
    return TensorType(x)
  }
}
