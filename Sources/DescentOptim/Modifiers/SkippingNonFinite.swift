import DescentGraph

/// How many steps were taken and left out.
public struct SkippedSteps: OptimizerState {
  /// Steps taken (i64 scalar).
  @Slot public var taken: Tensor
  /// Steps left out (i64 scalar).
  @Slot public var skipped: Tensor
  /// Starts at 0 and 0, whatever the parameter.
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
  /// The method inside.
  public var base: Base

  /// That of the method inside.
  public typealias State = Base.State
  /// The counts, and what the method inside shares.
  public typealias Shared = Layered<SkippedSteps, Base.Shared>

  /// Counts of 0, and what the method inside shares.
  public func makeShared(for parameters: [(name: String, like: Tensor)]) -> Shared {
    Shared(own: SkippedSteps(like: Tensor(0)), base: base.makeShared(for: parameters))
  }

  /// The step of the method inside, which is taken back if a gradient is not finite.
  public func update(_ parameters: [ParameterStep<State>], at step: Step<Self>) -> [Tensor] {
    let counts = step.shared.own
    let isFinite = isFinite(parameters)
    let before = StateSnapshot(parameters.map(\.state) + [step.shared.base])
    let values = base.update(parameters, at: step.inside(\.base, shared: step.shared.base, clock: counts.clock))
    before.restore(unless: isFinite)
    counts.taken = counts.taken + isFinite.cast(to: .int64)
    counts.skipped = counts.skipped + (1 - isFinite.cast(to: .int64))
    return zip(parameters, values).map { select(isFinite, $1, $0.value) }
  }

  /// Whether all gradients are, a bool scalar.
  private func isFinite(_ parameters: [ParameterStep<State>]) -> Tensor {
    // 0·x is NaN for an infinity and for NaN, and 0 for all else.
    parameters.map { ($0.gradient * 0).sum() }.reduce(Tensor(0, dtype: .float32)) { $0 + $1.cast(to: .float32) } .== 0
  }

  /// What the method inside does, where the gradients are finite.
  public func plan(_ parameters: [ParameterStep<State>], at step: Step<Self>) -> [StepPlan] {
    let isFinite = isFinite(parameters)
    let inner = step.inside(\.base, shared: step.shared.base, clock: step.shared.own.clock)
    return base.plan(parameters, at: inner).map { $0.taken(if: isFinite) }
  }

  /// Where the method inside has it.
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
