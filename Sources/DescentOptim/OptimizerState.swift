import DescentGraph

/// What a method remembers about one parameter tensor: a struct of `@Slot` tensors, of arrays of slots, and of other such
/// structs.
public protocol OptimizerState {
  /// The state before the first step for a parameter shaped as `parameter`.
  init(like parameter: Tensor)
}

/// The state of a method that remembers nothing.
public struct NoState: OptimizerState {
  public init() {}
  public init(like parameter: Tensor) {}
}

/// What a modifier remembers, beside what the method inside it does.
public struct Layered<Own: OptimizerState, Base: OptimizerState>: OptimizerState {
  public let own: Own
  public let base: Base
  public init(own: Own, base: Base) {
    self.own = own
    self.base = base
  }
  public init(like parameter: Tensor) { self.init(own: Own(like: parameter), base: Base(like: parameter)) }
}

/// The state of one of two methods, for parameters that are shared out among them.
public enum EitherState<First: OptimizerState, Second: OptimizerState>: OptimizerState {
  case first(First)
  case second(Second)
  public init(like parameter: Tensor) { self = .first(First(like: parameter)) }
}

/// A tensor that an optimizer remembers from step to step, under the name of the property.
@propertyWrapper
public struct Slot {
  let variable: Variable

  /// A slot that starts as `wrappedValue`, which must be a constant (`zeros(like:)`, `Tensor(filled:…)`, data).
  public init(wrappedValue: Tensor) {
    switch wrappedValue.node.op {
    case .constant(.data(let storage)): variable = Variable(storage)
    case .constant(.splat(let value)):
      variable = Variable(shape: wrappedValue.shape, dtype: wrappedValue.dtype)
      if value != 0 {
        for i in 0..<wrappedValue.shape.elementCount { variable.storage.set(value, at: i) }
      }
    default:
      fatalError("a slot must start from a constant, not from \(wrappedValue.node.op.name); evaluate it first")
    }
  }

  public var wrappedValue: Tensor {
    get { variable.value }
    nonmutating set { variable.value = newValue }
  }
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
}

/// What states held before a method ran, for steps that may turn out not to count.
struct StateSnapshot {
  private let slots: [(slot: Slot, value: Tensor)]

  init(_ states: [any OptimizerState]) {
    slots = states.flatMap(\.slots).map { ($0.slot, $0.slot.wrappedValue) }
  }

  /// Takes back what was written since, unless `accepted` (a bool scalar).
  func restore(unless accepted: Tensor) {
    for (slot, value) in slots { slot.wrappedValue = select(accepted, slot.wrappedValue, value) }
  }
}
