import DescentGraph

/// A plan bound to memory and compiled: running it is a walk over a list of function pointers.
///
/// `run()` allocates nothing and traces nothing. Arguments are written into `arguments` before it, results are read from
/// `results` after it; the variables' own memory is read and updated in place.
///
/// `@unchecked Sendable`: the memory belongs to whoever runs the executable, one run at a time.
public final class Executable: @unchecked Sendable {
  public let plan: Plan
  public let arguments: [Storage]
  public let results: [Storage]

  enum Instruction {
    case loop(ThreadTeam.Body, UnsafePointer<UnsafeMutableRawPointer?>, tasks: Int, threads: Int)
    case routine(any Routine)
    case copy(to: UnsafeMutableRawPointer, from: UnsafeRawPointer, byteCount: Int)
  }
  /// A struct and no tuple: a closure inside a tuple is wrapped anew whenever it is read.
  private struct Feed {
    let slot: UnsafeMutablePointer<Double>
    let value: @Sendable () -> Double
  }
  let instructions: [Instruction]
  /// The step of the plan behind each instruction; nil for copies at the end.
  let origins: [Int?]
  private let feeds: [Feed]
  private let arena: UnsafeMutableRawPointer
  /// Where matrix products pack an operand; they run one after another.
  private let scratch: UnsafeMutableRawPointer
  private let tables: [UnsafeMutablePointer<UnsafeMutableRawPointer?>]
  private let retained: [Storage]

  /// Compiles and binds `plan`.
  ///
  /// - Parameters:
  ///   - threads: what kernels with enough work use. Fused kernels give the same bits for every number.
  /// - Throws: `EngineError` when LLVM is missing or a kernel cannot be compiled.
  public init(_ plan: Plan, threads: Int = ThreadTeam.threadCount) throws(EngineError) {
    self.plan = plan
    let program = plan.program
    func storage(_ node: Node) -> Storage { Storage(shape: node.shape, dtype: node.dtype) }
    arguments = program.arguments.map(storage)
    results = program.results.map(storage)
    let feedSlots = program.feeds.map { storage($0.input) }
    arena = .allocate(byteCount: max(plan.arenaByteCount, 64), alignment: 64)
    arena.initializeMemory(as: UInt8.self, repeating: 0, count: max(plan.arenaByteCount, 64))

    var pointers: [Node: UnsafeMutableRawPointer] = [:]
    var retained = feedSlots
    for slot in plan.memory.slots { pointers[slot.node] = arena + slot.offset }
    for (node, place) in plan.schedule.places {
      switch place {
      case .argument(let i): pointers[node] = arguments[i].pointer
      case .feed(let i): pointers[node] = feedSlots[i].pointer
      case .variable(let i):
        pointers[node] = program.reads[i].variable.storage.pointer
        retained.append(program.reads[i].variable.storage)
      case .result(let i): pointers[node] = results[i].pointer
      case .constant:
        guard case .constant(.data(let storage)) = node.op else { continue }
        pointers[node] = storage.pointer
        retained.append(storage)
      case .arena: break
      }
    }

    let binder = Binder(pointers: pointers, threads: threads)
    var instructions: [Instruction] = []
    var tables: [UnsafeMutablePointer<UnsafeMutableRawPointer?>] = []
    let compiler = try KernelCompiler.shared()
    var origins: [Int?] = []
    var products: [BoundProduct] = []
    for (position, step) in plan.schedule.steps.enumerated() {
      defer { while origins.count < instructions.count { origins.append(position) } }
      switch step.work {
      case .loop(let kernel):
        if kernel.isEmpty { continue }
        let code = KernelEmitter.emit(kernel, vectorByteCount: compiler.vectorByteCount)
        let function = try compiler.function(symbol: "kernel", ir: code.ir)
        let table = binder.table(kernel.buffers, extent: code.extentArgument)
        tables.append(table)
        instructions.append(
          .loop(
            unsafeBitCast(function, to: ThreadTeam.Body.self), table, tasks: code.tasks,
            threads: binder.threads(forWork: kernel.work)))
      case .scatter(let unit):
        let code = ScatterEmitter.emit(unit, vectorByteCount: compiler.vectorByteCount)
        let function = try compiler.function(symbol: "kernel", ir: code.ir)
        let table = binder.table(unit.operands, extent: nil)
        tables.append(table)
        let work = unit.outer * unit.count * unit.inner * 4
        instructions.append(
          .loop(
            unsafeBitCast(function, to: ThreadTeam.Body.self), table, tasks: code.tasks,
            threads: binder.threads(forWork: work)))
      case .matrix(let unit):
        let product = try binder.product(unit, compiler)
        products.append(product)
        tables.append(product.table)
        instructions += product.instructions
      case .opaque(let unit): instructions.append(.routine(try unit.bind(binder)))
      }
    }
    let scratch = UnsafeMutableRawPointer.allocate(
      byteCount: max(products.map(\.scratchByteCount).max() ?? 0, 64), alignment: 64)
    for product in products where product.scratchByteCount > 0 { product.useScratch(scratch) }
    self.scratch = scratch
    for copy in plan.schedule.lateCopies {
      let target = program.reads[copy.variable].variable.storage
      instructions.append(.copy(to: target.pointer, from: pointers[copy.value]!, byteCount: target.byteCount))
    }
    // A result that shares its memory with another place is copied out.
    for (i, result) in program.results.enumerated() {
      let owner = plan.schedule.partition.buffered.owner(of: result)!
      if plan.schedule.places[owner] != .result(i) {
        instructions.append(
          .copy(to: results[i].pointer, from: pointers[owner]!, byteCount: results[i].byteCount))
      }
    }
    self.instructions = instructions
    self.origins = origins + [Int?](repeating: nil, count: instructions.count - origins.count)
    self.tables = tables
    self.retained = retained
    feeds = zip(feedSlots, program.feeds).map { slot, feed in
      Feed(slot: slot.pointer.assumingMemoryBound(to: Double.self), value: feed.value)
    }
  }

  deinit {
    for table in tables { table.deallocate() }
    arena.deallocate()
    scratch.deallocate()
  }

  /// Runs the program once.
  public func run() {
    computeFeeds()
    run(from: 0, to: instructions.count)
  }

  // Counted loops: in debug builds an array's iterator allocates for every element.

  func computeFeeds() {
    var i = 0
    while i < feeds.count {
      feeds[i].slot.pointee = feeds[i].value()
      i += 1
    }
  }

  /// Runs the instructions `start..<end`.
  func run(from start: Int, to end: Int) {
    var i = start
    while i < end {
      switch instructions[i] {
      case .loop(let body, let table, let tasks, let threads):
        ThreadTeam.run(tasks: tasks, threads: threads, arguments: table, body)
      case .routine(let routine): routine.execute()
      case .copy(let target, let source, let byteCount):
        if byteCount > 0 { target.copyMemory(from: source, byteCount: byteCount) }
      }
      i += 1
    }
  }
}

/// Puts a plan's memory behind its kernels.
struct Binder {
  let pointers: [Node: UnsafeMutableRawPointer]
  let threads: Int
  /// Scalar operations below which a second thread costs more than it brings.
  static let parallelWork = 1_500_000

  static func threads(forFlops flops: Int, of threads: Int) -> Int { flops < parallelFlops ? 1 : threads }
  func threads(forWork work: Int) -> Int { work < Self.parallelWork ? 1 : threads }

  /// The argument table of a kernel: its buffers, then the extent of a flat loop.
  func table(_ buffers: [Node], extent: Int?) -> UnsafeMutablePointer<UnsafeMutableRawPointer?> {
    let table = UnsafeMutablePointer<UnsafeMutableRawPointer?>.allocate(capacity: buffers.count + 1)
    for (i, node) in buffers.enumerated() { (table + i).initialize(to: pointers[node]!) }
    (table + buffers.count).initialize(to: UnsafeMutableRawPointer(bitPattern: extent ?? 0))
    return table
  }
}
