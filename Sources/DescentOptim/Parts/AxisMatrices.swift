import DescentGraph

/// Square matrices over the axes of a tensor: statistics of its gradient, and what is made of them. Vectors have none
/// unless `leastRank` is 1, and no axis that is longer than `longestAxis`.
public struct AxisMatrices: OptimizerState {
  /// The axes that have matrices, which stand in this order.
  public let axes: [Int]
  /// Of the inner products of the gradient's slices along each axis.
  public let statistics: [Slot]
  /// By which the gradient is multiplied along each axis.
  public let transforms: [Slot]

  /// Zeros for every axis of a tensor of two or more axes, however long.
  public init(like w: Tensor) { self.init(like: w, longestAxis: .max) }

  /// Zeros, `[n, n]` for each axis of extent n up to `longestAxis`, of a tensor of at least `leastRank` axes.
  public init(like w: Tensor, longestAxis: Int, leastRank: Int = 2) {
    axes = w.shape.indices.filter { w.rank >= leastRank && w.shape[$0] <= longestAxis }
    let zeros = { (axis: Int) in Slot(wrappedValue: .zeros([w.shape[axis], w.shape[axis]], dtype: w.dtype)) }
    statistics = axes.map(zeros)
    transforms = axes.map(zeros)
  }

  /// `x` multiplied along each axis by its transform, or by the transpose of it.
  public func transformed(_ x: Tensor, transposed: Bool = false) -> Tensor {
    zip(axes, transforms).reduce(x) { x, part in
      let matrix = part.1.wrappedValue
      return x.multiplied(by: transposed ? matrix.transposed : matrix, along: part.0)
    }
  }
}

extension Tensor {
  /// `body` of the matrix whose rows are the slices along `axis`; it gives as many rows and columns.
  func mappingSlices(along axis: Int, _ body: (Tensor) -> Tensor) -> Tensor {
    let order = [axis] + shape.indices.filter { $0 != axis }
    let moved = transposed(order)
    let result = body(moved.reshaped([shape[axis], shape.removing(axes: [axis]).elementCount]))
    return result.reshaped(moved.shape).transposed(order.indices.sorted { order[$0] < order[$1] })
  }

  /// Each slice along `axis` replaced by the sum of all, weighted by a row of `matrix` (`[n, n]`).
  public func multiplied(by matrix: Tensor, along axis: Int) -> Tensor {
    mappingSlices(along: axis) { matmul(matrix, $0) }
  }

  /// The inner products of all slices along `axis`, `[n, n]`: G·Gᵀ along a matrix's first axis, Gᵀ·G along its second.
  public func innerProducts(along axis: Int) -> Tensor {
    let others = shape.indices.filter { $0 != axis }
    let slices = transposed([axis] + others).reshaped([shape[axis], shape.removing(axes: [axis]).elementCount])
    return matmul(slices, slices.transposed)
  }

  /// (This + damping·I)^(−1/order) of a symmetric matrix `[n, n]` without negative eigenvalues but for rounding, which
  /// count as 0. `damping` is a scalar above 0.
  public func inverseRoot(_ order: Int, damping: Tensor) -> Tensor {
    let (values, vectors) = symmetricEigen()
    let powers = pow(maximum(values, 0) + damping, -1 / Double(order))
    return matmul(vectors * powers.expanded(axis: 0), vectors.transposed)
  }
}
