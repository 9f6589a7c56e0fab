import DescentGraph

/// Gradients are brought within bounds before the method sees them. Acts on the gradients.
public struct Clipped<Base: OptimizationMethod>: Modifier {
  /// What the limit is for.
  public enum Bound: String, CaseIterable, Sendable {
    /// Each element between −limit and limit.
    case value
    /// All gradients together scaled so that their common Euclidean norm is at most limit (Pascanu et al. 2012, arXiv
    /// 1211.5063).
    case globalNorm
    /// Each tensor scaled so that its norm is at most limit.
    case tensorNorm
    /// Each output's gradient (a slice of the first axis; a vector as a whole) scaled so that its norm is at most limit
    /// times that of its weights, those counted as 1e-3 at least: adaptive clipping (Brock et al. 2021, arXiv 2102.06171).
    case adaptive
  }

  /// The method inside.
  public var base: Base
  /// The greatest magnitude or norm, above 0; for `adaptive` a fraction of the weights' norm.
  public var limit: Schedule
  /// What the limit is for.
  public let bound: Bound

  /// `limit`, then those of the method inside.
  public static var adjustable: [Hyperparameter<Self>] { [.init("limit", \.limit, .positive)] + inherited }

  /// The step of the method inside on clipped gradients.
  public func update(_ parameters: [ParameterStep<Base.State>], at step: Step<Self>) -> [Tensor] {
    let clipped = clip(parameters, limit: step.limit)
    return base.update(
      parameters.replacing(gradients: clipped),
      at: step.inside(\.base, shared: step.shared, gradients: clipped))
  }

  private func clip(_ parameters: [ParameterStep<Base.State>], limit: Tensor) -> [Tensor] {
    let gradients = parameters.map(\.gradient)
    return switch bound {
    case .adaptive:
      zip(parameters, gradients).map { parameter, g in
        let axes = g.rank < 2 ? nil : Array(1..<g.rank)
        func norm(_ x: Tensor) -> Tensor { x.norm(axes: axes, keepingAxes: axes != nil) }
        return g * minimum(limit * maximum(norm(parameter.value), 1e-3) / norm(g), 1)
      }
    case .value: gradients.map { minimum(maximum($0, -limit), limit) }
    case .tensorNorm: gradients.map { $0 * minimum(limit / $0.norm(), 1) }
    case .globalNorm: { scale in gradients.map { $0 * scale } }(minimum(limit / globalNorm(gradients), 1))
    }
  }
}

extension OptimizationMethod {
  /// The method on gradients whose elements are clipped to −value … value.
  public func clipped(value: Schedule) -> Clipped<Self> { Clipped(base: self, limit: value, bound: .value) }
  /// The method on gradients scaled so that their common norm is at most `globalNorm`.
  public func clipped(globalNorm: Schedule) -> Clipped<Self> {
    Clipped(base: self, limit: globalNorm, bound: .globalNorm)
  }
  /// The method on gradients scaled so that each tensor's norm is at most `tensorNorm`.
  public func clipped(tensorNorm: Schedule) -> Clipped<Self> {
    Clipped(base: self, limit: tensorNorm, bound: .tensorNorm)
  }
  /// The method on gradients scaled so that each output's norm is at most `adaptive` times its weights'.
  public func clipped(adaptive: Schedule) -> Clipped<Self> { Clipped(base: self, limit: adaptive, bound: .adaptive) }
}
