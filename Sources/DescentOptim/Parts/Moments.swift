import DescentGraph

/// Exponential averages of the gradient and of its square: what Adam and its relatives remember.
public struct Moments: OptimizerState {
  /// m, the average of the gradient, of the parameter's shape.
  @Slot public var mean: Tensor
  /// v, the average of its square.
  @Slot public var meanSquare: Tensor

  /// Both averages start from zeros, as Adam's.
  public init(like w: Tensor) { self.init(like: w, filled: 0) }

  /// Both averages start from `value`.
  public init(like w: Tensor, filled value: Double) {
    mean = Tensor(filled: value, shape: w.shape, dtype: w.dtype)
    meanSquare = Tensor(filled: value, shape: w.shape, dtype: w.dtype)
  }

  /// Takes a gradient in: m ← β₁m + (1−β₁)g; v ← β₂v + (1−β₂)g².
  public func add(_ g: Tensor, _ beta1: Tensor, _ beta2: Tensor) {
    mean = movingAverage(mean, g, beta1)
    meanSquare = movingAverage(meanSquare, g * g, beta2)
  }
}

/// A step of an exponential moving average: `decay·old + (1 − decay)·new`, the decay from 0 to 1.
public func movingAverage(_ old: Tensor, _ new: Tensor, _ decay: Tensor) -> Tensor { decay * old + (1 - decay) * new }

extension Step {
  /// 1/(1 − decayᵗ), by which an exponential average is corrected for its start at zero (Kingma & Ba 2014, arXiv
  /// 1412.6980, section 3). A float64 scalar: one division per step and not per element.
  public func correction(_ decay: Tensor) -> Tensor { 1 / (1 - pow(decay, number)) }

  /// Takes a gradient in; gives Adam's direction m̂/(√v̂ + ε).
  ///
  /// - Parameters:
  ///   - s: the averages, which are updated.
  ///   - g: the gradient, of the parameter's shape.
  ///   - beta1: how much of the mean stays.
  ///   - beta2: how much of the mean square stays.
  ///   - epsilon: ε.
  public func adamDirection(_ s: Moments, _ g: Tensor, _ beta1: Tensor, _ beta2: Tensor, _ epsilon: Tensor) -> Tensor {
    s.add(g, beta1, beta2)
    return correction(beta1) * s.mean / (sqrt(correction(beta2) * s.meanSquare) + epsilon)
  }

  /// The same with Nesterov's look ahead in place of m̂.
  func nesterovDirection(_ s: Moments, _ g: Tensor, _ beta1: Tensor, _ beta2: Tensor, _ epsilon: Tensor) -> Tensor {
    s.add(g, beta1, beta2)
    return ahead(s.mean, g, beta1) / (sqrt(correction(beta2) * s.meanSquare) + epsilon)
  }
}
