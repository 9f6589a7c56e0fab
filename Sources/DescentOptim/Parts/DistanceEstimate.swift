import DescentGraph

/// The estimate of how far the solution is from the start that D-Adaptation and Prodigy share (float64 scalars).
public struct DistanceEstimate: OptimizerState {
  /// d: a lower bound of the distance, which never falls.
  @Slot public var distance: Tensor
  /// What the estimate is made of: the progress so far along the gradients.
  @Slot public var numerator: Tensor
  /// Starts at 10⁻⁶, whatever the parameter.
  public init(like parameter: Tensor) { self.init(1e-6) }
  init(_ start: Double) { (distance, numerator) = (Tensor(start), Tensor(0)) }

  /// Takes progress in; the estimate grows to `growth` times all of it over `size`, if that is more.
  func grow(by progress: Tensor, over size: Tensor, _ decay: Tensor, times growth: Tensor = Tensor(1)) {
    numerator = decay * numerator + progress
    distance = maximum(distance, select(size .> 0, growth * numerator / size, distance))
  }
}

extension Step {
  /// `rate`, times Adam's corrections as one factor √(1−β₂ᵗ)/(1−β₁ᵗ) if `corrects`.
  func rate(_ rate: Tensor, corrects: Bool, _ beta1: Tensor, _ beta2: Tensor) -> Tensor {
    corrects ? rate * correction(beta1) / sqrt(correction(beta2)) : rate
  }
}

/// Moments, and a running sum of gradients weighted by the learning rate (D-Adaptation).
public struct SummedMoments: OptimizerState {
  /// The running sum, of the parameter's shape.
  @Slot public var sum: Tensor
  /// The averages of the gradient and its square.
  public let base: Moments
  /// Starts at zeros.
  public init(like w: Tensor) { (sum, base) = (.zeros(like: w), Moments(like: w)) }

  /// Takes a gradient in, times `rate`; the mean square is of the gradient itself.
  func add(_ g: Tensor, rate: Tensor, _ beta1: Tensor, _ beta2: Tensor, _ decay: Tensor) {
    base.mean = movingAverage(base.mean, rate * g, beta1)
    base.meanSquare = movingAverage(base.meanSquare, g * g, beta2)
    sum = movingAverage(sum, rate * g, decay)
  }
}

/// Moments, a running sum of weighted gradients, and where the parameters started (Prodigy).
public struct StartedMoments: OptimizerState {
  /// The running sum, of the parameter's shape.
  @Slot public var sum: Tensor
  /// The value before the first step.
  @Slot public var start: Tensor
  /// The averages of the gradient and its square, both weighted by the estimate.
  public let base: Moments
  /// Starts at zeros; the first step takes the parameter's value.
  public init(like w: Tensor) {
    _start = .weight(.zeros(like: w))
    (sum, base) = (.zeros(like: w), Moments(like: w))
  }

  /// Takes the gradient at `w` in: times the estimate `d` into the moments, times `weight` into the sum.
  func add<Method>(
    _ g: Tensor, at w: Tensor, times d: Tensor, weight: Tensor, _ decays: (Tensor, Tensor, Tensor), _ step: Step<Method>
  ) {
    start = step.first(w, otherwise: start)
    base.add(d * g, decays.0, decays.1)
    sum = decays.2 * sum + weight * g
  }
}

/// How far the parameters have been from their start, and the sum of all squared gradients (float64 scalars; DoG).
public struct TravelledDistance: OptimizerState {
  /// The greatest distance of all parameters together.
  @Slot public var farthest: Tensor
  /// Of all elements of all gradients so far.
  @Slot public var squareSum: Tensor
  /// Starts at 0 and 0, whatever the parameter.
  public init(like parameter: Tensor) { (farthest, squareSum) = (Tensor(0), Tensor(0)) }
}
