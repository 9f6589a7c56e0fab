import DescentGraph

/// Weight decay of the parameters whose names match a pattern.
///
/// Decoupled, it acts before the method's step: ηλθ is subtracted from θ, η the learning rate that the method inside steps
/// this parameter at (Loshchilov & Hutter 2017, arXiv 1711.05101), its group's or layer's. What that leaves alone, as it is
/// frozen, skipped or not yet due, does not decay. Coupled, it acts on the gradients: λθ is added to them (L2
/// regularization), and the method treats that as part of the gradient. Modifiers inside see the sum, those outside do not.
public struct WeightDecayed<Base: OptimizationMethod>: Modifier {
  /// Where the decay acts: on the parameters, or on the gradients.
  public enum Kind: String, CaseIterable, Sendable { case decoupled, coupled }
  /// The method inside.
  public var base: Base
  /// λ, at least 0.
  public var decay: Schedule
  /// Of the names of the parameters that decay.
  public let pattern: NamePattern
  /// Decoupled or coupled.
  public let kind: Kind

  /// `decay`, then those of the method inside.
  public static var adjustable: [Hyperparameter<Self>] { [.init("decay", \.decay, .nonNegative)] + inherited }

  /// - Throws: ``NamePatternError`` when the pattern matches no name, or one of the method inside does not.
  public func check(names: [String]) throws(NamePatternError) {
    try pattern.check(names)
    try base.check(names: names)
  }

  /// The step of the method inside from decayed parameters, or on gradients with λθ.
  public func update(_ parameters: [ParameterStep<Base.State>], at step: Step<Self>) -> [Tensor] {
    let plans = base.plan(parameters, at: step.inner)
    let changed = zip(parameters, plans).map { parameter, plan in
      var parameter = parameter
      guard pattern.matches(parameter.name) else { return parameter }
      switch kind {
      case .decoupled:
        guard let rate = plan.rate else { break }
        let value = parameter.value
        parameter.value = plan.moving(value, to: value - rate * step.decay * value)
      case .coupled: parameter.gradient = parameter.gradient + step.decay * parameter.value
      }
      return parameter
    }
    return base.update(
      changed, at: step.inside(\.base, shared: step.shared, gradients: changed.map(\.gradient)))
  }
}

extension OptimizationMethod {
  /// The method with weight decay λ for the parameters that match: `.weightDecay(0.1, matching: "*.weight")`.
  public func weightDecay(
    _ decay: Schedule, matching pattern: NamePattern = "*", _ kind: WeightDecayed<Self>.Kind = .decoupled
  ) -> WeightDecayed<Self> {
    WeightDecayed(base: self, decay: decay, pattern: pattern, kind: kind)
  }
}
