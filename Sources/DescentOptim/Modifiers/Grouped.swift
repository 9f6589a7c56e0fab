import DescentGraph

/// Gives the parameters whose names match a pattern to another method, or to the same one with other hyper-parameters.
///
/// Acts on which parameters the methods inside see: each has its own gradients, norms and shared state. Of several groups
/// around each other the outermost that matches has the parameter. What stands outside (`.frozen("encoder.*").clipped(…)`)
/// sees all parameters, what stands inside (`.clipped(…).frozen("encoder.*")`) only those that are left.
public struct Grouped<Base: OptimizationMethod, Group: OptimizationMethod>: Modifier {
  /// The method of all other parameters, and the one whose learning rate this has.
  public var base: Base
  /// The method of the parameters that match.
  public var group: Group
  /// Of the names of the group's parameters.
  public let pattern: NamePattern

  /// That of the group's method, or of the base.
  public typealias State = EitherState<Group.State, Base.State>
  /// What both methods share, each for its own parameters.
  public struct Shared: OptimizerState {
    /// Of the base.
    public let rest: Base.Shared
    /// Of the group's method.
    public let group: Group.Shared
    init(rest: Base.Shared, group: Group.Shared) { (self.rest, self.group) = (rest, group) }
    /// Both as they start for such parameters.
    public init(like parameter: Tensor) { self.init(rest: .init(like: parameter), group: .init(like: parameter)) }
  }

  /// The state of the method that the name belongs to.
  public func makeState(for parameter: Tensor, named name: String) -> State {
    pattern.matches(name)
      ? .first(group.makeState(for: parameter, named: name)) : .second(base.makeState(for: parameter, named: name))
  }

  /// What each method shares for its parameters.
  public func makeShared(for parameters: [(name: String, like: Tensor)]) -> Shared {
    Shared(
      rest: base.makeShared(for: parameters.filter { !pattern.matches($0.name) }),
      group: group.makeShared(for: parameters.filter { pattern.matches($0.name) }))
  }

  /// Whether one of the methods does.
  public var needsLoss: Bool { base.needsLoss || group.needsLoss }

  /// - Throws: ``NamePatternError`` when the pattern matches no name, or one within a method none that is left to it.
  public func check(names: [String]) throws(NamePatternError) {
    try pattern.check(names)
    try group.check(names: names.filter(pattern.matches))
    try base.check(names: names.filter { !pattern.matches($0) })
  }

  /// The parameters of the group and the others, each as their method sees them, and where they stand among all.
  private func parts(_ parameters: [ParameterStep<State>]) -> (
    group: [(index: Int, part: ParameterStep<Group.State>)], rest: [(index: Int, part: ParameterStep<Base.State>)]
  ) {
    var group: [(index: Int, part: ParameterStep<Group.State>)] = []
    var rest: [(index: Int, part: ParameterStep<Base.State>)] = []
    for (index, parameter) in parameters.enumerated() {
      switch parameter.state {
      case .first(let state): group.append((index, parameter.with(state: state)))
      case .second(let state): rest.append((index, parameter.with(state: state)))
      }
    }
    return (group, rest)
  }

  /// A step of each method that has parameters.
  public func update(_ parameters: [ParameterStep<State>], at step: Step<Self>) -> [Tensor] {
    var values = parameters.map(\.value)
    let (group, rest) = parts(parameters)
    if !group.isEmpty {
      let inside = step.inside(\.group, shared: step.shared.group, only: group.map(\.index))
      for (index, value) in zip(group.map(\.index), self.group.update(group.map(\.part), at: inside)) {
        values[index] = value
      }
    }
    if !rest.isEmpty {
      let inside = step.inside(\.base, shared: step.shared.rest, only: rest.map(\.index))
      for (index, value) in zip(rest.map(\.index), base.update(rest.map(\.part), at: inside)) { values[index] = value }
    }
    return values
  }

  /// What the step of each parameter's method does.
  public func plan(_ parameters: [ParameterStep<State>], at step: Step<Self>) -> [StepPlan] {
    var plans = parameters.map { _ in StepPlan(rate: nil, number: step.number) }
    let (group, rest) = parts(parameters)
    let ofGroup = step.inside(\.group, shared: step.shared.group, only: group.map(\.index))
    for (index, plan) in zip(group.map(\.index), self.group.plan(group.map(\.part), at: ofGroup)) {
      plans[index] = plan
    }
    let ofRest = step.inside(\.base, shared: step.shared.rest, only: rest.map(\.index))
    for (index, plan) in zip(rest.map(\.index), base.plan(rest.map(\.part), at: ofRest)) { plans[index] = plan }
    return plans
  }

  /// Where the methods have it; nil when neither has one.
  public func evaluationPoint(_ parameters: [ParameterStep<State>], at step: Step<Self>) -> [Tensor]? {
    let (group, rest) = parts(parameters)
    let ofGroup = self.group.evaluationPoint(
      group.map(\.part), at: step.inside(\.group, shared: step.shared.group, only: group.map(\.index)))
    let ofRest = base.evaluationPoint(
      rest.map(\.part), at: step.inside(\.base, shared: step.shared.rest, only: rest.map(\.index)))
    if ofGroup == nil && ofRest == nil { return nil }
    var values = parameters.map(\.value)
    for (index, value) in zip(group.map(\.index), ofGroup ?? []) { values[index] = value }
    for (index, value) in zip(rest.map(\.index), ofRest ?? []) { values[index] = value }
    return values
  }
}

/// Leaves parameters where they are.
public struct NoSteps: Optimizer {
  /// Not read.
  public var learningRate: Schedule = 0
  /// For ``Grouped``, in place of a method.
  public init() {}
  /// None.
  public func plan(_ parameters: [ParameterStep<NoState>], at step: Step<Self>) -> [StepPlan] {
    parameters.map { _ in StepPlan(rate: nil, number: step.number) }
  }
  /// The value as it was.
  public func update(_ w: Tensor, gradient: Tensor, state: NoState, at step: Step<Self>) -> Tensor { w }
}

extension OptimizationMethod {
  /// This method, and `method` for the parameters whose names match: `AdamW().group("*.bias", SGD(learningRate: 0.1))`.
  public func group<Other: OptimizationMethod>(_ pattern: NamePattern, _ method: Other) -> Grouped<Self, Other> {
    Grouped(base: self, group: method, pattern: pattern)
  }

  /// This method, with other hyper-parameters for those that match: `.group("head.*") { $0.learningRate = 1e-2 }`.
  public func group(_ pattern: NamePattern, _ change: (inout Self) -> Void) -> Grouped<Self, Self> {
    var other = self
    change(&other)
    return Grouped(base: self, group: other, pattern: pattern)
  }

  /// The method for the parameters that do not match; the others stay as they are and need no state.
  ///
  /// As the outermost modifier it also keeps their gradients out of norms, and from being computed.
  public func frozen(_ pattern: NamePattern) -> Grouped<Self, NoSteps> {
    Grouped(base: self, group: NoSteps(), pattern: pattern)
  }
}
