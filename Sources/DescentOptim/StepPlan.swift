import DescentGraph

/// What the coming step of a method does to one parameter, for a modifier around it that moves the parameter too: what the
/// method inside leaves alone, the modifier must leave alone.
public struct StepPlan {
  /// The learning rate that the parameter is stepped at (a scalar); nil when it stays as it is, whatever its gradient.
  public var rate: Tensor?
  /// Whether this step is taken at all (a bool scalar): it is not between two steps of an accumulation, and when the
  /// gradients that are left out are not finite. Nil when each step is.
  public var isTaken: Tensor?
  /// The step's number as the method inside counts (float64 scalar, from 1): of steps that are taken.
  public var number: Tensor

  /// A step that is taken, unless told otherwise.
  public init(rate: Tensor?, isTaken: Tensor? = nil, number: Tensor) {
    (self.rate, self.isTaken, self.number) = (rate, isTaken, number)
  }

  /// The same, taken only where `condition` (a bool scalar) holds.
  public func taken(if condition: Tensor) -> StepPlan {
    StepPlan(rate: rate, isTaken: isTaken.map { $0 & condition } ?? condition, number: number)
  }

  /// `new` where the step moves the parameter, else `old`.
  public func moving(_ old: Tensor, to new: Tensor) -> Tensor {
    guard rate != nil else { return old }
    return isTaken.map { select($0, new, old) } ?? new
  }
}

/// The state of a modifier that remembers something of its own beside what the method inside does.
public protocol LayeredState: OptimizerState {
  /// The state of the method inside.
  associatedtype Base: OptimizerState
  /// What the method inside remembers.
  var base: Base { get }
}

extension Layered: LayeredState {}

extension Modifier where State == Base.State, Shared == Base.Shared {
  /// What the method inside does.
  public func plan(_ parameters: [ParameterStep<State>], at step: Step<Self>) -> [StepPlan] {
    base.plan(parameters, at: step.inner)
  }
}

extension Modifier where State: LayeredState, State.Base == Base.State, Shared == Base.Shared {
  /// What the method inside does.
  public func plan(_ parameters: [ParameterStep<State>], at step: Step<Self>) -> [StepPlan] {
    base.plan(parameters.withStates(\.base), at: step.inner)
  }

  /// Where the method inside has it.
  public func evaluationPoint(_ parameters: [ParameterStep<State>], at step: Step<Self>) -> [Tensor]? {
    base.evaluationPoint(parameters.withStates(\.base), at: step.inner)
  }
}
