import DescentGraph

/// A running mean of squares, remembered for matrices as the product of its means along two axes (Shazeer & Stern 2018,
/// arXiv 1804.04235): n + m numbers instead of n·m.
public struct FactoredMean: OptimizerState {
  /// The means over the second of the two axes, which stays with extent 1.
  @Slot public var rows: Tensor
  /// Empty for tensors that are not factored, whose mean is in `rows`.
  @Slot public var columns: Tensor
  private let axes: (row: Int, column: Int)?

  /// Zeros; the last two axes are factored, if there are two.
  public init(like w: Tensor) { self.init(like: w, axes: Self.lastAxes(w.shape)) }

  init(like w: Tensor, axes: (row: Int, column: Int)?) {
    self.axes = axes
    rows = .zeros(axes.map { w.shape.keeping(axes: [$0.column]) } ?? w.shape, dtype: w.dtype)
    columns = .zeros(axes.map { w.shape.keeping(axes: [$0.row]) } ?? [0], dtype: w.dtype)
  }

  /// The last two axes, as PyTorch has it; nil for vectors.
  static func lastAxes(_ shape: Shape) -> (row: Int, column: Int)? {
    shape.rank < 2 ? nil : (shape.rank - 2, shape.rank - 1)
  }

  /// The two longest axes, as optax has it; nil when one of them is shorter than `minimum`.
  static func longestAxes(_ shape: Shape, minimum: Int) -> (row: Int, column: Int)? {
    let order = shape.indices.sorted { (shape[$0], $0) < (shape[$1], $1) }
    guard order.count >= 2, shape[order[order.count - 2]] >= minimum else { return nil }
    return (order[order.count - 2], order[order.count - 1])
  }

  /// Takes `squares` in; the root of the mean of all so far, in their full shape. A product of roots: where a row and a
  /// column of the gradient are zero, that of the means is less than any float32.
  ///
  /// - Parameters:
  ///   - squares: of the parameter's shape, at least 0.
  ///   - decay: of the averages, from 0 to 1.
  public func root(adding squares: Tensor, _ decay: Tensor) -> Tensor {
    guard let axes else {
      rows = movingAverage(rows, squares, decay)
      return sqrt(rows)
    }
    rows = movingAverage(rows, squares.mean(axes: [axes.column], keepingAxes: true), decay)
    columns = movingAverage(columns, squares.mean(axes: [axes.row], keepingAxes: true), decay)
    return sqrt(rows / rows.mean(axes: [axes.row], keepingAxes: true)) * sqrt(columns)
  }
}

/// The average step, and the factored means of squares and of its instability (CAME).
public struct ConfidentMoments: OptimizerState {
  /// The average step, of the parameter's shape.
  @Slot public var mean: Tensor
  /// Of the gradient.
  public let squares: FactoredMean
  /// Empty for vectors.
  public let instability: FactoredMean
  /// Starts at zeros.
  public init(like w: Tensor) {
    (mean, squares) = (.zeros(like: w), FactoredMean(like: w))
    instability = FactoredMean(like: w.rank < 2 ? .zeros([0], dtype: w.dtype) : w)
  }
}
