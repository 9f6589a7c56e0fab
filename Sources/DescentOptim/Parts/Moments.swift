import DescentGraph

/// Exponential averages of the gradient and of its square: what Adam and its relatives remember.
public struct Moments: OptimizerState {
  @Slot public var mean: Tensor
  @Slot public var meanSquare: Tensor

  public init(like w: Tensor) { self.init(like: w, filled: 0) }

  /// Both averages start from `value`.
  init(like w: Tensor, filled value: Double) {
    mean = Tensor(filled: value, shape: w.shape, dtype: w.dtype)
    meanSquare = Tensor(filled: value, shape: w.shape, dtype: w.dtype)
  }

  /// Takes a gradient in.
  func add(_ g: Tensor, _ beta1: Tensor, _ beta2: Tensor) {
    mean = average(mean, g, beta1)
    meanSquare = average(meanSquare, g * g, beta2)
  }
}

/// A step in exponential averaging: `decay·old + (1 − decay)·new`.
func average(_ old: Tensor, _ new: Tensor, _ decay: Tensor) -> Tensor { decay * old + (1 - decay) * new }

extension Step {
  /// 1/(1 − decayᵗ), by which an exponential average is corrected for its start at zero. A scalar: one division per step
  /// and not per element.
  func correction(_ decay: Tensor) -> Tensor { 1 / (1 - pow(decay, number)) }

  /// Takes a gradient in; gives Adam's direction m̂/(√v̂ + ε).
  func direction(_ s: Moments, _ g: Tensor, _ beta1: Tensor, _ beta2: Tensor, _ epsilon: Tensor) -> Tensor {
    s.add(g, beta1, beta2)
    return correction(beta1) * s.mean / (sqrt(correction(beta2) * s.meanSquare) + epsilon)
  }

  /// The same with Nesterov's look ahead in place of m̂.
  func nesterovDirection(_ s: Moments, _ g: Tensor, _ beta1: Tensor, _ beta2: Tensor, _ epsilon: Tensor) -> Tensor {
    s.add(g, beta1, beta2)
    return ahead(s.mean, g, beta1) / (sqrt(correction(beta2) * s.meanSquare) + epsilon)
  }
}
