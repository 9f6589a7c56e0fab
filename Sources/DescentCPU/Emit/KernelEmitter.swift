import DescentGraph

/// Emits a loop kernel as LLVM IR.
///
/// The last dimension of the domain runs in vectors. Where it is a parallel dimension, a task is a block of it ("by
/// columns"), and each vector of results is finished before the next, or all of them side by side; where it is reduced,
/// a task is one row, summed up lane by lane and then across the lanes ("by rows"). The order of every sum depends on the
/// shapes only, not on threads.
///
/// A value is computed at the outermost place it can be: once per call, per task, per vector, per point, or per copy.
/// Copies are short dimensions, as those of a pooling window, written out instead of looped over.
final class KernelEmitter {
  struct Code {
    let ir: String
    /// How many tasks the kernel has; a call covers a range of them.
    let tasks: Int
    /// Passed behind the buffers, so that kernels for tensors of other sizes share the code.
    let extentArgument: Int?
  }

  /// A value in a register: one for all lanes, or one for each.
  struct Register {
    var name: String
    var isVector: Bool
  }

  /// How often a value is computed.
  enum Level: Int, Comparable {
    case call, task, vector, point, copy
    static func < (a: Level, b: Level) -> Bool { a.rawValue < b.rawValue }
  }

  let kernel: LoopKernel
  let width: Int
  let dependences: [[Bool]]
  let passes: [Int]
  /// Whether a value needs the result of one of the kernel's own reductions.
  let awaitsReduction: [Bool]
  let ir = IRBuilder()
  /// Registers by value, innermost scope last.
  var scopes: [[LoopKernel.ValueID: Register]] = [[:]]
  /// The current index of each dimension; for the vector dimension that of lane 0.
  var indices: [String]
  /// While the last, partial vector of a row is processed: which lanes exist (`<W x i1>`).
  var mask: String?
  /// What the kernel does in each pass over the reduced dimensions.
  let passWork: [PassWork]
  /// Which of them is being emitted.
  var pass = 0
  /// Values that later passes read back instead of computing them again, with their memory.
  var kept: [LoopKernel.ValueID: KeptValue] = [:]

  var vectorDimension: Int? { kernel.domain.isEmpty ? nil : kernel.domain.count - 1 }
  var reducesVector: Bool { kernel.isReduced.last ?? false }
  var parallelDimensions: [Int] { loopDimensions.filter { !kernel.isReduced[$0] } }
  var reducedDimensions: [Int] { loopDimensions.filter { kernel.isReduced[$0] } }
  private var loopDimensions: [Int] {
    kernel.domain.indices.filter { $0 != vectorDimension && !unrolledDimensions.contains($0) }
  }
  /// Dimensions that are written out, inside all loops.
  let unrolledDimensions: [Int]

  /// The kernel must have something to compute: no result of it is empty.
  static func emit(_ kernel: LoopKernel, vectorByteCount: Int) -> Code {
    let emitter = KernelEmitter(kernel.withBestVectorDimension(), vectorByteCount: vectorByteCount)
    return emitter.run()
  }

  private init(_ kernel: LoopKernel, vectorByteCount: Int) {
    self.kernel = kernel
    dependences = kernel.dependences()
    unrolledDimensions = kernel.unrolledDimensions(dependences)
    passes = kernel.passes()
    var awaits: [Bool] = []
    for id in kernel.values.indices {
      awaits.append(kernel.isReduction(id) || kernel.operands(of: id).contains { awaits[$0] })
    }
    awaitsReduction = awaits
    indices = [String](repeating: "0", count: kernel.domain.count)
    width = Self.width(kernel, vectorByteCount / 4)
    passWork = Self.passWork(kernel, passes)
  }

  /// A vector register full of float32, or less when a row is shorter. Four registers where numbers are drawn: a block of
  /// the generator gives four words, and its rounds then fill whole registers. Four also for long rows or columns that are
  /// reduced: an addition or a maximum waits for the one before, so that one register would leave the processor idle.
  private static func width(_ kernel: LoopKernel, _ lanes: Int) -> Int {
    guard let extent = kernel.domain.last else { return 1 }
    let draws = kernel.values.contains {
      if case .random(_, _, let counter) = $0 { counter.coefficients[kernel.domain.count - 1] == 1 } else { false }
    }
    let reduces = kernel.isReduced.contains(true) && extent >= 8 * lanes
    let lanes = draws || reduces ? 4 * lanes : lanes
    var width = 1
    while width < lanes && width < extent { width *= 2 }
    return width
  }

  /// One long loop over a whole tensor: its length is an argument, and the code is shared.
  private var isFlat: Bool { kernel.domain.count == 1 && !reducesVector && width > 1 && kernel.domain[0] >= 4 * width }

  func level(_ id: LoopKernel.ValueID) -> Level {
    let depends = dependences[id]
    var level = Level.call
    for d in depends.indices where depends[d] {
      let own: Level =
        unrolledDimensions.contains(d) ? .copy : kernel.isReduced[d] ? .point : d == vectorDimension ? .vector : .task
      level = max(level, own)
    }
    return level
  }

  func register(_ id: LoopKernel.ValueID) -> Register? {
    for scope in scopes.reversed() { if let known = scope[id] { return known } }
    return nil
  }
  func define(_ id: LoopKernel.ValueID, _ register: Register) { scopes[scopes.count - 1][id] = register }

  // MARK: The whole kernel

  private func run() -> Code {
    for i in kernel.buffers.indices {
      let slot = ir.emit("getelementptr ptr, ptr %args, i64 \(i)")
      ir.line("%b\(i) = load ptr, ptr \(slot), align 8")
    }
    hoist(upTo: .call, from: kernel.values.indices.filter { !awaitsReduction[$0] })
    keepValues()
    guard let vector = vectorDimension else {
      // A single element: no loop at all, but the one task must be asked for.
      finishPasses()
      return Code(ir: ir.module(), tasks: 1, extentArgument: nil)
    }
    let extent = kernel.domain[vector]
    let rows = parallelDimensions.reduce(1) { $0 * kernel.domain[$1] }
    var extentName = String(extent)
    if isFlat {
      let slot = ir.emit("getelementptr i64, ptr %args, i64 \(kernel.buffers.count)")
      extentName = ir.emit("load i64, ptr \(slot), align 8")
    }
    let streamed = streamedColumns()
    let block = reducesVector ? extent : min(blockSize(extent, rows), streamed ?? .max)
    let results = streamed == nil ? nil : columnResults(block)
    let blocks = reducesVector ? 1 : (extent + block - 1) / block

    _ = ir.loop(from: "%lo", to: "%hi", step: 1, carrying: []) { index, _ in
      task(index, blocks: blocks, block: block, extent: extentName, results)
      return []
    }
    return Code(
      ir: ir.module(), tasks: rows * blocks, extentArgument: isFlat ? extent : nil)
  }

  /// Columns a task covers: long enough to be worth a task, short enough to give every thread some.
  private func blockSize(_ extent: Int, _ rows: Int) -> Int {
    if isFlat { return 4096 }
    let share = rows >= 8 ? extent : (extent + 7) / 8
    let rounded = (share + width - 1) / width * width
    return min(max(rounded, 64), 4096)
  }

  private func task(_ task: String, blocks: Int, block: Int, extent: String, _ results: [[String]]?) {
    scopes.append([:])
    defer { scopes.removeLast() }
    var rest = task
    var blockIndex = "0"
    if isFlat {
      blockIndex = task
    } else if blocks > 1 {
      blockIndex = ir.emit("urem i64 \(rest), \(blocks)")
      rest = ir.emit("udiv i64 \(rest), \(blocks)")
    }
    for d in parallelDimensions.reversed() {
      if d == parallelDimensions.first {
        indices[d] = rest
      } else {
        indices[d] = ir.emit("urem i64 \(rest), \(kernel.domain[d])")
        rest = ir.emit("udiv i64 \(rest), \(kernel.domain[d])")
      }
    }
    hoist(upTo: .task, from: kernel.values.indices.filter { !awaitsReduction[$0] })
    if reducesVector {
      finishPasses()
      return
    }
    let low = blocks > 1 || isFlat ? ir.emit("mul nsw i64 \(blockIndex), \(block)") : "0"
    var high = extent
    if blocks > 1 || isFlat {
      let end = ir.emit("add nsw i64 \(low), \(block)")
      let isPast = ir.emit("icmp sgt i64 \(end), \(extent)")
      high = ir.emit("select i1 \(isPast), i64 \(extent), i64 \(end)")
    }
    if let results { return streamColumns(from: low, to: high, results) }
    _ = vectorLoop(from: low, to: high, carrying: []) { _ in
      finishPasses()
      return []
    }
  }

  /// Every pass over the reduced dimensions, then what follows from the reductions.
  private func finishPasses() {
    for (number, work) in passWork.enumerated() {
      pass = number
      run(work.reductions, work.stores)
    }
    storeEpilogue()
  }

  func storeEpilogue() {
    let stores = kernel.stores.filter { !kernel.isInLoop($0) }
    if kernel.isReduced.contains(true) { return storeAll(stores) }
    _ = copies(of: stores.map(\.value), carrying: []) { _ in
      storeAll(stores)
      return []
    }
  }

  private func storeAll(_ stores: [LoopKernel.Store]) {
    // All values first: a store may overwrite what another value is computed from.
    let values = stores.map { value($0.value) }
    for (store, register) in zip(stores, values) { self.store(register, store) }
  }

  /// `body` for each index of the dimensions that are written out; what `values` share is computed before.
  private func copies(
    of values: [LoopKernel.ValueID], carrying initial: [String], _ body: ([String]) -> [String]
  ) -> [String] {
    if unrolledDimensions.isEmpty { return body(initial) }
    hoist(upTo: .point, from: values)
    var carried = initial
    for copy in 0..<unrolledDimensions.reduce(1, { $0 * kernel.domain[$1] }) {
      var rest = copy
      for d in unrolledDimensions.reversed() {
        indices[d] = String(rest % kernel.domain[d])
        rest /= kernel.domain[d]
      }
      scopes.append([:])
      carried = body(carried)
      scopes.removeLast()
    }
    return carried
  }

  // MARK: One pass over the reduced dimensions

  private func run(_ reductions: [LoopKernel.ValueID], _ stores: [LoopKernel.Store]) {
    let roots = reductions.flatMap(kernel.operands) + stores.map(\.value)
    hoist(upTo: .vector, from: roots)
    var accumulators: [Accumulator] = []
    for id in reductions { accumulators.append(accumulator(for: id)) }
    let initial = accumulators.flatMap(\.initial)
    let finals = reducedLoops(ArraySlice(reducedDimensions), carrying: initial) { carried in
      scopes.append([:])
      defer { scopes.removeLast() }
      return copies(of: roots, carrying: carried) { carried in
        var rest = carried[...]
        var next: [String] = []
        for accumulator in accumulators {
          next += accumulate(accumulator, Array(rest.prefix(accumulator.initial.count)))
          rest = rest.dropFirst(accumulator.initial.count)
        }
        storeAll(stores)
        return next
      }
    }
    var rest = finals[...]
    for accumulator in accumulators {
      let own = Array(rest.prefix(accumulator.initial.count))
      define(accumulator.id, finish(accumulator, own))
      rest = rest.dropFirst(own.count)
    }
  }

  /// Loops over the reduced dimensions, the vector dimension innermost when it is one of them.
  func reducedLoops(
    _ dimensions: ArraySlice<Int>, carrying initial: [IRBuilder.Carried],
    _ body: ([String]) -> [String]
  ) -> [String] {
    guard let d = dimensions.first else {
      guard reducesVector else { return body(initial.map(\.value)) }
      return vectorLoop(from: "0", to: String(kernel.domain[kernel.domain.count - 1]), carrying: initial, body)
    }
    return loop(from: "0", to: String(kernel.domain[d]), step: 1, dimension: d, carrying: initial) { carried in
      let inner = zip(initial, carried).map { IRBuilder.Carried(type: $0.type, value: $1) }
      return reducedLoops(dimensions.dropFirst(), carrying: inner, body)
    }
  }

  private func loop(
    from low: String, to high: String, step: Int, dimension: Int, carrying initial: [IRBuilder.Carried],
    _ body: ([String]) -> [String]
  ) -> [String] {
    ir.loop(from: low, to: high, step: step, carrying: initial) { index, carried in
      indices[dimension] = index
      return body(carried)
    }
  }

  /// The vector dimension from `low` to `high`: whole vectors, then one partial vector under a mask.
  func vectorLoop(
    from low: String, to high: String, carrying initial: [IRBuilder.Carried],
    _ body: ([String]) -> [String]
  ) -> [String] {
    let d = kernel.domain.count - 1
    let extent = kernel.domain[d]
    func scoped(_ carried: [String]) -> [String] {
      scopes.append([:])
      defer { scopes.removeLast() }
      return body(carried)
    }
    if width == 1 {
      return loop(from: low, to: high, step: 1, dimension: d, carrying: initial, scoped)
    }
    let isKnown = !isFlat && low == "0" && high == String(extent)
    var carried = initial
    var end = isKnown ? String(extent / width * width) : ""
    if !isKnown {
      let length = ir.emit("sub nsw i64 \(high), \(low)")
      let whole = ir.emit("and i64 \(length), \(-width)")
      end = ir.emit("add nsw i64 \(low), \(whole)")
    }
    if !isKnown || extent >= width {
      let results = loop(from: low, to: end, step: width, dimension: d, carrying: carried, scoped)
      for i in carried.indices { carried[i].value = results[i] }
    }
    if !isFlat && extent % width == 0 { return carried.map(\.value) }

    func tail(_ carried: [String]) -> [String] {
      let left = ir.emit("sub nsw i64 \(high), \(end)")
      let lanes = ir.splat(left, "i64", width)
      mask = ir.emit("icmp ult \(vectorType("i64", width)) \(ir.laneNumbers(width)), \(lanes)")
      indices[d] = end
      defer { mask = nil }
      return scoped(carried)
    }
    if isKnown { return tail(carried.map(\.value)) }
    return ir.when(ir.emit("icmp slt i64 \(end), \(high)"), carrying: carried, tail)
  }
}

extension IRBuilder {
  /// `value` in every lane.
  func splat(_ value: String, _ element: String, _ width: Int) -> String {
    if width == 1 { return value }
    let type = vectorType(element, width)
    let one = emit("insertelement \(type) poison, \(element) \(value), i64 0")
    return emit("shufflevector \(type) \(one), \(type) poison, <\(width) x i32> zeroinitializer")
  }

  /// 0, 1, 2 … as an i64 constant.
  func laneNumbers(_ width: Int) -> String {
    width == 1 ? "0" : "<" + (0..<width).map { "i64 \($0)" }.joined(separator: ", ") + ">"
  }
}
