import DescentGraph

/// The estimate of how far the solution is from the start that D-Adaptation and Prodigy share (float64 scalars).
public struct DistanceEstimate: OptimizerState {
  @Slot public var distance: Tensor
  /// What the estimate is made of: the progress so far along the gradients.
  @Slot public var numerator: Tensor
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
  @Slot public var sum: Tensor
  public let base: Moments
  public init(like w: Tensor) { (sum, base) = (.zeros(like: w), Moments(like: w)) }

  /// Takes a gradient in, times `rate`; the mean square is of the gradient itself.
  func add(_ g: Tensor, rate: Tensor, _ beta1: Tensor, _ beta2: Tensor, _ decay: Tensor) {
    base.mean = average(base.mean, rate * g, beta1)
    base.meanSquare = average(base.meanSquare, g * g, beta2)
    sum = average(sum, rate * g, decay)
  }
}

/// Moments, a running sum of weighted gradients, and where the parameters started (Prodigy).
public struct StartedMoments: OptimizerState {
  @Slot public var sum: Tensor
  @Slot public var start: Tensor
  public let base: Moments
  public init(like w: Tensor) { (sum, start, base) = (.zeros(like: w), .zeros(like: w), Moments(like: w)) }

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
  @Slot public var farthest: Tensor
  @Slot public var squareSum: Tensor
  public init(like parameter: Tensor) { (farthest, squareSum) = (Tensor(0), Tensor(0)) }
}
