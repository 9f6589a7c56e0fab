import DescentGraph

/// x/√(mean(x²) + ε) over the last axes of each example, times weight (Zhang & Sennrich 2019, arXiv 1910.07467):
/// `[…, shape] → […, shape]`; the weight has the normalized axes' shape.
public struct RMSNorm: UnaryModule {
  /// What normalized elements are multiplied by, of the normalized axes' shape; ones at first.
  public let weight: Parameter
  /// Added to the mean square before its root is taken.
  public let epsilon: Double

  /// - Parameters:
  ///   - shape: of the last axes, which are normalized together.
  ///   - epsilon: added to the mean square; PyTorch's default, the spacing of floats at 1.
  public init(_ shape: Shape, epsilon: Double = Double(Float.ulpOfOne)) {
    weight = Parameter(shape, .ones)
    self.epsilon = epsilon
  }

  /// Normalizes the last axis, of extent `width`.
  public init(_ width: Int, epsilon: Double = Double(Float.ulpOfOne)) { self.init([width], epsilon: epsilon) }

  /// Traps unless the shape of x ends in the weight's.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    let axes = normalizedAxes(of: x, "RMSNorm", weight.shape)
    return x * rsqrt((x * x).mean(axes: axes, keepingAxes: true) + epsilon) * weight.value
  }
}

extension RMSNorm {
  /// `RMSNorm[shape]`.
  public var title: String { "RMSNorm(\(weight.shape))" }
}
