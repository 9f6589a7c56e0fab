import DescentGraph

/// Leaves out steps whose gradients hold an infinity or NaN: parameters, states and schedules stay as they were, and the
/// step is counted in `skipped`.
public struct SkippingNonFinite<Base: OptimizationMethod>: Modifier {
  public var base: Base

  public struct Counts: OptimizerState {
    /// Steps taken and left out (i64 scalars).
    @Slot public var taken: Tensor
    @Slot public var skipped: Tensor
    public init(like: Tensor) {
      taken = .zeros([], dtype: .int64)
      skipped = .zeros([], dtype: .int64)
    }
    var clock: Slot { _taken }
  }
  public typealias State = Base.State
  public typealias Shared = Layered<Counts, Base.Shared>

  public func makeShared(for parameters: [(name: String, like: Tensor)]) -> Shared {
    Shared(own: Counts(like: Tensor(0)), base: base.makeShared(for: parameters))
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
