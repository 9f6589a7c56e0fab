import DescentGraph
import Synchronization

/// A Swift function over tensors that is traced once for each signature of its arguments and then replayed.
///
/// Variables that the function reads or writes are found while tracing; the compiled step reads and updates them in
/// place. Made with `compile`.
public final class CompiledFunction: Sendable {
  private struct Signature: Hashable {
    var shapes: [Shape]
    var dtypes: [DType]
  }
  private let body: @Sendable ([Tensor]) throws -> [Tensor]
  private let executables = Mutex<[Signature: Executable]>([:])

  private let precision: Precision
  private let memoryLimit: Int?

  init(
    precision: Precision = .fast, memoryLimit: Int? = nil, _ body: @escaping @Sendable ([Tensor]) throws -> [Tensor]
  ) {
    self.precision = precision
    self.memoryLimit = memoryLimit
    self.body = body
  }

  /// For how many signatures the function has been traced. One whose weights somebody reads between all runs is traced a
  /// second time, and counts once.
  public var traceCount: Int { executables.withLock { $0.count } }

  /// The program for arguments of these types, traced and compiled if it is new.
  ///
  /// - Parameter note: is told when a part of that is done.
  public func executable(
    shapes: [Shape], dtypes: [DType], note: (String) -> Void = { _ in }
  ) throws -> Executable {
    let signature = Signature(shapes: shapes, dtypes: dtypes)
    let known = executables.withLock { $0[signature] }
    // Where somebody reads the weights between all runs, bringing them there and back costs more than it saves.
    let keepsRows = known.map { $0.disturbedRuns > Self.mostDisturbedRuns } ?? false
    if let known, !keepsRows { return known }
    let opening = KernelCompiler.openingInBackground()
    let plan = Result { try self.plan(shapes: shapes, dtypes: dtypes, keepsRows: keepsRows) }
    note("trace and plan")
    opening.wait()
    note("wait for LLVM")
    let executable = try Executable(plan.get())
    note("compile and bind")
    executables.withLock { $0[signature] = executable }
    return executable
  }

  /// How many runs in a row may find their weights brought into rows by somebody else before the function is planned
  /// again with its weights in rows.
  static let mostDisturbedRuns = 8

  /// The plan for arguments of these types, traced anew: nothing is compiled, bound or run.
  ///
  /// - Parameter keepsRows: whether variables stay in row-major order even where kernels want another.
  public func plan(shapes: [Shape], dtypes: [DType], keepsRows: Bool = false) throws -> Plan {
    let arguments = zip(shapes, dtypes).enumerated().map { ("argument\($0.offset)", $0.element.0, $0.element.1) }
    return try Plan(
      try Trace.record(arguments: arguments, body), precision: precision, memoryLimit: memoryLimit, keepsRows: keepsRows
    )
  }

  /// Runs the function on evaluated arguments.
  ///
  /// - Throws: `EngineError` when an engine library is missing, and what the function throws while it is traced.
  public func callAsFunction(_ arguments: [Tensor]) throws -> [Tensor] {
    let storages = try arguments.map { try $0.storage() }
    let executable = try executable(shapes: storages.map(\.shape), dtypes: storages.map(\.dtype))
    for (slot, argument) in zip(executable.arguments, storages) {
      slot.pointer.copyMemory(from: argument.pointer, byteCount: slot.byteCount)
    }
    executable.run()
    return executable.results.map { Tensor(storage: $0.copy()) }
  }
}

/// `body`, traced once for each signature (shapes and dtypes) of its arguments and replayed as one compiled program.
///
/// - Parameters:
///   - precision: whether convolutions may be computed by faster, less exact algorithms.
///   - memoryLimit: bytes that the intermediate results of a run may take; where they would take more, values are
///     computed again instead of being kept. Compiling throws `EngineError.memoryLimit` when that is not enough.
public func compile(
  precision: Precision = .fast, memoryLimit: Int? = nil, _ body: @escaping @Sendable ([Tensor]) throws -> [Tensor]
) -> CompiledFunction {
  CompiledFunction(precision: precision, memoryLimit: memoryLimit, body)
}
/// `body` compiled as a function without arguments, with the same options.
public func compile(
  precision: Precision = .fast, memoryLimit: Int? = nil, _ body: @escaping @Sendable () throws -> Tensor
) -> @Sendable () throws -> Tensor {
  let function = CompiledFunction(precision: precision, memoryLimit: memoryLimit) { _ in [try body()] }
  return { try function([])[0] }
}
/// `body` compiled as a function of one argument, with the same options.
public func compile(
  precision: Precision = .fast, memoryLimit: Int? = nil, _ body: @escaping @Sendable (Tensor) throws -> Tensor
) -> @Sendable (Tensor) throws -> Tensor {
  let function = CompiledFunction(precision: precision, memoryLimit: memoryLimit) { [try body($0[0])] }
  return { try function([$0])[0] }
}
/// `body` compiled as a function of two arguments, with the same options.
public func compile(
  precision: Precision = .fast, memoryLimit: Int? = nil, _ body: @escaping @Sendable (Tensor, Tensor) throws -> Tensor
) -> @Sendable (Tensor, Tensor) throws -> Tensor {
  let function = CompiledFunction(precision: precision, memoryLimit: memoryLimit) { [try body($0[0], $0[1])] }
  return { try function([$0, $1])[0] }
}
