import DescentGraph

/// The products of an attention kernel, each a function that the kernel calls.
extension AttentionEmitter {
  /// A product `C = A·B` or `C += A·B` of two matrices in working memory. Strides are constants, which saves registers
  /// and address arithmetic in the register tiles.
  struct Product {
    var name: String
    /// Whether A lies column by column: then the rows of a tile are neighbours, else the depth is.
    var isLeftTransposed = false
    /// The distance between rows (columns) of A.
    var aStride: Int
    /// The distance between rows of B, and from one chunk of its columns to the next.
    var bStride: Int
    var bChunk: Int
    /// The distance between rows of C.
    var cStride: Int
    /// Whether C and A have whole tiles of rows, so that computing too many does no harm.
    var hasWholeTiles = false
    /// The number of columns, if it is known, and the greatest depth.
    var columns: Int?
    var depth: Int
    /// Whether what is in C may have to be added to.
    var mayAdd = false
  }

  /// Queries (cotangents) · transposed keys (values) → a panel.
  var scores: Product {
    Product(
      name: "@scores", aStride: tiling.paddedWidth, bStride: tiling.chunk, bChunk: tiling.paddedWidth * tiling.chunk,
      cStride: tiling.panelStride, hasWholeTiles: true, depth: extents.width)
  }
  /// A panel · values (keys) → rows of the result.
  var mixture: Product {
    Product(
      name: "@mixture", aStride: tiling.panelStride, bStride: tiling.paddedWidth, bChunk: tiling.chunk,
      cStride: resultStride, columns: extents.width, depth: extents.time)
  }
  /// A panel, transposed · queries (cotangents) → rows of the result, or what they will be when all panels are added.
  var total: Product {
    Product(
      name: "@total", isLeftTransposed: true, aStride: tiling.panelStride, bStride: tiling.paddedWidth,
      bChunk: tiling.chunk, cStride: tiling.hasTotals ? tiling.paddedWidth : resultStride, columns: extents.width,
      depth: tiling.panelRows, mayAdd: tiling.hasTotals)
  }

  /// Depth that a product does at a time, so that what it reads of B stays in the first-level cache while it runs over
  /// the rows.
  private static let depthBlock = 128

  /// Emits a call. `rows`, `columns`, `depth` and `adds` are registers or constants.
  func call(
    _ p: Product, _ a: String, _ b: String, _ c: String, rows: String, columns: String, depth: String,
    adds: String = "false"
  ) {
    ir.define(p.name, "ptr %a, ptr %b, ptr %c, i64 %rows, i64 %columns, i64 %depth, i1 %adds") { body(of: p, $0) }
    ir.line(
      "call void \(p.name)(ptr \(a), ptr \(b), ptr \(c), i64 \(rows), i64 \(columns), i64 \(depth), i1 \(adds))")
  }

  private func body(of p: Product, _ ir: IRBuilder) {
    let columns = p.columns.map(String.init) ?? "%columns"
    if p.depth <= Self.depthBlock {
      let depth = p.name == scores.name ? String(p.depth) : "%depth"
      columnTiles(p, ir, "%a", "%b", columns, depth, adds: p.mayAdd ? "%adds" : nil)
      return
    }
    _ = ir.loop(from: "0", to: "%depth", step: Self.depthBlock, carrying: []) { k, _ in
      let depth = ir.minimum(ir.difference("%depth", k), String(Self.depthBlock))
      let a = ir.element("%a", p.isLeftTransposed ? ir.product(k, String(p.aStride)) : k)
      let b = ir.element("%b", ir.product(k, String(p.bStride)))
      let adds = ir.emit("or i1 %adds, \(ir.emit("icmp sgt i64 \(k), 0"))")
      columnTiles(p, ir, a, b, columns, depth, adds: adds)
      return []
    }
  }

  private func columnTiles(
    _ p: Product, _ ir: IRBuilder, _ a: String, _ b: String, _ columns: String, _ depth: String, adds: String?
  ) {
    let chunk = tiling.chunk
    func start(_ column: String) -> String {
      ir.element(b, ir.product(ir.emit("udiv i64 \(column), \(chunk)"), String(p.bChunk)))
    }
    let whole = p.columns.map { String($0 / chunk * chunk) } ?? ir.emit("and i64 %columns, \(-chunk)")
    if whole != "0" {
      _ = ir.loop(from: "0", to: whole, step: chunk, carrying: []) { column, _ in
        rowTiles(p, ir, a, start(column), ir.element("%c", column), depth, adds: adds, vectors: 2, nil)
        return []
      }
    }
    if whole == columns { return }
    // The last chunk, vector by vector.
    _ = ir.loop(from: whole, to: columns, step: tiling.lanes, carrying: []) { column, _ in
      let isWhole = p.columns.map { $0 % tiling.lanes == 0 } ?? true
      let mask = isWhole ? nil : ir.laneMask(below: ir.difference(columns, column), lanes: tiling.lanes)
      let b = ir.element(start(column), ir.emit("and i64 \(column), \(chunk - 1)"))
      rowTiles(p, ir, a, b, ir.element("%c", column), depth, adds: adds, vectors: 1, mask)
      return []
    }
  }

  /// All rows of some columns: in tiles, then one by one.
  private func rowTiles(
    _ p: Product, _ ir: IRBuilder, _ a: String, _ b: String, _ c: String, _ depth: String, adds: String?,
    vectors: Int, _ mask: String?
  ) {
    func tiles(from low: String, to high: String, rows: Int) {
      _ = ir.loop(from: low, to: high, step: rows, carrying: []) { row, _ in
        let first = ir.element(a, p.isLeftTransposed ? row : ir.product(row, String(p.aStride)))
        let target = ir.element(c, ir.product(row, String(p.cStride)))
        let tile = ProductTile(rows: rows, vectors: vectors, lanes: tiling.lanes, unroll: 1)
        let places = (0..<rows).map { r in
          (0..<vectors).map { v in ir.element(target, String(r * p.cStride + v * tiling.lanes)) }
        }
        var initial: [[String]]?
        if let adds {
          let zeros = tile.zeros.joined().map { IRBuilder.Carried(type: tiling.vector, value: $0) }
          let values = ir.when(adds, carrying: zeros) { _ in
            places.joined().map { ir.loadFloats($0, lanes: tiling.lanes, mask: mask) }
          }
          initial = (0..<rows).map { r in Array(values[(r * vectors)..<((r + 1) * vectors)]) }
        }
        let stride = String(p.aStride)
        let results = tile.emit(
          ir,
          .init(
            pointer: first, rowStride: p.isLeftTransposed ? "1" : stride,
            depthStride: p.isLeftTransposed ? stride : "1"),
          .init(pointer: b, depthStride: String(p.bStride)), depth: depth, initial: initial)
        for (place, result) in zip(places.joined(), results.joined()) {
          ir.storeFloats(result, place, lanes: tiling.lanes, mask: mask)
        }
        return []
      }
    }
    if p.hasWholeTiles || extents.time % tiling.tileRows == 0 {
      tiles(from: "0", to: "%rows", rows: tiling.tileRows)
    } else {
      let whole = ir.emit("and i64 %rows, \(-tiling.tileRows)")
      tiles(from: "0", to: whole, rows: tiling.tileRows)
      tiles(from: whole, to: "%rows", rows: 1)
    }
  }
}
