import DescentGraph
import DescentRuntime

/// A plan bound to memory and compiled: running it is a walk over a list of function pointers.
///
/// `run()` allocates nothing and traces nothing. Arguments are written into `arguments` before it, results are read from
/// `results` after it; the variables' own memory is read and updated in place.
///
/// `@unchecked Sendable`: the memory belongs to whoever runs the executable, one run at a time.
package final class Executable: @unchecked Sendable {
  package let plan: Plan
  package let arguments: [Buffer]
  package let results: [Buffer]

  enum Instruction {
    case kernel(KernelCall)
    case routine(any Routine)
    case copy(to: UnsafeMutableRawPointer, from: UnsafeRawPointer, byteCount: Int)

    func execute() {
      switch self {
      case .kernel(let call): call.execute()
      case .routine(let routine): routine.execute()
      case .copy(let target, let source, let byteCount):
        if byteCount > 0 { target.copyMemory(from: source, byteCount: byteCount) }
      }
    }
  }
  /// A struct and no tuple: a closure inside a tuple is wrapped anew whenever it is read.
  private struct Feed {
    let slot: UnsafeMutablePointer<Double>
    let value: @Sendable () -> Double
  }
  let instructions: [Instruction]
  /// What a run executes: the same, with kernels joined to chains.
  let chained: [Instruction]
  /// The step of the plan behind each instruction; nil for copies at the end.
  let origins: [Int?]
  private let feeds: [Feed]
  private let arena: UnsafeMutableRawPointer
  /// Where matrix products pack an operand; they run one after another.
  private let scratch: UnsafeMutableRawPointer
  private let tables: [UnsafeMutablePointer<UnsafeMutableRawPointer?>]
  private let retained: [AnyObject]
  /// The variables whose elements somebody may keep in another order than rows, and the order that the kernels want.
  private let orders: [(buffer: Buffer, order: KernelPlacement?)]
  /// How many runs in a row found weights in rows that the kernels want in an order of their own.
  private(set) var disturbedRuns = 0

  /// Compiles and binds `plan`.
  ///
  /// - Parameters:
  ///   - threads: what kernels with enough work use. Fused kernels give the same bits for every number.
  ///   - arguments, results: the buffers to use, of the right types; nil makes new ones.
  /// - Throws: `EngineError` when LLVM, or the oneDNN that the environment names, is missing, or a kernel cannot be
  ///   compiled.
  package init(
    _ plan: Plan, threads: Int = ThreadTeam.threadCount, arguments: [Buffer]? = nil, results: [Buffer]? = nil
  ) throws(EngineError) {
    try OneDNNLibrary.checkGivenName()
    self.plan = plan
    let program = plan.program
    func storage(_ node: Node) -> Storage { Storage(shape: node.shape, dtype: node.dtype) }
    let arguments = arguments ?? program.arguments.map { Buffer(shape: $0.shape, dtype: $0.dtype) }
    let results = results ?? program.results.map { Buffer(shape: $0.shape, dtype: $0.dtype) }
    (self.arguments, self.results) = (arguments, results)
    let feedSlots = program.feeds.map { storage($0.input) }
    arena = TensorMemory.allocate(byteCount: plan.arenaByteCount)

    var pointers: [Node: UnsafeMutableRawPointer] = [:]
    var retained: [AnyObject] = feedSlots
    for slot in plan.memory.slots { pointers[slot.node] = arena + slot.offset }
    for (node, place) in plan.schedule.places {
      switch place {
      case .argument(let i): pointers[node] = arguments[i].pointer
      case .feed(let i): pointers[node] = feedSlots[i].pointer
      case .variable(let i):
        let buffer = program.reads[i].buffer
        pointers[node] = buffer.memory.pointer
        retained.append(buffer)
      case .result(let i): pointers[node] = results[i].pointer
      case .constant:
        guard case .constant(.data(let storage)) = node.op else { continue }
        pointers[node] = storage.pointer
        retained.append(storage)
      case .arena: break
      }
    }

    let bound = try Binder(pointers: pointers, threads: threads).bind(plan.schedule.steps)
    let scratch = UnsafeMutableRawPointer.allocate(
      byteCount: max(bound.map(\.scratchByteCount).max() ?? 0, 64), alignment: 64)
    for step in bound { step.useScratch(scratch) }
    self.scratch = scratch
    var instructions = bound.flatMap(\.instructions)
    let origins = bound.indices.flatMap { position in bound[position].instructions.map { _ in position } }
    for copy in plan.schedule.lateCopies {
      let target = program.reads[copy.variable].buffer
      instructions.append(.copy(to: target.memory.pointer, from: pointers[copy.value]!, byteCount: target.byteCount))
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
    tables = bound.compactMap(\.table)
    chained = Self.chained(instructions, self.origins, threads: threads) { position in
      let step = plan.schedule.steps[position]
      func ranges(_ nodes: Set<Node>) -> [Range<UInt>] {
        nodes.map { node in
          let start = UInt(bitPattern: pointers[node]!)
          return start..<(start + UInt(max(node.byteCount, 1)))
        }
      }
      // Products that pack an operand all pack it into the same place.
      let packed = UInt(bitPattern: scratch)
      let packs = bound[position].scratchByteCount > 0 ? [packed..<(packed + 1)] : []
      return (ranges(step.reads), ranges(step.writes) + packs)
    }
    self.retained = retained
    orders = program.reads.filter { $0.variable.shape.rank > 2 }.map { read in
      (read.buffer, plan.orders[ObjectIdentifier(read.variable)].map(KernelPlacement.of))
    }
    feeds = zip(feedSlots, program.feeds).map { slot, feed in
      Feed(slot: slot.pointer.assumingMemoryBound(to: Double.self), value: feed.value)
    }
  }

  deinit {
    for table in tables { table.deallocate() }
    TensorMemory.deallocate(arena, byteCount: plan.arenaByteCount)
    scratch.deallocate()
  }

  /// Runs the program once.
  package func run() {
    prepare()
    var i = 0
    while i < chained.count {
      chained[i].execute()
      i += 1
    }
  }

  // Counted loops: in debug builds an array's iterator allocates for every element.

  /// Brings variables into the order that the kernels want and computes the feeds.
  func prepare() {
    var isDisturbed = false
    var i = 0
    while i < orders.count {
      if orders[i].buffer.bring(to: orders[i].order), orders[i].order != nil { isDisturbed = true }
      i += 1
    }
    disturbedRuns = isDisturbed ? disturbedRuns + 1 : 0
    i = 0
    while i < feeds.count {
      feeds[i].slot.pointee = feeds[i].value()
      i += 1
    }
  }

  /// Runs the instructions `start..<end`, each by itself.
  func run(from start: Int, to end: Int) {
    var i = start
    while i < end {
      instructions[i].execute()
      i += 1
    }
  }
}
