import DescentGraph
import DescentRuntime

/// A tensor that an optimizer remembers from step to step, under the name of the property.
///
/// It is kept as it is, or in fewer bits where a modifier says so (`quantizedState`): reading decodes, writing encodes.
@propertyWrapper
public struct Slot {
  private let memory: Memory

  /// The format is chosen while the state is made, and does not change after that.
  private final class Memory {
    var variables: [Variable]
    var format: EncodedTensor?
    var isWeight = false
    init(_ variable: Variable) { variables = [variable] }
  }

  /// A slot that starts as `wrappedValue`, which must be a constant (`zeros(like:)`, `Tensor(filled:…)`, data).
  public init(wrappedValue: Tensor) {
    switch wrappedValue.node.op {
    case .constant(.data(let storage)): memory = Memory(Variable(storage))
    case .constant(.splat(let value)):
      memory = Memory(Variable(filled: value, shape: wrappedValue.shape, dtype: wrappedValue.dtype))
    default:
      fatalError("a slot must start from a constant, not from \(wrappedValue.node.op.name); evaluate it first")
    }
  }

  /// A slot for values of the parameter itself (slow weights, an average, where it started) and not for a statistic of its
  /// gradients: it keeps its precision where state is kept in fewer bits, because the method goes back to it. In an
  /// initializer: `_slow = .weight(.zeros(like: w))`.
  public static func weight(_ start: Tensor) -> Slot {
    let slot = Slot(wrappedValue: start)
    slot.memory.isWeight = true
    return slot
  }

  /// The tensor now: what this step has assigned, or what the last one left. It keeps its shape and dtype.
  public var wrappedValue: Tensor {
    get {
      guard let format = memory.format else { return variable.value }
      // What this step has written is read as it was, before it lost bits.
      return Trace.current?.noted(for: memory) ?? format.decoded(memory.variables.map(\.value))
    }
    nonmutating set {
      guard let format = memory.format else { return variable.value = newValue }
      Trace.current?.note(newValue, for: memory)
      let parts = format.encoded(newValue, noise: Rounding.key?.folding(in: variable.name))
      for (variable, part) in zip(memory.variables, parts) { variable.value = part }
    }
  }

  /// Where the tensor is kept; the first part of it, when it is encoded.
  var variable: Variable { memory.variables[0] }

  /// All that is kept, with what is added to the slot's name.
  var parts: [(suffix: String, variable: Variable)] {
    memory.variables.enumerated().map { ($0 == 0 ? "" : ".scale", $1) }
  }

  /// Keeps the tensor in `format` from now on, if that can: before the first step only.
  func encode(as format: StateFormat, minimumCount: Int) {
    guard memory.format == nil, !memory.isWeight, variable.shape.elementCount >= minimumCount,
      let encoded = EncodedTensor(format, shape: variable.shape, dtype: variable.dtype)
    else { return }
    memory.variables = encoded.variables(startingAt: variable.storage)
    memory.format = encoded
  }

  /// Lets reading decode again, after a part was written from outside.
  func forgetWritten() { Trace.current?.note(nil, for: memory) }
}
