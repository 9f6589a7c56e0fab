import DescentGraph
import Synchronization

/// A Swift function over tensors that is traced once for each signature of its arguments and then replayed. Made with
/// ``compile(on:precision:memoryLimit:_:)->CompiledFunction``.
///
/// Variables that the function reads or writes are found while tracing; the compiled step then reads and updates them in
/// place.
///
/// It can be called from any number of tasks at once. Its calls take turns, with each other and with all compiled
/// functions that share a variable with it: each sees the variables between two whole steps. A turn that is free costs
/// some 50 ns, one that is not the time of the run before. Functions that share nothing run side by side; each uses all
/// threads (`DESCENT_THREADS`), so two at once are rarely faster than one after the other.
public final class CompiledFunction: Sendable {
  private struct Signature: Hashable {
    var shapes: [Shape]
    var dtypes: [DType]
  }
  /// Where it runs.
  public let device: Device
  package let options: CompileOptions
  private let body: @Sendable ([Tensor]) throws -> [Tensor]
  private let steps = Mutex<[Signature: CompiledStep]>([:])
  /// Held while a signature is traced and prepared: the tasks that want it wait, those of known signatures go on.
  private let tracing = Turn()

  package init(
    on device: Device? = nil, _ options: CompileOptions = CompileOptions(),
    _ body: @escaping @Sendable ([Tensor]) throws -> [Tensor]
  ) {
    self.device = device ?? .current
    self.options = options
    self.body = body
  }

  /// For how many signatures (shapes and dtypes of the arguments) the function has been traced.
  public var traceCount: Int { steps.withLock { $0.count } }

  /// The step for arguments of these types, traced and prepared if it is new.
  ///
  /// - Parameter note: is told when a part of that is done.
  package func step(
    shapes: [Shape], dtypes: [DType], note: (_ part: String) -> Void = { _ in }
  ) throws -> CompiledStep {
    let signature = Signature(shapes: shapes, dtypes: dtypes)
    if let known = steps.withLock({ $0[signature] }) { return known }
    return try tracing.take {
      if let known = steps.withLock({ $0[signature] }) { return known }
      let opened = device.backend.beginOpening()
      defer { opened() }
      let program = try program(shapes: shapes, dtypes: dtypes)
      let step = CompiledStep(try device.backend.prepare(program, options, note: note), of: program)
      steps.withLock { $0[signature] = step }
      return step
    }
  }

  /// The program for arguments of these types, traced anew: nothing is prepared or run.
  package func program(shapes: [Shape], dtypes: [DType]) throws -> Program {
    let arguments = zip(shapes, dtypes).enumerated().map { ("argument\($0.offset)", $0.element.0, $0.element.1) }
    let program = try device.use { try Trace.record(arguments: arguments, body) }
    if let violation = program.violation { throw violation }
    return program
  }

  /// Runs the function. Arguments that have not been computed yet are evaluated first.
  ///
  /// - Throws: what the back end throws (`EngineError` when a library is missing), what the function throws while it is
  ///   traced, and `ValueError` for data that it cannot take, as a label that is none of the classes.
  public func callAsFunction(_ arguments: [Tensor]) throws -> [Tensor] {
    let storages = try evaluate(arguments, on: device)
    let step = try step(shapes: storages.map(\.shape), dtypes: storages.map(\.dtype))
    return try step.run(
      { for (buffer, argument) in zip($0, storages) { buffer.fill(from: argument) } },
      { $0.map { Tensor(storage: $0.copy()) } })
  }
}

/// `body`, traced once for each signature (shapes and dtypes) of its arguments and replayed as one compiled program.
///
/// - Parameters:
///   - device: where it runs; nil is the ``Device/current`` one.
///   - precision: whether convolutions may be computed by faster, less exact algorithms.
///   - memoryLimit: bytes that the intermediate results of a run may take; where they would take more, values are
///     computed again instead of being kept. Compiling throws `EngineError.memoryLimit` when that is not enough.
///   - body: what is computed. It runs while a signature is traced, and never again for it.
public func compile(
  on device: Device? = nil, precision: Precision = .fast, memoryLimit: Int? = nil,
  _ body: @escaping @Sendable ([Tensor]) throws -> [Tensor]
) -> CompiledFunction {
  CompiledFunction(on: device, CompileOptions(precision: precision, memoryLimit: memoryLimit), body)
}
/// `body` compiled as a function of any number of tensors:
///
/// ```swift
/// let step = compile { (x: Tensor, y: Tensor, weights: Tensor) in
///   let loss = (weights * squares(model(x), y)).mean()
///   updater.minimize(loss)
///   return (loss, weights.sum())
/// }
/// let (loss, total) = try step(x, y, weights)
/// ```
///
/// It gives a tensor, two or three in a tuple, or nothing. The options are those of the function over an array of tensors, which
/// shows only when it is called how many it wants.
public func compile<each Argument: CompiledValue>(
  on device: Device? = nil, precision: Precision = .fast, memoryLimit: Int? = nil,
  _ body: @escaping @Sendable (repeat each Argument) throws -> Tensor
) -> @Sendable (repeat each Argument) throws -> Tensor {
  let function = unpacking(device, precision, memoryLimit) { (arguments: repeat each Argument) in
    [try body(repeat each arguments)]
  }
  return { (arguments: repeat each Argument) in try function(repeat each arguments)[0] }
}

/// `body` compiled as a function of any number of tensors that gives two, with the same options.
@_disfavoredOverload
public func compile<each Argument: CompiledValue>(
  on device: Device? = nil, precision: Precision = .fast, memoryLimit: Int? = nil,
  _ body: @escaping @Sendable (repeat each Argument) throws -> (Tensor, Tensor)
) -> @Sendable (repeat each Argument) throws -> (Tensor, Tensor) {
  let function = unpacking(device, precision, memoryLimit) { (arguments: repeat each Argument) in
    let results = try body(repeat each arguments)
    return [results.0, results.1]
  }
  return { (arguments: repeat each Argument) in
    let results = try function(repeat each arguments)
    return (results[0], results[1])
  }
}

/// `body` compiled as a function of any number of tensors that gives three, with the same options.
@_disfavoredOverload
public func compile<each Argument: CompiledValue>(
  on device: Device? = nil, precision: Precision = .fast, memoryLimit: Int? = nil,
  _ body: @escaping @Sendable (repeat each Argument) throws -> (Tensor, Tensor, Tensor)
) -> @Sendable (repeat each Argument) throws -> (Tensor, Tensor, Tensor) {
  let function = unpacking(device, precision, memoryLimit) { (arguments: repeat each Argument) in
    let results = try body(repeat each arguments)
    return [results.0, results.1, results.2]
  }
  return { (arguments: repeat each Argument) in
    let results = try function(repeat each arguments)
    return (results[0], results[1], results[2])
  }
}

/// `body` compiled as a function of any number of tensors that gives none, but writes variables, with the same options.
@_disfavoredOverload
public func compile<each Argument: CompiledValue>(
  on device: Device? = nil, precision: Precision = .fast, memoryLimit: Int? = nil,
  _ body: @escaping @Sendable (repeat each Argument) throws -> Void
) -> @Sendable (repeat each Argument) throws -> Void {
  let function = unpacking(device, precision, memoryLimit) { (arguments: repeat each Argument) in
    try body(repeat each arguments)
    return []
  }
  return { (arguments: repeat each Argument) in _ = try function(repeat each arguments) }
}

/// The function over an array of tensors behind one over so many arguments.
private func unpacking<each Argument: CompiledValue>(
  _ device: Device?, _ precision: Precision, _ memoryLimit: Int?,
  _ body: @escaping @Sendable (repeat each Argument) throws -> [Tensor]
) -> @Sendable (repeat each Argument) throws -> [Tensor] {
  let function = compile(on: device, precision: precision, memoryLimit: memoryLimit) { (arguments: [Tensor]) in
    var rest = arguments[...]
    return try body(repeat (each Argument).init(tensor: rest.removeFirst()))
  }
  return { (arguments: repeat each Argument) in
    var tensors: [Tensor] = []
    repeat tensors.append((each arguments).tensor)
    return try function(tensors)
  }
}

/// `body` compiled as a function of one tensor, with the same options. Of its own, as is the next, so that a function that
/// has a name can be passed.
public func compile(
  on device: Device? = nil, precision: Precision = .fast, memoryLimit: Int? = nil,
  _ body: @escaping @Sendable (Tensor) throws -> Tensor
) -> @Sendable (Tensor) throws -> Tensor {
  let function = compile(on: device, precision: precision, memoryLimit: memoryLimit) { (x: [Tensor]) in
    [try body(x[0])]
  }
  return { try function([$0])[0] }
}

/// `body` compiled as a function of two tensors, with the same options.
public func compile(
  on device: Device? = nil, precision: Precision = .fast, memoryLimit: Int? = nil,
  _ body: @escaping @Sendable (Tensor, Tensor) throws -> Tensor
) -> @Sendable (Tensor, Tensor) throws -> Tensor {
  let function = compile(on: device, precision: precision, memoryLimit: memoryLimit) { (x: [Tensor]) in
    [try body(x[0], x[1])]
  }
  return { try function([$0, $1])[0] }
}

/// What a compiled function takes and gives: a tensor.
public protocol CompiledValue: Sendable {
  /// The value that a tensor stands for.
  init(tensor: Tensor)
  /// The tensor that stands for the value.
  var tensor: Tensor { get }
}

extension Tensor: CompiledValue {
  /// The tensor itself.
  public init(tensor: Tensor) { self = tensor }
  /// The tensor itself.
  public var tensor: Tensor { self }
}
