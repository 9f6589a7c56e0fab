import DescentGraph

/// The gradient: with the weights P and the cotangent g of the result, dP = g·vᵀ and the slopes of the scores are
/// dS = P∘(dP − Σ dP∘P); then dQ = dS·k·scale, dK = dSᵀ·q·scale and dV = Pᵀ·g.
extension AttentionEmitter {
  /// A panel of weights and one of slopes for some blocks of queries; when both are full, the gradients of the keys and
  /// values that these queries see grow by the panels' products.
  func gradient(_ task: Task) {
    let time = String(extents.time)
    transpose(1, task, count: time, factor: unit.attention.scale, to: memory(task, tiling.transposedKeys))
    transpose(2, task, count: time, factor: 1, to: memory(task, tiling.values))
    for (operand, place) in [(0, tiling.queries), (1, tiling.keys), (3, tiling.cotangents)] {
      copy(task.operands[operand], operand, count: time, to: memory(task, place))
    }
    _ = ir.loop(from: "0", to: time, step: tiling.panelRows, carrying: []) { first, _ in
      let end = ir.minimum(ir.sum(first, String(tiling.panelRows)), time)
      blocks(from: first, to: end) { block in
        let row = ir.product(ir.difference(block.first, first), stride)
        queries(
          block, task, ir.element(memory(task, tiling.weights), row), ir.element(memory(task, tiling.slopes), row))
      }
      keys(first, end, task)
      return []
    }
    guard tiling.hasTotals else { return }
    for number in 1...2 { store(total(number, "0", task), count: time, to: part(number, "0", task)) }
  }

  /// Where the gradient of the keys (1) or values (2) from `row` on is added up.
  private func total(_ number: Int, _ row: String, _ task: Task) -> String {
    guard tiling.hasTotals else { return part(number, row, task) }
    return rows(from: row, of: tiling.totals + (number - 1) * tiling.totalCount, task)
  }

  /// A part of the result, from row `row` on: the gradients of queries, keys and values lie side by side.
  private func part(_ number: Int, _ row: String, _ task: Task) -> String {
    let offset = number * extents.heads * extents.width
    return ir.element(task.result, ir.sum(ir.product(row, String(resultStride)), String(offset)))
  }

  /// Rows of a copied operand.
  private func rows(from row: String, of place: Int, _ task: Task) -> String {
    ir.element(memory(task, place), ir.product(row, String(tiling.paddedWidth)))
  }

  private func queries(_ block: Block, _ task: Task, _ weights: String, _ slopes: String) {
    self.weights(
      of: block, rows(from: block.first, of: tiling.queries, task), memory(task, tiling.transposedKeys), weights)
    call(
      scores, rows(from: block.first, of: tiling.cotangents, task), memory(task, tiling.values), slopes,
      rows: block.rows, columns: block.paddedKeys, depth: String(extents.width))
    rows(of: block) { row in
      let offsets = (0..<Self.rowsTogether).map { ir.product(ir.sum(row, String($0)), stride) }
      slope(offsets.map { ir.element(weights, $0) }, offsets.map { ir.element(slopes, $0) }, block)
    }
    call(
      mixture, slopes, memory(task, tiling.keys), part(0, block.first, task), rows: block.rows,
      columns: String(extents.width), depth: block.keys)
  }

  /// dS·scale over dP, for several queries.
  private func slope(_ weights: [String], _ slopes: [String], _ block: Block) {
    let (lanes, type) = (tiling.lanes, tiling.vector)
    func load(_ row: String, _ key: String) -> String { ir.loadFloats(ir.element(row, key), lanes: lanes) }
    let zeros = slopes.map { _ in ir.constant(DType.float32.literal(0), "float", lanes) }
    let sums = overKeys(to: block.paddedKeys, zeros) { r, key, sum in
      ir.fusedMultiplyAdd(load(weights[r], key), load(slopes[r], key), sum, lanes: lanes)
    }
    let means = sums.map { ir.splat(sum(of: $0), "float", lanes) }
    let scale = ir.constant(DType.float32.literal(DType.float32.rounding(unit.attention.scale)), "float", lanes)
    _ = ir.loop(from: "0", to: block.paddedKeys, step: lanes, carrying: []) { key, _ in
      for (r, mean) in means.enumerated() {
        let scaled = ir.emit("fmul \(type) \(load(weights[r], key)), \(scale)")
        let slope = ir.emit("fmul \(type) \(scaled), \(ir.emit("fsub \(type) \(load(slopes[r], key)), \(mean)"))")
        ir.storeFloats(slope, ir.element(slopes[r], key), lanes: lanes)
      }
      return []
    }
  }

  /// Adds what the queries `first ..< end`, whose panels are full, give to keys and values.
  private func keys(_ first: String, _ end: String, _ task: Task) {
    let isCausal = unit.attention.isCausal
    blocks(from: "0", to: isCausal ? end : String(extents.time)) { block in
      // Where attention is causal, queries before the block's first key do not see any of its keys.
      let isBehind = ir.emit("icmp sgt i64 \(block.first), \(first)")
      let start = isCausal ? ir.select(isBehind, block.first, first, "i64", 1) : first
      // Who comes first writes, everybody else adds.
      let adds = ir.emit("icmp sgt i64 \(first), \(isCausal ? block.first : "0")")
      let offset = ir.sum(ir.product(ir.difference(start, first), stride), block.first)
      for (number, panel, operand) in [(1, tiling.slopes, tiling.queries), (2, tiling.weights, tiling.cotangents)] {
        call(
          total, ir.element(memory(task, panel), offset), rows(from: start, of: operand, task),
          total(number, block.first, task), rows: block.rows, columns: String(extents.width),
          depth: ir.difference(end, start), adds: adds)
      }
    }
  }
}
