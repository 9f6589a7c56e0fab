import DescentGraph

/// The running mean square of gradients, and their mean if it is to be taken off: what RMSProp divides by.
public struct SecondMoment: OptimizerState {
  @Slot public var meanSquare: Tensor
  /// Empty unless `centered`.
  @Slot public var mean: Tensor
  private let centered: Bool

  public init(like w: Tensor) { self.init(like: w, centered: false) }
  init(like w: Tensor, centered: Bool) {
    self.centered = centered
    (meanSquare, mean) = (.zeros(like: w), .zeros(centered ? w.shape : [0], dtype: w.dtype))
  }

  /// Takes a gradient in; the mean square, or the variance.
  func add(_ g: Tensor, _ decay: Tensor) -> Tensor {
    meanSquare = average(meanSquare, g * g, decay)
    guard centered else { return meanSquare }
    mean = average(mean, g, decay)
    return meanSquare - mean * mean
  }
}
