import DescentGraph
import Dispatch

/// A step of a plan behind its memory.
struct BoundStep {
  /// An entry of the argument table that points into a node's buffer.
  struct Operand {
    let slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>
    let node: Node
    let byteOffset: Int
  }
  var instructions: [Executable.Instruction] = []
  /// The instructions' argument table; it belongs to whoever holds them.
  var table: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
  var operands: [Operand] = []
  /// Bytes of memory that ``useScratch(_:)`` must provide; 0 if none are needed.
  var scratchByteCount = 0
  var scratchSlot: UnsafeMutablePointer<UnsafeMutableRawPointer?>?

  /// Says where a product packs its operand. Steps that run one after another may use the same memory.
  func useScratch(_ pointer: UnsafeMutableRawPointer) { scratchSlot?.pointee = pointer }
}

/// Puts a plan's memory behind its kernels.
///
/// `@unchecked Sendable`: nobody writes to the table of pointers, and binding does not touch what they point to.
struct Binder: @unchecked Sendable {
  let pointers: [Node: UnsafeMutableRawPointer]
  let threads: Int
  let compiler: KernelCompiler
  let kernels: EmittedKernels
  /// Scalar operations below which a second thread costs more than it brings.
  static let parallelWork = 1_500_000

  init(pointers: [Node: UnsafeMutableRawPointer], threads: Int) throws(EngineError) {
    self.pointers = pointers
    self.threads = threads
    compiler = try KernelCompiler.shared()
    kernels = EmittedKernels(vectorByteCount: compiler.vectorByteCount)
  }

  func threads(forWork work: Int) -> Int { work < Self.parallelWork ? 1 : threads }

  /// Compiles and binds all steps, several at a time: most of the time goes into LLVM.
  func bind(_ steps: [KernelOrder.Step]) throws(EngineError) -> [BoundStep] {
    let results = Results(steps.count)
    DispatchQueue.concurrentPerform(iterations: steps.count) { i in
      results.slots[i] = Result { () throws(EngineError) in try bind(steps[i]) }
    }
    var bound: [BoundStep] = []
    for i in steps.indices { bound.append(try results.slots[i]!.get()) }
    return bound
  }

  /// `@unchecked Sendable`: every iteration writes a slot of its own, and they are read when all are over.
  private final class Results: @unchecked Sendable {
    let slots: UnsafeMutableBufferPointer<Result<BoundStep, EngineError>?>
    init(_ count: Int) {
      slots = .allocate(capacity: count)
      slots.initialize(repeating: nil)
    }
    deinit {
      slots.deinitialize()
      slots.deallocate()
    }
  }

  private func bind(_ step: KernelOrder.Step) throws(EngineError) -> BoundStep {
    switch step.work {
    case .loop(let kernel):
      if kernel.isEmpty { return BoundStep() }
      return try bound(kernels.code(kernel), kernel.buffers, work: kernel.work)
    case .scatter(let unit):
      let code = ScatterEmitter.emit(unit, vectorByteCount: compiler.vectorByteCount)
      return try bound(
        code, [unit.indices, unit.updates, unit.node], work: unit.outer * unit.count * unit.inner * 4)
    case .matrix(let unit): return try product(unit)
    case .opaque(let unit): return BoundStep(instructions: [.routine(try unit.bind(self))])
    }
  }

  private func bound(
    _ code: KernelEmitter.Code, _ buffers: [Node], work: Int
  ) throws(EngineError) -> BoundStep {
    let function = try compiler.function(symbol: "kernel", ir: code.ir)
    let table = table(buffers, extent: code.extentArgument)
    let call = KernelCall(function, table, tasks: code.tasks, threads: threads(forWork: work), work: work)
    let operands = buffers.enumerated().map { i, node in
      BoundStep.Operand(slot: table + i, node: node, byteOffset: 0)
    }
    return BoundStep(instructions: [.kernel(call)], table: table, operands: operands)
  }

  /// The argument table of a kernel: its buffers, then the extent of a flat loop.
  func table(_ buffers: [Node], extent: Int?) -> UnsafeMutablePointer<UnsafeMutableRawPointer?> {
    let table = UnsafeMutablePointer<UnsafeMutableRawPointer?>.allocate(capacity: buffers.count + 1)
    for (i, node) in buffers.enumerated() { (table + i).initialize(to: pointers[node]!) }
    (table + buffers.count).initialize(to: UnsafeMutableRawPointer(bitPattern: extent ?? 0))
    return table
  }
}
