import DescentGraph

/// The functions that an attention kernel calls: products of a few rows, and packing.
extension AttentionEmitter {
  /// How the left operand of a product lies in memory.
  enum Left: String {
    /// Row by row: the depth runs through neighbours.
    case rows
    /// Column by column: a tile's rows are neighbours.
    case columns
  }

  /// Depth that a product does at a time, so that what it reads of the right operand stays in the first-level cache
  /// while it runs over the rows.
  static let depthBlock = 256

  struct Product {
    var left: Left
    /// The left operand, and the distance between its rows (columns).
    var a: String
    var aStride: String
    /// The right operand: the distance between its rows, and from one chunk of columns to the next.
    var b: String
    var bStride: String
    var bChunk: String
    /// The result, and the distance between its rows.
    var c: String
    var cStride: String
    var rows: String
    var columns: String
    var depth: String
    /// Whether to add to what is there.
    var adds = "false"
  }

  /// Emits a call that computes `C = A·B`, or `C += A·B`.
  func call(_ p: Product) {
    defineProduct(p.left)
    ir.line(
      "call void @product.\(p.left.rawValue)(ptr \(p.a), i64 \(p.aStride), ptr \(p.b), i64 \(p.bStride), "
        + "i64 \(p.bChunk), ptr \(p.c), i64 \(p.cStride), i64 \(p.rows), i64 \(p.columns), i64 \(p.depth), i1 \(p.adds))"
    )
  }

  /// Rows of a register tile: with two vectors each they leave room for what is multiplied, and are enough to hide the
  /// latency of the multiply-adds.
  private var tileRows: Int { tiling.lanes >= 16 ? 8 : 4 }

  private func defineProduct(_ left: Left) {
    let parameters =
      "ptr %a, i64 %aStride, ptr %b, i64 %bStride, i64 %bChunk, ptr %c, i64 %cStride, i64 %rows, i64 %columns, "
      + "i64 %depth, i1 %adds"
    ir.define("@product.\(left.rawValue)", parameters) { ir in
      let chunk = tiling.chunk
      _ = ir.loop(from: "0", to: "%depth", step: Self.depthBlock, carrying: []) { k, _ in
        let depth = ir.minimum(ir.difference("%depth", k), String(Self.depthBlock))
        let a = ir.element("%a", left == .rows ? k : ir.product(k, "%aStride"))
        let b = ir.element("%b", ir.product(k, "%bStride"))
        let adds = ir.emit("or i1 %adds, \(ir.emit("icmp sgt i64 \(k), 0"))")
        let whole = ir.emit("and i64 %columns, \(-chunk)")
        _ = ir.loop(from: "0", to: whole, step: chunk, carrying: []) { column, _ in
          let index = ir.emit("udiv i64 \(column), \(chunk)")
          rowTiles(
            ir, left, a, ir.element(b, ir.product(index, "%bChunk")), ir.element("%c", column), depth, adds, vectors: 2)
          return []
        }
        // The last chunk, vector by vector.
        let last = ir.element(b, ir.product(ir.emit("udiv i64 \(whole), \(chunk)"), "%bChunk"))
        _ = ir.loop(from: whole, to: "%columns", step: tiling.lanes, carrying: []) { column, _ in
          let mask = ir.laneMask(below: ir.difference("%columns", column), lanes: tiling.lanes)
          rowTiles(
            ir, left, a, ir.element(last, ir.difference(column, whole)), ir.element("%c", column), depth, adds,
            vectors: 1, mask)
          return []
        }
        return []
      }
    }
  }

  /// All rows of some columns: in tiles, then one by one.
  private func rowTiles(
    _ ir: IRBuilder, _ left: Left, _ a: String, _ b: String, _ c: String, _ depth: String, _ adds: String,
    vectors: Int, _ mask: String? = nil
  ) {
    func tiles(from low: String, to high: String, rows: Int) {
      _ = ir.loop(from: low, to: high, step: rows, carrying: []) { row, _ in
        let first = ir.element(a, left == .rows ? ir.product(row, "%aStride") : row)
        let target = ir.element(c, ir.product(row, "%cStride"))
        let tile = ProductTile(rows: rows, vectors: vectors, lanes: tiling.lanes, unroll: 2)
        func place(_ r: Int, _ v: Int) -> String {
          ir.element(ir.element(target, ir.product(String(r), "%cStride")), String(v * tiling.lanes))
        }
        func each(_ body: (Int, Int) -> String) -> [[String]] {
          (0..<rows).map { r in (0..<vectors).map { v in body(r, v) } }
        }
        let zeros = tile.zeros.flatMap { $0 }.map { IRBuilder.Carried(type: tiling.vector, value: $0) }
        let initial = ir.when(adds, carrying: zeros) { _ in
          each { r, v in ir.loadFloats(place(r, v), lanes: tiling.lanes, mask: mask) }.flatMap { $0 }
        }
        let results = tile.emit(
          ir,
          .init(
            pointer: first, rowStride: left == .rows ? "%aStride" : "1",
            depthStride: left == .rows ? "1" : "%aStride"),
          .init(pointer: b, depthStride: "%bStride", lastMask: mask), depth: depth,
          initial: each { r, v in initial[r * vectors + v] })
        _ = each { r, v in
          ir.storeFloats(results[r][v], place(r, v), lanes: tiling.lanes, mask: mask)
          return ""
        }
        return []
      }
    }
    let rest = ir.emit("srem i64 %rows, \(tileRows)")
    let whole = ir.difference("%rows", rest)
    tiles(from: "0", to: whole, rows: tileRows)
    tiles(from: whole, to: "%rows", rows: 1)
  }

  // MARK: Packing

  /// Emits a call that packs `count` rows of keys or values into the transposed matrix that `packed` points to, each
  /// element times `factor`, with zeros for keys up to the next whole vector.
  func pack(_ source: String, stride: Int, count: String, factor: Double, into packed: String) {
    definePacking()
    ir.line(
      "call void @pack(ptr \(source), i64 \(stride), i64 \(count), float \(DType.float32.literal(DType.float32.rounding(factor))), "
        + "ptr \(packed))")
  }

  private func definePacking() {
    let (lanes, width) = (tiling.lanes, extents.width)
    ir.define("@pack", "ptr %source, i64 %stride, i64 %count, float %factor, ptr %packed") { ir in
      let factor = ir.splat("%factor", "float", lanes)
      _ = ir.loop(from: "0", to: "%count", step: lanes, carrying: []) { key, _ in
        let chunk = ir.emit("udiv i64 \(key), \(tiling.chunk)")
        let place = ir.emit("urem i64 \(key), \(tiling.chunk)")
        let target = ir.element(
          "%packed", ir.sum(ir.product(chunk, String(tiling.paddedWidth * tiling.chunk)), place))
        let left = ir.difference("%count", key)
        _ = ir.loop(from: "0", to: String(width), step: lanes, carrying: []) { column, _ in
          let mask = ir.laneMask(below: ir.difference(String(width), column), lanes: lanes)
          let none = ir.constant("false", "i1", lanes)
          let rows = (0..<lanes).map { r in
            let exists = ir.emit("icmp slt i64 \(r), \(left)")
            let lanesRead = ir.emit("select i1 \(exists), <\(lanes) x i1> \(mask), <\(lanes) x i1> \(none)")
            let row = ir.element("%source", ir.product(ir.sum(key, String(r)), "%stride"))
            return ir.loadFloats(ir.element(row, column), lanes: lanes, mask: lanesRead)
          }
          for (j, vector) in transposed(ir, rows).enumerated() {
            let scaled = ir.emit("fmul \(tiling.vector) \(vector), \(factor)")
            let to = ir.element(target, ir.product(ir.sum(column, String(j)), String(tiling.chunk)))
            ir.storeFloats(scaled, to, lanes: lanes)
          }
          return []
        }
        return []
      }
    }
  }

  /// The square matrix of `rows` transposed: blocks of half the size are exchanged, then those within them.
  private func transposed(_ ir: IRBuilder, _ rows: [String]) -> [String] {
    var rows = rows
    let lanes = rows.count
    var size = lanes / 2
    while size > 0 {
      for i in 0..<lanes where i & size == 0 {
        let (a, b) = (rows[i], rows[i + size])
        func mixed(_ lane: (Int) -> Int) -> String {
          let order = (0..<lanes).map { "i32 \(lane($0))" }.joined(separator: ", ")
          return ir.emit(
            "shufflevector \(tiling.vector) \(a), \(tiling.vector) \(b), <\(lanes) x i32> <\(order)>")
        }
        rows[i] = mixed { $0 & size == 0 ? $0 : lanes + $0 - size }
        rows[i + size] = mixed { $0 & size == 0 ? $0 + size : lanes + $0 }
      }
      size /= 2
    }
    return rows
  }
}
