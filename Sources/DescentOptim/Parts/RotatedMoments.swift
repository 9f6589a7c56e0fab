import DescentGraph

/// Adam's averages, the second of them in bases of their own for each axis (SOAP).
public struct RotatedMoments: OptimizerState {
  /// Adam's averages, of the parameter's shape; only the mean square is in the bases.
  public let moments: Moments
  /// The averages GᵢGᵢᵀ, and their eigenvectors in columns.
  public let bases: AxisMatrices
  /// Zeros, with bases for every axis of a tensor of two or more axes, however long.
  public init(like w: Tensor) { self.init(like: w, longestAxis: .max) }
  init(like w: Tensor, longestAxis: Int) {
    (moments, bases) = (Moments(like: w), AxisMatrices(like: w, longestAxis: longestAxis))
  }

  /// Takes a gradient into the averages of its inner products and finds bases: their eigenvectors in the first step, one
  /// power iteration and QR when it is due, columns by falling eigenvalue. Gives the mean square in their order.
  func turn(_ g: Tensor, _ square: Tensor, decay: Tensor, isFirst: Tensor, isDue: Tensor) -> Tensor {
    bases.axes.indices.reduce(square) { square, i in
      let (statistics, transform) = (bases.statistics[i], bases.transforms[i])
      let sums = movingAverage(statistics.wrappedValue, g.innerProducts(along: bases.axes[i]), decay)
      let basis = when(isFirst, otherwise: [transform.wrappedValue]) {
        [sums.symmetricEigen().vectors.reversed(axes: [1])]
      }[0]
      let turned = when(isDue & !isFirst, otherwise: [basis, square]) {
        let products = matmul(sums, basis)
        let order = (basis * products).sum(axes: [0]).argsorted(descending: true)
        return [products.gathering(order, axis: 1).qr().q, square.gathering(order, axis: bases.axes[i])]
      }
      (statistics.wrappedValue, transform.wrappedValue) = (sums, turned[0])
      return turned[1]
    }
  }
}
