import DescentGraph

/// Layer-wise learning-rate decay (Howard & Ruder 2018, arXiv 1801.06146): acts on the learning rate, which for the layer
/// `n` places before the last is η·decayⁿ.
///
/// Layers are told apart by the beginning of a name up to its first number (`blocks.3`), or its first part where there is
/// none (`embedding`), and stand in the order of the parameters. It wraps the method itself, and other modifiers wrap it.
public struct LayerwiseDecayed<Base: Optimizer>: Modifier {
  /// The method inside.
  public var base: Base
  /// The factor from a layer to the one before it, above 0 and as a rule below 1.
  public var decay: Schedule

  /// `decay`, then those of the method inside.
  public static var adjustable: [Hyperparameter<Self>] { [.init("decay", \.decay, .positive)] + inherited }

  /// The step of the method inside, each tensor at its layer's learning rate.
  public func update(_ parameters: [ParameterStep<Base.State>], at step: Step<Self>) -> [Tensor] {
    zip(parameters, factors(parameters, step)).map { parameter, factor in
      base.update(
        parameter.value, gradient: parameter.gradient, state: parameter.state,
        at: step.inner.scalingLearningRate(of: base, by: factor))
    }
  }

  /// That of the method inside, at each layer's learning rate.
  public func plan(_ parameters: [ParameterStep<Base.State>], at step: Step<Self>) -> [StepPlan] {
    zip(base.plan(parameters, at: step.inner), factors(parameters, step)).map { plan, factor in
      StepPlan(rate: plan.rate.map { $0 * factor }, isTaken: plan.isTaken, number: plan.number)
    }
  }

  private func factors(_ parameters: [ParameterStep<Base.State>], _ step: Step<Self>) -> [Tensor] {
    let own = parameters.map { Self.layer(of: $0.name) }
    var layers: [String] = []
    for layer in own where !layers.contains(layer) { layers.append(layer) }
    return own.map { pow(step.decay, Double(layers.count - 1 - layers.firstIndex(of: $0)!)) }
  }

  static func layer(of name: String) -> String {
    let parts = name.split(separator: ".")
    let number = parts.firstIndex { $0.allSatisfy(\.isNumber) } ?? 0
    return parts.prefix(number + 1).joined(separator: ".")
  }
}

extension Optimizer {
  /// The method with a learning rate that is `decay` times smaller for each layer further from the last.
  public func layerwiseDecay(_ decay: Schedule) -> LayerwiseDecayed<Self> {
    LayerwiseDecayed(base: self, decay: decay)
  }
}
