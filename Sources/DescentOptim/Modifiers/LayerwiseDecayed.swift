import DescentGraph

/// Layer-wise learning-rate decay (Howard & Ruder 2018, arXiv 1801.06146): acts on the learning rate, which for the layer
/// `n` places before the last is η·decayⁿ.
///
/// Layers are told apart by the beginning of a name up to its first number (`blocks.3`), or its first part where there is
/// none (`embedding`), and stand in the order of the parameters. It wraps the method itself, and other modifiers wrap it.
public struct LayerwiseDecayed<Base: Optimizer>: Modifier {
  public var base: Base
  public var decay: Schedule

  public static var adjustable: [Hyperparameter<Self>] { [.init("decay", \.decay, .positive)] + inherited }

  public func update(_ parameters: [ParameterStep<Base.State>], at step: Step<Self>) -> [Tensor] {
    var layers: [String] = []
    for layer in parameters.map({ Self.layer(of: $0.name) }) where !layers.contains(layer) { layers.append(layer) }
    // Whichever way the method reads its learning rate: that hyper-parameter which setting the learning rate changes.
    var probe = base
    probe.learningRate = Schedule("probe") { _ in .nan }
    let marked = probe
    return parameters.map { parameter in
      let distance = layers.count - 1 - layers.firstIndex(of: Self.layer(of: parameter.name))!
      let scale = pow(step.decay, Double(distance))
      let inner = step.inner.changing { path, value in
        marked[keyPath: path].value(at: 0).isNaN ? value * scale : value
      }
      return base.update(parameter.value, gradient: parameter.gradient, state: parameter.state, at: inner)
    }
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
