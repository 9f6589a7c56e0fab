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
    transpose(1, task, count: keys, factor: unit.attention.scale, to: memory(task, tiling.transposedKeys))
    let values = memory(task, tiling.values)
    copy(task.operands[2], 2, count: keys, to: values)
    let (queries, panel) = (memory(task, tiling.queries), memory(task, tiling.weights))
    blocks(from: task.first, to: task.end) { block in
      let source = ir.element(task.operands[0], ir.product(block.first, String(unit.views[0].time)))
      copy(source, 0, count: block.rows, to: queries)
      weights(of: block, queries, memory(task, tiling.transposedKeys), panel)
      let result = ir.element(task.result, ir.product(block.first, String(resultStride)))
      call(
        mixture, panel, values, result, rows: block.rows, columns: String(extents.width), depth: block.keys)
    }
  }

  /// A place in the task's working memory.
  func memory(_ task: Task, _ place: Int) -> String { ir.element(task.scratch, String(place)) }

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
  func weights(of block: Block, _ queries: String, _ keys: String, _ panel: String) {
    call(
      scores, queries, keys, panel, rows: block.rows, columns: block.paddedKeys, depth: String(extents.width))
    rows(of: block) { row in
      let places = (0..<Self.rowsTogether).map { ir.element(panel, ir.product(ir.sum(row, String($0)), stride)) }
      let seen = (0..<Self.rowsTogether).map { r in
        unit.attention.isCausal ? ir.sum(ir.sum(block.first, row), String(r + 1)) : String(extents.time)
      }
      softmax(places, block, seen)
    }
  }

  var stride: String { String(tiling.panelStride) }

  /// Rows that go through their keys side by side: chains of dependent operations then overlap.
  static let rowsTogether = 4

  /// Runs `body` on each `rowsTogether` of the block's rows; panels hold whole blocks, so a few too many do no harm.
  func rows(of block: Block, _ body: (String) -> Void) {
    _ = ir.loop(from: "0", to: block.rows, step: Self.rowsTogether, carrying: []) { row, _ in
      body(row)
      return []
    }
  }

  /// Runs over the keys `low ..< high` of several rows in vectors, with a sum (or maximum) for each row.
  func overKeys(
    from low: String = "0", to high: String, _ initial: [String],
    _ step: (_ row: Int, _ key: String, _ sum: String) -> String
  ) -> [String] {
    let carried = initial.map { IRBuilder.Carried(type: tiling.vector, value: $0) }
    return ir.loop(from: low, to: high, step: tiling.lanes, carrying: carried) { key, sums in
      sums.indices.map { step($0, key, sums[$0]) }
    }
  }

  /// The softmax of several rows, in place; row `i` sees the keys below `seen[i]`.
  private func softmax(_ rows: [String], _ block: Block, _ seen: [String]) {
    let (lanes, type) = (tiling.lanes, tiling.vector)
    func greater(_ a: String, _ b: String, _ lanes: Int) -> String {
      let order = ir.emit("fcmp ogt \(vectorType("float", lanes)) \(a), \(b)")
      return ir.select(order, a, b, vectorType("float", lanes), lanes)
    }
    let never = ir.constant(DType.float32.literal(-.infinity), "float", lanes)
    // Whole vectors of keys that all rows see, then those that some do not see. A NaN is never greater; it spreads
    // through the sum.
    let hidden =
      unit.attention.isCausal
      ? ir.emit("and i64 \(block.first), \(-lanes)") : String(extents.time / lanes * lanes)
    var greatest = overKeys(to: hidden, rows.map { _ in never }) { r, key, most in
      greater(ir.loadFloats(ir.element(rows[r], key), lanes: lanes), most, lanes)
    }
    if hidden != String(extents.time) {
      greatest = overKeys(from: hidden, to: block.paddedKeys, greatest) { r, key, most in
        let place = ir.element(rows[r], key)
        let isSeen = ir.laneMask(below: ir.difference(seen[r], key), lanes: lanes)
        let score = ir.select(isSeen, ir.loadFloats(place, lanes: lanes), never, type, lanes)
        ir.storeFloats(score, place, lanes: lanes)
        return greater(score, most, lanes)
      }
    }
    let shifts = greatest.map { ir.splat(ir.joined($0, lanes: lanes, greater), "float", lanes) }
    let zeros = rows.map { _ in ir.constant(DType.float32.literal(0), "float", lanes) }
    let sums = overKeys(to: block.paddedKeys, zeros) { r, key, sum in
      let place = ir.element(rows[r], key)
      let shifted = ir.emit("fsub \(type) \(ir.loadFloats(place, lanes: lanes)), \(shifts[r])")
      let power = ir.call(.exp, [shifted], .float32, lanes)
      ir.storeFloats(power, place, lanes: lanes)
      return ir.emit("fadd \(type) \(sum), \(power)")
    }
    let factors = sums.map {
      ir.splat(ir.emit("fdiv float \(DType.float32.literal(1)), \(sum(of: $0))"), "float", lanes)
    }
    scale(rows, factors, block)
  }

  private func scale(_ rows: [String], _ factors: [String], _ block: Block) {
    _ = ir.loop(from: "0", to: block.paddedKeys, step: tiling.lanes, carrying: []) { key, _ in
      for (row, factor) in zip(rows, factors) {
        let place = ir.element(row, key)
        let x = ir.loadFloats(place, lanes: tiling.lanes)
        ir.storeFloats(ir.emit("fmul \(tiling.vector) \(x), \(factor)"), place, lanes: tiling.lanes)
      }
      return []
    }
  }

  /// The sum of a vector's lanes.
  func sum(of vector: String) -> String {
    ir.joined(vector, lanes: tiling.lanes) { ir.emit("fadd \(vectorType("float", $2)) \($0), \($1)") }
  }
}

extension AttentionTiling {
  var vector: String { vectorType("float", lanes) }
}
