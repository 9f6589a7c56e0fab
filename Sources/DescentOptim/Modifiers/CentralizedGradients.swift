import DescentGraph

/// Gradient centralization (Yong et al. 2020, arXiv 2004.01461): acts on the gradients of tensors of two and more axes and
/// subtracts from each the mean of its slice of the first axis, the weights of one output.
public struct CentralizedGradients<Base: OptimizationMethod>: Modifier {
  /// The method inside.
  public var base: Base

  /// The step of the method inside on centred gradients; vectors and scalars keep theirs.
  public func update(_ parameters: [ParameterStep<Base.State>], at step: Step<Self>) -> [Tensor] {
    let gradients = parameters.map { parameter -> Tensor in
      let g = parameter.gradient
      return g.rank < 2 ? g : g - g.mean(axes: Array(1..<g.rank), keepingAxes: true)
    }
    return base.update(
      parameters.replacing(gradients: gradients), at: step.inside(\.base, shared: step.shared, gradients: gradients))
  }
}

extension OptimizationMethod {
  /// The method on gradients without their mean over the weights of each output.
  public func centralizingGradients() -> CentralizedGradients<Self> { CentralizedGradients(base: self) }
}
