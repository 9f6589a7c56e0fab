import DescentGraph

/// Which root of a mean square ε joins, when the mean square v is corrected for its start at zero (v̂). Libraries differ,
/// and early steps and small gradients feel it. A second ε may stand under the root (`epsilonRoot`).
public enum EpsilonPlace: String, Sendable {
  /// √v̂ + ε: the Adam paper's algorithm 1, PyTorch, optax.
  case corrected
  /// (√v + ε)·√(v̂/v): the Adam paper's end of section 2, Keras.
  case uncorrected

  /// The denominator for mean square `v` and v̂ = `correction`·v, where ``Step/correction(_:)`` of its decay is meant.
  public func root(_ v: Tensor, _ correction: Tensor, _ epsilon: Tensor, inside epsilonRoot: Tensor) -> Tensor {
    switch self {
    case .corrected: sqrt(correction * v + epsilonRoot) + epsilon
    case .uncorrected: sqrt(correction) * (sqrt(v + epsilonRoot) + epsilon)
    }
  }
}
