import DescentGraph

/// Where the gathering of micro-batches stands.
public struct AccumulationCounts: OptimizerState {
  /// Steps taken (i64 scalar).
  @Slot public var taken: Tensor
  /// Micro-batches since the last step (i64 scalar).
  @Slot public var gathered: Tensor
  /// Starts at 0 and 0, whatever the parameter.
  public init(like: Tensor) {
    taken = .zeros([], dtype: .int64)
    gathered = .zeros([], dtype: .int64)
  }
  var clock: Slot { _taken }
  var counts: (taken: Int, gathered: Int) {
    (_taken.variable.storage.integer(at: 0), _gathered.variable.storage.integer(at: 0))
  }
}

/// Takes a step with the mean gradient of several micro-batches, after the last of them. Until then parameters, states and
/// schedules of the method inside stay as they are: its step number counts real steps.
///
/// Acts on the gradients: what stands outside (`.accumulating(steps: 4).clipped(…)`) sees each micro-batch's, what stands
/// inside the mean. Methods that evaluate the loss themselves cannot stand inside, since a mean of several batches is no
/// longer at hand. The method's update runs after the last micro-batch only.
public struct Accumulated<Base: OptimizationMethod>: Modifier {
  /// The method inside.
  public var base: Base
  /// Micro-batches in a step.
  public let steps: Int

  /// What is gathered of one parameter.
  public struct Sum: OptimizerState {
    /// Of the gradients since the last step.
    @Slot public var gradientSum: Tensor
    /// Starts at zeros.
    public init(like w: Tensor) { gradientSum = .zeros(like: w) }
  }
  /// The sum, and what the method inside remembers.
  public typealias State = Layered<Sum, Base.State>
  /// The counts, and what the method inside shares.
  public typealias Shared = Layered<AccumulationCounts, Base.Shared>

  /// A sum of zeros, and the state of the method inside.
  public func makeState(for w: Tensor, named name: String) -> State {
    State(own: Sum(like: w), base: base.makeState(for: w, named: name))
  }
  /// Counts of 0, and what the method inside shares.
  public func makeShared(for parameters: [(name: String, like: Tensor)]) -> Shared {
    Shared(own: AccumulationCounts(like: Tensor(0)), base: base.makeShared(for: parameters))
  }

  /// Adds the gradients to the sums; after the last micro-batch steps with their means.
  public func update(_ parameters: [ParameterStep<State>], at step: Step<Self>) -> [Tensor] {
    let counts = step.shared.own
    let one = Tensor([Int64(1)], shape: [])
    let isLast = counts.gathered .== Double(steps - 1)
    let sums = parameters.map { $0.state.own.gradientSum + $0.gradient }
    let values = when(isLast, otherwise: parameters.map(\.value)) {
      let means = sums.map { $0 / Double(steps) }
      return base.update(
        parameters.replacing(gradients: means).withStates(\.base),
        at: step.inside(
          \.base, shared: step.shared.base, gradients: means, hasObjective: false, clock: counts.clock))
    }
    for (parameter, sum) in zip(parameters, sums) {
      parameter.state.own.gradientSum = select(isLast, Tensor.zeros(like: sum), sum)
    }
    counts.taken = counts.taken + isLast.cast(to: .int64)
    counts.gathered = select(isLast, Tensor.zeros(like: one), counts.gathered + one)
    return values
  }

  /// What the method inside does, after the last micro-batch.
  public func plan(_ parameters: [ParameterStep<State>], at step: Step<Self>) -> [StepPlan] {
    let inner = step.inside(
      \.base, shared: step.shared.base, hasObjective: false, clock: step.shared.own.clock)
    let isLast = step.shared.own.gathered .== Double(steps - 1)
    return base.plan(parameters.withStates(\.base), at: inner).map { $0.taken(if: isLast) }
  }

  /// Where the method inside has it.
  public func evaluationPoint(_ parameters: [ParameterStep<State>], at step: Step<Self>) -> [Tensor]? {
    base.evaluationPoint(
      parameters.withStates(\.base), at: step.inside(\.base, shared: step.shared.base, clock: step.shared.own.clock))
  }
}

extension OptimizationMethod {
  /// The method on the mean gradient of `steps` micro-batches, one step after the last of them.
  public func accumulating(steps: Int) -> Accumulated<Self> {
    require(steps > 0, "accumulating(steps:): a step takes 1 or more micro-batches, not \(steps)")
    return Accumulated(base: self, steps: steps)
  }
}

extension Updater {
  /// Steps that ``Accumulated`` has taken, and the micro-batches that it has gathered since the last of them, which count
  /// only when a step is complete; nil where the method gathers none.
  public var accumulation: (taken: Int, gathered: Int)? { shared.first(AccumulationCounts.self)?.counts }
}
