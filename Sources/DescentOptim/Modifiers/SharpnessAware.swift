import DescentGraph

/// Sharpness-aware minimization (Foret et al. 2020, arXiv 2010.01412): the method gets the gradient taken a step of length
/// `radius` up the slope, at θ + ρ·g/(‖g‖ + ε). Twice the work of a step, on the same batch.
///
/// Acts on the gradients.
public struct SharpnessAware<Base: OptimizationMethod>: Modifier {
  /// The method inside.
  public var base: Base
  /// ρ.
  public var radius: Schedule

  /// `radius`, then those of the method inside.
  public static var adjustable: [Hyperparameter<Self>] { [.init("radius", \.radius, .positive)] + inherited }

  /// Always: the gradient is taken twice.
  public var needsLoss: Bool { true }

  /// The step of the method inside, from where the parameters are, with the gradient from up the slope.
  public func update(_ parameters: [ParameterStep<Base.State>], at step: Step<Self>) -> [Tensor] {
    let reach = step.radius / (globalNorm(parameters.map(\.gradient)) + 1e-12)
    let gradients = step.evaluate(at: parameters.map { $0.value + reach * $0.gradient }).gradients
    return base.update(
      parameters.replacing(gradients: gradients), at: step.inside(\.base, shared: step.shared, gradients: gradients))
  }
}

extension OptimizationMethod {
  /// The method on gradients taken where the loss is worst within `radius`.
  public func sharpnessAware(radius: Schedule = 0.05) -> SharpnessAware<Self> {
    SharpnessAware(base: self, radius: radius)
  }
}
