import DescentGraph
import DescentRuntime

/// What a method remembers about one parameter tensor: a struct of `@Slot` tensors, of arrays of slots, and of other such
/// structs.
public protocol OptimizerState {
  /// The state before the first step for a parameter shaped as `parameter`.
  init(like parameter: Tensor)
}

/// The state of a method that remembers nothing.
public struct NoState: OptimizerState {
  /// Nothing.
  public init() {}
  /// Nothing, whatever the parameter.
  public init(like parameter: Tensor) {}
}

/// What a modifier remembers, beside what the method inside it does.
public struct Layered<Own: OptimizerState, Base: OptimizerState>: OptimizerState {
  /// The modifier's own.
  public let own: Own
  /// What the method inside remembers. Its slots keep their names: they must differ from the modifier's.
  public let base: Base
  /// The two, made by a modifier's `makeState` or `makeShared`.
  public init(own: Own, base: Base) {
    self.own = own
    self.base = base
  }
  /// Both as they start for such a parameter.
  public init(like parameter: Tensor) { self.init(own: Own(like: parameter), base: Base(like: parameter)) }
}

/// The state of one of two methods, for parameters that are shared out among them.
public enum EitherState<First: OptimizerState, Second: OptimizerState>: OptimizerState {
  case first(First)
  case second(Second)
  /// The first, as it starts for such a parameter; a method with a choice implements `makeState`.
  public init(like parameter: Tensor) { self = .first(First(like: parameter)) }
}

extension OptimizerState {
  /// The slots by name, those of states within included. The name is that of the property; states within add theirs,
  /// except the layers of modifiers, which have distinct slots.
  var slots: [(name: String, slot: Slot)] {
    Mirror(reflecting: self).children.flatMap { label, value -> [(name: String, slot: Slot)] in
      let label = String((label ?? "").drop { $0 == "_" })
      if let slot = value as? Slot { return [(label, slot)] }
      if let slots = value as? [Slot] { return slots.enumerated().map { ("\(label).\($0)", $1) } }
      guard let state = value as? any OptimizerState else { return [] }
      let isLayer = ["own", "base", "first", "second"].contains(label)
      return state.slots.map { (isLayer ? $0.name : "\(label).\($0.name)", $0.slot) }
    }
  }

  /// The variables of the slots by name: one for a slot, more where it is kept in fewer bits (``StateFormat``).
  var variables: [(name: String, variable: Variable)] {
    slots.flatMap { name, slot in slot.parts.map { (name + $0.suffix, $0.variable) } }
  }

  /// The state itself, or the first within it that is a `Part`.
  func first<Part: OptimizerState>(_ type: Part.Type) -> Part? {
    if let found = self as? Part { return found }
    for (_, value) in Mirror(reflecting: self).children {
      if let found = (value as? any OptimizerState)?.first(type) { return found }
    }
    return nil
  }
}

/// What states held before a method ran, for steps that may turn out not to count.
struct StateSnapshot {
  private let states: [any OptimizerState]
  private let values: [(variable: Variable, value: Tensor)]

  init(_ states: [any OptimizerState]) {
    self.states = states
    values = states.flatMap(\.variables).map { ($0.variable, $0.variable.value) }
  }

  /// Takes back what was written since, unless `accepted` (a bool scalar).
  func restore(unless accepted: Tensor) {
    for (variable, value) in values { variable.value = select(accepted, variable.value, value) }
    for (_, slot) in states.flatMap(\.slots) { slot.forgetWritten() }
  }
}
