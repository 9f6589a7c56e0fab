import DescentGraph

/// The gradient: with the weights P and the cotangent g of the result, dP = g·vᵀ and the slopes of the scores are
/// dS = P∘(dP − Σ dP∘P); then dQ = dS·k, dK = dSᵀ·q and dV = Pᵀ·g.
extension AttentionEmitter {
  /// A panel of weights and one of slopes for some blocks of queries; when both are full, the gradients of the keys and
  /// values that these queries see grow by the panels' products.
  func gradient(_ task: Task) {
    let time = String(extents.time)
    for (view, place, factor) in [(1, tiling.packedKeys, unit.attention.scale), (2, tiling.packedValues, 1)] {
      pack(
        task.operands[view], stride: unit.views[view].time, count: time, factor: factor,
        into: ir.element(task.scratch, String(place)))
    }
    _ = ir.loop(from: "0", to: time, step: tiling.panelRows, carrying: []) { first, _ in
      let end = ir.minimum(ir.sum(first, String(tiling.panelRows)), time)
      blocks(from: first, to: end) { block in
        let offset = ir.product(ir.difference(block.first, first), String(tiling.panelStride))
        queries(
          block, task, ir.element(ir.element(task.scratch, String(tiling.weights)), offset),
          ir.element(ir.element(task.scratch, String(tiling.slopes)), offset))
      }
      keys(first, end, task)
      return []
    }
  }

  /// A part of the result, from row `row` on: the gradients of queries, keys and values lie side by side.
  private func part(_ number: Int, _ row: String, _ task: Task) -> String {
    let offset = number * extents.heads * extents.width
    return ir.element(task.result, ir.sum(ir.product(row, String(resultStride)), String(offset)))
  }

  private func queries(_ block: Block, _ task: Task, _ weights: String, _ slopes: String) {
    self.weights(of: block, task, weights)
    let cotangents = ir.element(task.operands[3], ir.product(block.first, String(unit.views[3].time)))
    call(packedProduct(cotangents, unit.views[3].time, tiling.packedValues, slopes, block, task))
    _ = ir.loop(from: "0", to: block.rows, step: 1, carrying: []) { row, _ in
      let offset = ir.product(row, String(tiling.panelStride))
      slope(ir.element(weights, offset), ir.element(slopes, offset), count: block.paddedKeys)
      return []
    }
    call(
      Product(
        left: .rows, a: slopes, aStride: String(tiling.panelStride), b: task.operands[1],
        bStride: String(unit.views[1].time), bChunk: String(tiling.chunk), c: part(0, block.first, task),
        cStride: String(resultStride), rows: block.rows, columns: String(extents.width), depth: block.keys))
  }

  /// dS·scale over dP, for one query.
  private func slope(_ weights: String, _ slopes: String, count: String) {
    let (lanes, type) = (tiling.lanes, tiling.vector)
    func all(_ step: (_ place: String, _ p: String, _ dP: String, _ sum: String) -> String) -> String {
      ir.loop(from: "0", to: count, step: lanes, carrying: [.init(type: type, value: "zeroinitializer")]) { key, sum in
        let place = ir.element(slopes, key)
        let p = ir.loadFloats(ir.element(weights, key), lanes: lanes)
        return [step(place, p, ir.loadFloats(place, lanes: lanes), sum[0])]
      }[0]
    }
    let sums = all { _, p, dP, sum in ir.fusedMultiplyAdd(p, dP, sum, lanes: lanes) }
    let sum = ir.joined(sums, lanes: lanes) { ir.emit("fadd \(vectorType("float", $2)) \($0), \($1)") }
    let mean = ir.splat(sum, "float", lanes)
    let scale = ir.constant(DType.float32.literal(DType.float32.rounding(unit.attention.scale)), "float", lanes)
    _ = all { place, p, dP, unused in
      let scaled = ir.emit("fmul \(type) \(p), \(scale)")
      ir.storeFloats(
        ir.emit("fmul \(type) \(scaled), \(ir.emit("fsub \(type) \(dP), \(mean)"))"), place, lanes: lanes)
      return unused
    }
  }

  /// Adds what the queries `first ..< end`, whose panels are full, give to keys and values.
  private func keys(_ first: String, _ end: String, _ task: Task) {
    let limit = unit.attention.isCausal ? end : String(extents.time)
    blocks(from: "0", to: limit) { block in
      // Where attention is causal, queries before the block's first key do not see any of its keys.
      let isBehind = ir.emit("icmp sgt i64 \(block.first), \(first)")
      let start = unit.attention.isCausal ? ir.select(isBehind, block.first, first, "i64", 1) : first
      // Who comes first writes, everybody else adds.
      let adds = ir.emit("icmp sgt i64 \(first), \(unit.attention.isCausal ? block.first : "0")")
      let offset = ir.sum(ir.product(ir.difference(start, first), String(tiling.panelStride)), block.first)
      for (number, panel, operand) in [(1, tiling.slopes, 0), (2, tiling.weights, 3)] {
        let view = unit.views[operand]
        call(
          Product(
            left: .columns, a: ir.element(ir.element(task.scratch, String(panel)), offset),
            aStride: String(tiling.panelStride),
            b: ir.element(task.operands[operand], ir.product(start, String(view.time))), bStride: String(view.time),
            bChunk: String(tiling.chunk), c: part(number, block.first, task), cStride: String(resultStride),
            rows: block.rows, columns: String(extents.width), depth: ir.difference(end, start), adds: adds))
      }
    }
  }
}
