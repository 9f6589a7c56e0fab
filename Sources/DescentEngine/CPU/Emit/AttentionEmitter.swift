import DescentGraph

/// Emits attention and its gradient (`AttentionUnit`).
///
/// The weights of a block of queries for all keys fill a *panel* in working memory: products with the packed keys, then
/// the exact softmax over each row, then the product with the values (Vaswani et al. 2017). A head's queries go through
/// block by block, so memory grows with the time and not with its square. Where attention is causal, what lies beyond a
/// block's last query is neither read nor computed.
///
/// A task is a head of one example, or a part of its queries. The gradient computes the weights again rather than keep
/// them (Dao et al. 2022, arXiv 2205.14135).
struct AttentionEmitter {
  let ir = IRBuilder()
  let unit: AttentionUnit
  let extents: AttentionExtents
  let tiling: AttentionTiling

  struct Code {
    var ir: String
    var tasks: Int
  }

  static func emit(_ unit: AttentionUnit, vectorByteCount: Int) -> Code {
    let emitter = AttentionEmitter(unit: unit, vectorByteCount: vectorByteCount)
    emitter.kernel()
    return Code(ir: emitter.ir.module(), tasks: emitter.tasks)
  }

  private init(unit: AttentionUnit, vectorByteCount: Int) {
    self.unit = unit
    extents = unit.extents
    tiling = AttentionTiling(unit.extents, isGradient: unit.isGradient, lanes: vectorByteCount / 4)
  }

  private var tasks: Int { extents.batch * extents.heads * tiling.parts }

  /// What a task works on: its operands at the first query or key, and its working memory.
  struct Task {
    var operands: [String]
    var result: String
    var scratch: String
    /// Its queries.
    var first: String
    var end: String
  }

  /// The kernel's indices are threads: each has working memory of its own and does every n-th task.
  private func kernel() {
    let names = ["%q", "%k", "%v", "%g"].prefix(unit.views.count) + ["%result", "%scratch"]
    for (i, name) in names.enumerated() {
      ir.line("\(name) = load ptr, ptr \(ir.emit("getelementptr ptr, ptr %args, i64 \(i)")), align 8")
    }
    let threads = ir.emit("load i64, ptr \(ir.emit("getelementptr ptr, ptr %args, i64 \(names.count)")), align 8")
    _ = ir.loop(from: "%lo", to: "%hi", step: 1, carrying: []) { thread, _ in
      let scratch = ir.element("%scratch", ir.product(thread, String(tiling.scratchCount)))
      let left = ir.difference(ir.sum(String(tasks - 1), threads), thread)
      let count = ir.emit("udiv i64 \(left), \(threads)")
      _ = ir.loop(from: "0", to: count, step: 1, carrying: []) { i, _ in
        let task = task(ir.sum(thread, ir.product(i, threads)), scratch)
        unit.isGradient ? gradient(task) : forward(task)
        return []
      }
      return []
    }
  }

  private func task(_ number: String, _ scratch: String) -> Task {
    let part = ir.emit("urem i64 \(number), \(tiling.parts)")
    let head = ir.emit("udiv i64 \(number), \(tiling.parts)")
    let b = ir.emit("udiv i64 \(head), \(extents.heads)")
    let h = ir.emit("urem i64 \(head), \(extents.heads)")
    let operands = zip(["%q", "%k", "%v", "%g"], unit.views).map { name, view in
      let start = ir.sum(ir.product(b, String(view.batch)), ir.product(h, String(view.heads)))
      return ir.element(name, ir.sum(start, String(view.offset)))
    }
    let perExample = extents.time * extents.heads * extents.width * (unit.isGradient ? 3 : 1)
    let place = ir.sum(ir.product(b, String(perExample)), ir.product(h, String(extents.width)))
    // Parts are whole blocks.
    let blocks = (extents.time + tiling.rows - 1) / tiling.rows
    let queries = (blocks + tiling.parts - 1) / tiling.parts * tiling.rows
    let first = ir.minimum(ir.product(part, String(queries)), String(extents.time))
    return Task(
      operands: operands, result: ir.element("%result", place), scratch: scratch, first: first,
      end: ir.minimum(ir.sum(first, String(queries)), String(extents.time)))
  }

  /// Elements from one query (key) of the result to the next.
  var resultStride: Int { extents.heads * extents.width * (unit.isGradient ? 3 : 1) }

  private func forward(_ task: Task) {
    let keys = unit.attention.isCausal ? task.end : String(extents.time)
    let packed = ir.element(task.scratch, String(tiling.packedKeys))
    pack(
      task.operands[1], stride: unit.views[1].time, count: keys, factor: unit.attention.scale, into: packed)
    let panel = ir.element(task.scratch, String(tiling.weights))
    blocks(from: task.first, to: task.end) { block in
      weights(of: block, task, panel)
      call(
        Product(
          left: .rows, a: panel, aStride: String(tiling.panelStride), b: task.operands[2],
          bStride: String(unit.views[2].time), bChunk: String(tiling.chunk),
          c: ir.element(task.result, ir.product(block.first, String(resultStride))), cStride: String(resultStride),
          rows: block.rows, columns: String(extents.width), depth: block.keys))
    }
  }

  // MARK: Blocks of queries

  struct Block {
    var first: String
    var rows: String
    /// Keys that some of the queries see, and as many in whole vectors.
    var keys: String
    var paddedKeys: String
  }

  /// Runs `body` on the queries in blocks of `tiling.rows`.
  func blocks(from low: String, to high: String, _ body: (Block) -> Void) {
    _ = ir.loop(from: low, to: high, step: tiling.rows, carrying: []) { first, _ in
      let end = ir.minimum(ir.sum(first, String(tiling.rows)), high)
      let keys = unit.attention.isCausal ? end : String(extents.time)
      body(
        Block(
          first: first, rows: ir.difference(end, first), keys: keys,
          paddedKeys: ir.roundedUp(keys, to: tiling.lanes)))
      return []
    }
  }

  /// Fills the panel at `panel` with the block's weights: zeros from the last key on that a query sees.
  func weights(of block: Block, _ task: Task, _ panel: String) {
    let queries = ir.element(task.operands[0], ir.product(block.first, String(unit.views[0].time)))
    call(packedProduct(queries, unit.views[0].time, tiling.packedKeys, panel, block, task))
    _ = ir.loop(from: "0", to: block.rows, step: 1, carrying: []) { row, _ in
      let place = ir.element(panel, ir.product(row, String(tiling.panelStride)))
      let seen =
        unit.attention.isCausal ? ir.sum(ir.sum(block.first, row), "1") : String(extents.time)
      hideKeys(from: seen, to: block.paddedKeys, in: place)
      softmax(place, count: block.paddedKeys)
      return []
    }
  }

  /// Products of the block's rows of an operand with all packed keys (values) that the block sees.
  func packedProduct(
    _ rows: String, _ stride: Int, _ packed: Int, _ panel: String, _ block: Block, _ task: Task
  ) -> Product {
    Product(
      left: .rows, a: rows, aStride: String(stride), b: ir.element(task.scratch, String(packed)),
      bStride: String(tiling.chunk), bChunk: String(tiling.paddedWidth * tiling.chunk), c: panel,
      cStride: String(tiling.panelStride), rows: block.rows, columns: block.paddedKeys, depth: String(extents.width))
  }

  private func hideKeys(from seen: String, to end: String, in row: String) {
    let never = ir.constant(DType.float32.literal(-.infinity), "float", tiling.lanes)
    let low = ir.emit("and i64 \(seen), \(-tiling.lanes)")
    _ = ir.loop(from: low, to: end, step: tiling.lanes, carrying: []) { key, _ in
      let isSeen = ir.laneMask(below: ir.difference(seen, key), lanes: tiling.lanes)
      let place = ir.element(row, key)
      let score = ir.loadFloats(place, lanes: tiling.lanes)
      ir.storeFloats(
        ir.select(isSeen, score, never, tiling.vector, tiling.lanes), place, lanes: tiling.lanes)
      return []
    }
  }

  private func softmax(_ row: String, count: String) {
    let (lanes, type) = (tiling.lanes, tiling.vector)
    func greater(_ a: String, _ b: String, _ lanes: Int) -> String {
      let order = ir.emit("fcmp ogt \(vectorType("float", lanes)) \(a), \(b)")
      return ir.select(order, a, b, vectorType("float", lanes), lanes)
    }
    func all(_ initial: String, _ step: (_ place: String, _ x: String, _ sum: String) -> String) -> String {
      ir.loop(from: "0", to: count, step: lanes, carrying: [.init(type: type, value: initial)]) { key, carried in
        let place = ir.element(row, key)
        return [step(place, ir.loadFloats(place, lanes: lanes), carried[0])]
      }[0]
    }
    // A NaN is never greater; it spreads through the sum.
    let greatest = all(ir.constant(DType.float32.literal(-.infinity), "float", lanes)) { _, x, most in
      greater(x, most, lanes)
    }
    let shift = ir.splat(ir.joined(greatest, lanes: lanes, greater), "float", lanes)
    let sums = all("zeroinitializer") { place, x, sum in
      let power = ir.call(.exp, [ir.emit("fsub \(type) \(x), \(shift)")], .float32, lanes)
      ir.storeFloats(power, place, lanes: lanes)
      return ir.emit("fadd \(type) \(sum), \(power)")
    }
    let sum = ir.joined(sums, lanes: lanes) { ir.emit("fadd \(vectorType("float", $2)) \($0), \($1)") }
    let one = DType.float32.literal(1)
    let factor = ir.splat(ir.emit("fdiv float \(one), \(sum)"), "float", lanes)
    _ = all("zeroinitializer") { place, x, unused in
      ir.storeFloats(ir.emit("fmul \(type) \(x), \(factor)"), place, lanes: lanes)
      return unused
    }
  }
}

extension AttentionTiling {
  var vector: String { vectorType("float", lanes) }
}
