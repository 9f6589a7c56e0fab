import DescentGraph

/// How many steps were taken and left out.
public struct SkippedSteps: OptimizerState {
  /// i64 scalars.
  @Slot public var taken: Tensor
  @Slot public var skipped: Tensor
  public init(like: Tensor) {
    taken = .zeros([], dtype: .int64)
    skipped = .zeros([], dtype: .int64)
  }
  var clock: Slot { _taken }
  var count: Int { _skipped.variable.storage.integer(at: 0) }
}

/// Leaves out steps whose gradients hold an infinity or NaN: parameters, states and schedules stay as they were, and the
/// step is counted in `skipped` (``Updater/skippedSteps``). Acts on the whole step of the method inside; as the outermost
/// modifier it sees the gradients before anything else does.
public struct SkippingNonFinite<Base: OptimizationMethod>: Modifier {
  public var base: Base

  public typealias State = Base.State
  public typealias Shared = Layered<SkippedSteps, Base.Shared>

  public func makeShared(for parameters: [(name: String, like: Tensor)]) -> Shared {
    Shared(own: SkippedSteps(like: Tensor(0)), base: base.makeShared(for: parameters))
  }

  public func update(_ parameters: [ParameterStep<State>], at step: Step<Self>) -> [Tensor] {
    let counts = step.shared.own
    // 0·x is NaN for an infinity and for NaN, and 0 for all else.
    let isFinite =
      parameters.map { ($0.gradient * 0).sum() }.reduce(Tensor(0, dtype: .float32)) {
        $0 + $1.cast(to: .float32)
      } .== 0
    let before = StateSnapshot(parameters.map(\.state) + [step.shared.base])
    let values = base.update(parameters, at: step.inside(\.base, shared: step.shared.base, clock: counts.clock))
    before.restore(unless: isFinite)
    counts.taken = counts.taken + isFinite.cast(to: .int64)
    counts.skipped = counts.skipped + (1 - isFinite.cast(to: .int64))
    return zip(parameters, values).map { select(isFinite, $1, $0.value) }
  }

  public func evaluationPoint(_ parameters: [ParameterStep<State>], at step: Step<Self>) -> [Tensor]? {
    base.evaluationPoint(parameters, at: step.inside(\.base, shared: step.shared.base, clock: step.shared.own.clock))
  }
}

extension OptimizationMethod {
  /// The method, which leaves steps with infinite or undefined gradients out and counts them.
  public func skippingNonFinite() -> SkippingNonFinite<Self> { SkippingNonFinite(base: self) }
}

extension Updater {
  /// Steps that ``SkippingNonFinite`` has left out; nil where the method has none.
  public var skippedSteps: Int? { shared.first(SkippedSteps.self)?.count }
}
