import DescentGraph

/// Reading a tensor runs the graph behind it.
extension Tensor {
  /// The tensor's elements in memory.
  ///
  /// - Throws: what the current device's back end throws, such as `EngineError` when a library is missing.
  public func storage() throws -> Storage { try evaluate([self])[0] }

  /// The same tensor as data: later operations start from its value and not from its history.
  ///
  /// - Throws: as ``storage()``.
  public func evaluated() throws -> Tensor { Tensor(storage: try storage()) }

  /// The elements in row-major order. `Scalar` must be the tensor's own type.
  ///
  /// - Throws: as ``storage()``.
  public func scalars<Scalar: TensorScalar>(as type: Scalar.Type = Scalar.self) throws -> [Scalar] {
    try storage().scalars()
  }

  /// The one element of a tensor with one element, as a `Double`.
  ///
  /// - Throws: as ``storage()``.
  public func scalar() throws -> Double {
    require(shape.elementCount == 1, "scalar(): a tensor of shape \(shape) has \(shape.elementCount) elements")
    return try storage().double(at: 0)
  }
}

/// The elements of several tensors, computed by one program.
///
/// - Parameters:
///   - tensors: of any shapes and dtypes; what they share is computed once.
///   - device: where it runs; nil is the ``Device/current`` one.
/// - Throws: what the device's back end throws, such as `EngineError` when a library is missing.
public func evaluate(_ tensors: [Tensor], on device: Device? = nil) throws -> [Storage] {
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
    for i in open {
      require(
        !tensors[i].node.isTraced,
        "this tensor \(tensors[i].dtype)\(tensors[i].shape) (\(tensors[i].node.op.name)) belongs to a compiled function and has no "
          + "value outside; return it from the function")
    }
    let program = Trace.record(arguments: []) { _ in open.map { tensors[$0] } }
    let step = try (device ?? .current).backend.prepare(program, CompileOptions(), note: { _ in })
    try step.run()
    for (i, result) in zip(open, step.results) { storages[i] = result.rows }
  }
  return storages.map { $0! }
}
