import DescentGraph

/// Cautious updates (Liang et al. 2024, arXiv 2411.16085): acts on the step that comes out of the method. Elements that
/// would move against the present gradient's descent stay, and the others move further by as much as there are fewer of
/// them in their tensor (at most 1000 times).
///
/// Weight decay that belongs to the method counts as part of its step; `.cautious().weightDecay(…)` keeps it out.
public struct Cautious<Base: OptimizationMethod>: Modifier {
  /// The method inside.
  public var base: Base

  /// The step of the method inside, masked and scaled tensor by tensor.
  public func update(_ parameters: [ParameterStep<Base.State>], at step: Step<Self>) -> [Tensor] {
    zip(parameters, base.update(parameters, at: step.inner)).map { parameter, value in
      let descent = parameter.value - value
      let agrees = (descent * parameter.gradient .> 0).cast(to: descent.dtype)
      return parameter.value - descent * (agrees / maximum(agrees.mean(), 1e-3))
    }
  }
}

extension OptimizationMethod {
  /// The method without the elements of its step that go against the gradient.
  public func cautious() -> Cautious<Self> { Cautious(base: self) }
}
