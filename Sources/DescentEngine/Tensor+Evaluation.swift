import DescentGraph

/// Reading a tensor runs the graph behind it.
extension Tensor {
  /// The tensor's elements in memory.
  ///
  /// - Throws: `EngineError` when an engine library is missing.
  public func storage() throws(EngineError) -> Storage { try evaluate([self])[0] }

  /// The same tensor as data: later operations start from its value and not from its history.
  public func evaluated() throws(EngineError) -> Tensor { Tensor(storage: try storage()) }

  /// The elements in row-major order. `Scalar` must be the tensor's own type.
  public func scalars<Scalar: TensorScalar>(as type: Scalar.Type = Scalar.self) throws(EngineError) -> [Scalar] {
    try storage().scalars()
  }

  /// The one element of a tensor with one element, as a `Double`.
  public func scalar() throws(EngineError) -> Double {
    require(shape.elementCount == 1, "scalar(): a tensor of shape \(shape) has \(shape.elementCount) elements")
    return try storage().double(at: 0)
  }
}

/// The elements of several tensors, computed by one program.
///
/// - Throws: `EngineError` when an engine library is missing.
public func evaluate(_ tensors: [Tensor]) throws(EngineError) -> [Storage] {
  require(Trace.current == nil, "a tensor was read inside a compiled function, where it has no value yet")
  var storages: [Storage?] = tensors.map { tensor in
    guard case .constant(let literal) = tensor.node.op else { return nil }
    return switch literal {
    case .data(let storage): storage
    case .splat(let value): Storage(filled: value, shape: tensor.shape, dtype: tensor.dtype)
    }
  }
  let open = tensors.indices.filter { storages[$0] == nil }
  if !open.isEmpty {
    let program = Trace.record(arguments: []) { _ in open.map { tensors[$0] } }
    let executable = try Executable(Plan(program))
    executable.run()
    for (i, result) in zip(open, executable.results) { storages[i] = result }
  }
  return storages.map { $0! }
}

extension Variable {
  /// Gives the variable a new value, evaluated now.
  ///
  /// - Throws: `EngineError` when an engine library is missing.
  public func assign(_ tensor: Tensor) throws(EngineError) { assign(try tensor.storage()) }
}
