import DescentGraph

/// An element-wise non-linearity, by name.
public enum Activation: String, CaseIterable, Module {
  /// The functions of these names.
  case relu, gelu, tanh, sigmoid, softplus, silu
  /// The input itself.
  case identity

  /// Element by element: floats of any shape.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    switch self {
    case .relu: DescentGraph.relu(x)
    case .gelu: DescentGraph.gelu(x)
    case .tanh: DescentGraph.tanh(x)
    case .sigmoid: DescentGraph.sigmoid(x)
    case .softplus: DescentGraph.softplus(x)
    case .silu: DescentGraph.silu(x)
    case .identity: x
    }
  }

  /// The initializer that suits a layer followed by this non-linearity.
  public func initializer(fanIn: Int, fanOut: Int) -> Initializer {
    switch self {
    case .relu, .gelu, .softplus, .silu: .heUniform(fanIn: fanIn)
    case .tanh, .sigmoid, .identity: .xavierUniform(fanIn: fanIn, fanOut: fanOut)
    }
  }
}

extension Activation {
  /// The function's name.
  public var title: String { rawValue }
}
