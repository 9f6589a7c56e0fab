import DescentGraph

/// Where ε stands in a division by a root mean square. Libraries differ, and small gradients feel it.
public enum EpsilonPlace: String, Sendable {
  /// √v + ε: PyTorch, and the Adam paper.
  case outsideRoot
  /// √(v + ε): optax's RMSProp.
  case insideRoot

  /// The denominator for mean square `v`.
  func root(_ v: Tensor, _ epsilon: Tensor) -> Tensor {
    switch self {
    case .outsideRoot: sqrt(v) + epsilon
    case .insideRoot: sqrt(v + epsilon)
    }
  }
}
