import DescentGraph

/// Annealed gradient noise (Neelakantan et al. 2015, arXiv 1511.06807): acts on the gradients and adds normal noise of
/// variance `variance` / (1 + t)^`decay` to them, t counting from 0.
///
/// The same key gives the same noise: it is drawn from the key, the step's number and the parameter's name.
public struct NoisyGradients<Base: OptimizationMethod>: Modifier {
  /// The method inside.
  public var base: Base
  /// η in the paper: the variance in the first step, at least 0.
  public var variance: Schedule
  /// γ in the paper: the power by which the variance falls, at least 0.
  public var decay: Schedule
  /// Decides the noise.
  public let key: RandomKey

  /// `variance` and `decay`, then those of the method inside.
  public static var adjustable: [Hyperparameter<Self>] {
    [.init("variance", \.variance, .nonNegative), .init("decay", \.decay, .nonNegative)] + inherited
  }

  /// The step of the method inside on noisy gradients.
  public func update(_ parameters: [ParameterStep<Base.State>], at step: Step<Self>) -> [Tensor] {
    let deviation = sqrt(step.variance / pow(step.number, step.decay))
    let key = key.folding(in: step.number)
    let gradients = parameters.map { parameter in
      let g = parameter.gradient
      return g + deviation * key.folding(in: parameter.name).normal(g.shape, dtype: g.dtype)
    }
    return base.update(
      parameters.replacing(gradients: gradients), at: step.inside(\.base, shared: step.shared, gradients: gradients))
  }
}

extension OptimizationMethod {
  /// The method on gradients with normal noise whose variance falls as (1 + t)^−decay.
  public func gradientNoise(key: RandomKey, variance: Schedule = 0.01, decay: Schedule = 0.55) -> NoisyGradients<Self> {
    NoisyGradients(base: self, variance: variance, decay: decay, key: key)
  }
}
