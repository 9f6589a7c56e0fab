import DescentGraph

/// Keeps the method's state in fewer bits, rounded stochastically: what is read is decoded, what is written is encoded.
/// The step itself computes with what it has just written before that loses bits, as Dettmers et al. 2021 (arXiv 2110.02861)
/// do. Tensors of fewer than `minimumCount` elements stay as they are: they hardly count and matter most. So do values of the
/// parameters that a method goes back to, as averages and slow weights (``Slot/weight(_:)``).
///
/// Acts on the statistics of the method inside, modifiers there included.
public struct QuantizedState<Base: OptimizationMethod>: Modifier {
  /// The method inside.
  public var base: Base
  /// How the slots are kept.
  public let format: StateFormat
  /// Decides how values are rounded, with the step's number and the slot's name.
  public let key: RandomKey
  /// Elements that a slot must have to be encoded.
  public let minimumCount: Int

  /// The state of the method inside, its large slots encoded.
  public func makeState(for parameter: Tensor, named name: String) -> Base.State {
    let state = base.makeState(for: parameter, named: name)
    for (_, slot) in state.slots { slot.encode(as: format, minimumCount: minimumCount) }
    return state
  }

  /// The step of the method inside, whose writes are rounded with this step's key.
  public func update(_ parameters: [ParameterStep<Base.State>], at step: Step<Self>) -> [Tensor] {
    Rounding.$key.withValue(key.folding(in: step.number)) { base.update(parameters, at: step.inner) }
  }
}

extension OptimizationMethod {
  /// The method with its state in `format`.
  ///
  /// - Parameters:
  ///   - format: what the state is kept as.
  ///   - key: with the step's number and the slot's name, decides how values are rounded.
  ///   - minimumCount: of elements in a tensor that is encoded.
  public func quantizedState(
    _ format: StateFormat = .blockwise8, key: RandomKey = RandomKey(0), minimumCount: Int = 4096
  ) -> QuantizedState<Self> {
    QuantizedState(base: self, format: format, key: key, minimumCount: minimumCount)
  }
}
