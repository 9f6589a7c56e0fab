import DescentData
import DescentGraph
import DescentRuntime

/// A compiled function from a source's batches to a scalar: the fields of a batch are its arguments.
final class BatchFunction {
  private let function: CompiledFunction
  private let names = FieldNames()
  /// The compiled steps by the types of their batches: the usual one, and that of an epoch's last batch.
  private var steps: [(fields: [(name: String, tensor: Tensor)], step: CompiledStep)] = []

  /// Arguments have no names; the first batch says them.
  ///
  /// `@unchecked Sendable`: set before anything is traced, and never changed.
  private final class FieldNames: @unchecked Sendable {
    var names: [String] = []
    func batch(of arguments: [Tensor]) -> Batch { Batch(zip(names, arguments).map { (name: $0, tensor: $1) }) }
  }

  /// - Parameter body: is traced with what the source's `assembly` makes of a batch.
  init(
    over source: any BatchSource, on device: Device, memoryLimit: Int? = nil,
    _ body: @escaping @Sendable (Batch) throws -> Tensor
  ) {
    let (assembly, names) = (source.assembly, names)
    function = compile(on: device, memoryLimit: memoryLimit) { arguments in
      [try body(assembly(names.batch(of: arguments)))]
    }
  }

  /// The function's value; a batch of known types allocates next to nothing.
  ///
  /// - Throws: `BatchSourceError.otherFields` for a batch that is not made as the first one was.
  func callAsFunction(_ batch: Batch) throws -> Double {
    try step(for: batch).run({ try Self.fill($0, from: batch) }, { $0[0].double(at: 0) })
  }

  /// The program for a batch, for people to look at; nothing is prepared or run.
  func program(for batch: Batch) throws -> Program {
    try check(batch)
    return try function.program(shapes: batch.fields.map(\.tensor.shape), dtypes: batch.fields.map(\.tensor.dtype))
  }

  private func step(for batch: Batch) throws -> CompiledStep {
    for (fields, step) in steps where batch.hasTypes(of: fields) { return step }
    try check(batch)
    let step = try function.step(shapes: batch.fields.map(\.tensor.shape), dtypes: batch.fields.map(\.tensor.dtype))
    steps.append((batch.fields.map { ($0.name, Tensor.zeros($0.tensor.shape, dtype: $0.tensor.dtype)) }, step))
    return step
  }

  private func check(_ batch: Batch) throws(BatchSourceError) {
    let found = batch.fields.map(\.name)
    if names.names.isEmpty { names.names = found }
    guard found == names.names else { throw .otherFields(found: found, expected: names.names) }
  }

  private static func fill(_ arguments: [Buffer], from batch: Batch) throws {
    // Counted: in debug builds an array's iterator allocates.
    var i = 0
    while i < arguments.count {
      let tensor = batch.fields[i].tensor
      arguments[i].fill(from: try tensor.data ?? tensor.storage())
      i += 1
    }
  }
}

extension Batch {
  /// Whether the fields have the same names, shapes and types.
  fileprivate func hasTypes(of others: [(name: String, tensor: Tensor)]) -> Bool {
    guard fields.count == others.count else { return false }
    for i in fields.indices {
      let (a, b) = (fields[i], others[i])
      guard a.tensor.shape == b.tensor.shape, a.tensor.dtype == b.tensor.dtype, a.name == b.name else { return false }
    }
    return true
  }
}
