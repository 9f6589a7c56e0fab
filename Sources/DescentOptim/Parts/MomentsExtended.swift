import DescentGraph

/// Moments, and the greatest mean square so far (AMSGrad).
public struct GreatestMoments: OptimizerState {
  /// The greatest mean square of each element.
  @Slot public var greatest: Tensor
  /// The averages of the gradient and its square.
  public let base: Moments
  /// Starts at zeros.
  public init(like w: Tensor) { (greatest, base) = (.zeros(like: w), Moments(like: w)) }
}

/// Moments, and the gradient of the step before.
public struct ChangeMoments: OptimizerState {
  /// The last gradient.
  @Slot public var previous: Tensor
  /// The averages of the gradient and its square.
  public let base: Moments
  /// Starts at zeros.
  public init(like w: Tensor) { (previous, base) = (.zeros(like: w), Moments(like: w)) }
}

/// Moments, the gradient of the step before, and the average of its changes (Adan).
public struct AdanMoments: OptimizerState {
  /// The last gradient.
  @Slot public var previous: Tensor
  /// The average of the changes from one gradient to the next.
  @Slot public var meanChange: Tensor
  /// The averages of the gradient and its square.
  public let base: Moments
  /// Starts at zeros.
  public init(like w: Tensor) { (previous, meanChange, base) = (.zeros(like: w), .zeros(like: w), Moments(like: w)) }
}

/// Moments, and the product of the momenta of all steps so far (a float64 scalar; NAdam).
public struct WarmedMoments: OptimizerState {
  /// Πμ, over all steps so far.
  @Slot public var momentumProduct: Tensor
  /// The averages of the gradient and its square.
  public let base: Moments
  /// The product starts at 1, the averages at zeros.
  public init(like w: Tensor) { (momentumProduct, base) = (Tensor(1), Moments(like: w)) }
}

/// Averages that need no correction: each gradient's share is 1 over the sum of all weights so far (QHAdam).
public struct WeightedMoments: OptimizerState {
  /// The sum of the weights so far, 1 + β₁ + β₁² + … (float64 scalar).
  @Slot public var weight1: Tensor
  /// 1 + β₂ + β₂² + … (float64 scalar).
  @Slot public var weight2: Tensor
  /// The averages of the gradient and its square.
  public let base: Moments
  /// Starts at zeros.
  public init(like w: Tensor) { (weight1, weight2, base) = (Tensor(0), Tensor(0), Moments(like: w)) }

  /// Takes a gradient in; the weights are computed in `dtype`.
  func add(_ g: Tensor, _ beta1: Tensor, _ beta2: Tensor, weightsIn dtype: DType) {
    func next(_ weight: Tensor, _ beta: Tensor) -> Tensor {
      ((beta.rounded(to: dtype) * weight).rounded(to: dtype) + 1).rounded(to: dtype)
    }
    (weight1, weight2) = (next(weight1, beta1), next(weight2, beta2))
    base.mean = movingAverage(base.mean, g, 1 - (1 / weight1).rounded(to: dtype))
    base.meanSquare = movingAverage(base.meanSquare, g * g, 1 - (1 / weight2).rounded(to: dtype))
  }
}
