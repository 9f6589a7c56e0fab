import DescentGraph

/// Moments, and the greatest mean square so far (AMSGrad).
public struct GreatestMoments: OptimizerState {
  @Slot public var greatest: Tensor
  public let base: Moments
  public init(like w: Tensor) { (greatest, base) = (.zeros(like: w), Moments(like: w)) }
}

/// Moments, and the gradient of the step before.
public struct ChangeMoments: OptimizerState {
  @Slot public var previous: Tensor
  public let base: Moments
  public init(like w: Tensor) { (previous, base) = (.zeros(like: w), Moments(like: w)) }
}

/// Moments, the gradient of the step before, and the average of its changes (Adan).
public struct AdanMoments: OptimizerState {
  @Slot public var previous: Tensor
  @Slot public var meanChange: Tensor
  public let base: Moments
  public init(like w: Tensor) { (previous, meanChange, base) = (.zeros(like: w), .zeros(like: w), Moments(like: w)) }
}

/// Moments, and the product of the momenta of all steps so far (a float64 scalar; NAdam).
public struct WarmedMoments: OptimizerState {
  @Slot public var momentumProduct: Tensor
  public let base: Moments
  public init(like w: Tensor) { (momentumProduct, base) = (Tensor(1), Moments(like: w)) }
}

/// Averages that need no correction: each gradient's share is 1 over the sum of all weights so far (QHAdam).
public struct WeightedMoments: OptimizerState {
  /// The sums of weights, 1 + β + β² + … (float64 scalars).
  @Slot public var weight1: Tensor
  @Slot public var weight2: Tensor
  public let base: Moments
  public init(like w: Tensor) { (weight1, weight2, base) = (Tensor(0), Tensor(0), Moments(like: w)) }

  /// Takes a gradient in; the weights are computed in `dtype`.
  func add(_ g: Tensor, _ beta1: Tensor, _ beta2: Tensor, weightsIn dtype: DType) {
    func next(_ weight: Tensor, _ beta: Tensor) -> Tensor {
      ((beta.rounded(to: dtype) * weight).rounded(to: dtype) + 1).rounded(to: dtype)
    }
    (weight1, weight2) = (next(weight1, beta1), next(weight2, beta2))
    base.mean = average(base.mean, g, 1 - (1 / weight1).rounded(to: dtype))
    base.meanSquare = average(base.meanSquare, g * g, 1 - (1 / weight2).rounded(to: dtype))
  }
}
