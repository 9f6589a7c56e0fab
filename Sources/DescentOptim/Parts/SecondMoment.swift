import DescentGraph

/// The running mean square of gradients, and their mean if it is to be taken off: what RMSProp divides by.
public struct SecondMoment: OptimizerState {
  /// The average of g², of the parameter's shape.
  @Slot public var meanSquare: Tensor
  /// Empty unless `centered`.
  @Slot public var mean: Tensor
  private let centered: Bool

  /// Zeros, without the mean.
  public init(like w: Tensor) { self.init(like: w, centered: false) }
  /// Zeros; the mean is kept if `centered`.
  public init(like w: Tensor, centered: Bool) {
    self.centered = centered
    (meanSquare, mean) = (.zeros(like: w), .zeros(centered ? w.shape : [0], dtype: w.dtype))
  }

  /// Takes a gradient in; the mean square, or the variance.
  public func add(_ g: Tensor, _ decay: Tensor) -> Tensor {
    meanSquare = movingAverage(meanSquare, g * g, decay)
    guard centered else { return meanSquare }
    mean = movingAverage(mean, g, decay)
    return meanSquare - mean * mean
  }
}
