import DescentGraph

/// How weight decay λ acts.
public enum WeightDecayKind: String, Sendable {
  /// As part of the gradient, g + λθ (an L2 penalty).
  case coupled
  /// Aside from the step: θ shrinks by ηλ (Loshchilov & Hutter 2017, arXiv 1711.05101).
  case decoupled
  /// Aside from the step, by λ whatever the learning rate.
  case fixed

  /// The parameter that the step is taken from, and the gradient that the method sees; one of the two is as it was.
  ///
  /// The decay is subtracted, since 1 − ηλ as a factor would lose its digits in float32.
  ///
  /// - Parameters:
  ///   - lambda: λ, a scalar of at least 0.
  ///   - rate: η, the learning rate.
  ///   - w: the parameter.
  ///   - g: its gradient.
  public func applied(_ lambda: Tensor, rate: Tensor, to w: Tensor, _ g: Tensor) -> (w: Tensor, gradient: Tensor) {
    switch self {
    case .coupled: (w, g + lambda * w)
    case .decoupled: (w - rate * lambda * w, g)
    case .fixed: (w - lambda * w, g)
    }
  }
}
