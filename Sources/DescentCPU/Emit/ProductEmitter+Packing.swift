import DescentGraph

/// Copies of operands in the order in which tiles read them.
extension ProductEmitter {
  // MARK: B, one strip at a time

  /// Copies a strip of B to the stack: `panel[k·stripWidth + j] = B[depthStart + k, firstColumn + j]`. Columns that do not
  /// exist become whatever fits; their results are not stored.
  func packStrip(_ b: String, firstColumn: String, depthStart: String, depth: String) {
    let offset = ir.sum(
      ir.product(depthStart, size(.rightRow)), ir.product(firstColumn, size(.rightColumn)))
    let corner = ir.element(b, offset)
    if !form.isUnit(.rightColumn) {
      packTransposed(corner, firstColumn: firstColumn, depth: depth)
    } else {
      packRows(corner, firstColumn: firstColumn, depth: depth)
    }
  }

  private func packRows(_ corner: String, firstColumn: String, depth: String) {
    let rest = form.restColumns
    func copy(columns: Int) {
      _ = ir.loop(from: "0", to: depth, step: 1, carrying: []) { k, _ in
        let source = ir.element(corner, ir.product(k, size(.rightRow)))
        let target = ir.element("%panel", ir.product(k, String(form.stripWidth)))
        for start in stride(from: 0, to: columns, by: lanes) {
          let mask = columns - start < lanes ? prefixMask(columns - start) : nil
          let vector = ir.loadFloats(ir.element(source, String(start)), lanes: lanes, mask: mask)
          ir.storeFloats(vector, ir.element(target, String(start)), lanes: lanes)
        }
        return []
      }
    }
    if rest == 0 { return copy(columns: form.stripWidth) }
    if !form.hasWholeStrips { return copy(columns: rest) }
    ir.choose(ir.emit("icmp eq i64 \(firstColumn), \(ir.sum(size(.n), String(-rest)))")) {
      copy(columns: rest)
    } otherwise: {
      copy(columns: form.stripWidth)
    }
  }

  /// Hands the strip to the transposing kernel.
  private func packTransposed(_ corner: String, firstColumn: String, depth: String) {
    let columns = ir.minimum(ir.difference(size(.n), firstColumn), String(form.stripWidth))
    let arguments = [
      "ptr \(corner)", "ptr %panel", "i64 \(size(.rightColumn))", "i64 \(form.stripWidth)", "i64 \(depth)",
    ]
    for (i, argument) in arguments.enumerated() {
      ir.line("store \(argument), ptr \(ir.element("%strip", String(2 * i))), align 8")
    }
    ir.line("call void %transpose(ptr %strip, i64 0, i64 \(columns))")
  }

  /// The kernel that packs a strip whose columns lie as rows in memory: squares turn in registers. One code serves all
  /// products, which call it through their argument table, because LLVM takes long for so many shuffles.
  ///
  /// Arguments: where the strip begins, the panel, the distances between columns in memory and between rows of the panel,
  /// and the depth. Columns `lo ..< hi` are packed.
  static func emitTransposing(lanes: Int) -> String {
    let ir = IRBuilder()
    let names = ["source", "panel", "stride", "width", "depth"]
    for (i, name) in names.enumerated() {
      let slot = ir.emit("getelementptr ptr, ptr %args, i64 \(i)")
      ir.line("%\(name) = load \(i < 2 ? "ptr" : "i64"), ptr \(slot), align 8")
    }
    // Columns that fill up the last square are copies of the last.
    let top = ir.emit("sub nsw i64 %hi, 1")
    _ = ir.loop(from: "%lo", to: "%hi", step: lanes, carrying: []) { column, _ in
      let rows = (0..<lanes).map { t in
        let index = ir.sum(column, String(t))
        let isInside = ir.emit("icmp slt i64 \(index), \(top)")
        return ir.element("%source", ir.product(ir.select(isInside, index, top, "i64", 1), "%stride"))
      }
      let target = ir.element("%panel", column)
      // Whole squares and the part at the end load differently and share the rest, which is long.
      _ = ir.loop(from: "0", to: "%depth", step: lanes, carrying: []) { k, _ in
        let type = vectorType("float", lanes)
        let left = ir.difference("%depth", k)
        func loaded(mask: String?) -> [String] {
          rows.map { ir.loadFloats(ir.element($0, k), lanes: lanes, mask: mask) }
        }
        var square = rows.map { _ in IRBuilder.Carried(type: type, value: "zeroinitializer") }
        let isWhole = ir.emit("icmp sge i64 \(left), \(lanes)")
        for (i, vector) in ir.when(isWhole, carrying: square, { _ in loaded(mask: nil) }).enumerated() {
          square[i].value = vector
        }
        let isPart = ir.emit("icmp slt i64 \(left), \(lanes)")
        let vectors = ir.when(isPart, carrying: square) { _ in loaded(mask: ir.laneMask(below: left, lanes: lanes)) }
        var place = ir.element(target, ir.product(k, "%width"))
        for vector in ir.transposed(vectors, lanes: lanes) {
          ir.storeFloats(vector, place, lanes: lanes)
          place = ir.element(place, "%width")
        }
        return []
      }
      return []
    }
    return ir.module()
  }

  // MARK: A, all of it

  /// The kernel that copies a column-major A into the scratch memory:
  /// `scratch[tile·tileRows·depth + k·tileRows + r] = A[tile·tileRows + r, k]`. A task copies as many tiles as share a
  /// cache line of A.
  func emitPacking() -> String {
    loadArguments([.a, .scratch])
    let rest = form.restRows
    _ = ir.loop(from: "%lo", to: "%hi", step: 1, carrying: []) { index, _ in
      let (batchIndex, group) = split(index, by: size(.groups))
      let row = ir.product(group, String(form.groupRows))
      let source = ir.element(matrix("%a", batchIndex, ProductSize.leftBatch), row)
      let target = ir.element(
        ir.element("%scratch", ir.product(batchIndex, size(.packedLeft))), ir.product(row, size(.k)))
      func copy(rows: Int) {
        _ = ir.loop(from: "0", to: size(.k), step: 1, carrying: []) { k, _ in
          let from = ir.element(source, ir.product(k, size(.leftColumn)))
          let to = ir.element(target, ir.product(k, String(form.tileRows)))
          for first in stride(from: 0, to: rows, by: form.tileRows) {
            let lanes = min(form.tileRows, rows - first)
            let vector = ir.loadFloats(ir.element(from, String(first)), lanes: lanes)
            ir.storeFloats(vector, ir.element(to, ir.product(String(first), size(.k))), lanes: lanes)
          }
          return []
        }
      }
      if rest == 0 {
        copy(rows: form.groupRows)
      } else {
        ir.choose(ir.emit("icmp eq i64 \(group), \(ir.sum(size(.groups), "-1"))")) {
          copy(rows: rest)
        } otherwise: {
          copy(rows: form.groupRows)
        }
      }
      return []
    }
    return ir.module()
  }
}

extension ProductBlocking {
  /// Floats of a packed A, for one index of the batch.
  func packedLeftCount(_ d: ProductDescriptor) -> Int { (d.m + tileRows - 1) / tileRows * tileRows * d.k }

  /// Steps of depth that a packed strip holds; transposing fills whole squares.
  func packedDepth(_ d: ProductDescriptor) -> Int { (min(d.k, depthBlock) + lanes - 1) / lanes * lanes }
}

extension IRBuilder {
  /// Runs one of two bodies.
  func choose(_ condition: String, _ body: () -> Void, otherwise: () -> Void) {
    _ = when(condition, carrying: []) { _ in
      body()
      return []
    }
    _ = when(emit("xor i1 \(condition), true"), carrying: []) { _ in
      otherwise()
      return []
    }
  }

  /// The transpose of a square of `lanes` vectors, which must be 4, 8 or 16: within blocks of four lanes by interleaving,
  /// then the blocks among the vectors, since instructions for the one and for the other are cheap.
  func transposed(_ rows: [String], lanes: Int) -> [String] {
    require(rows.count == lanes && [4, 8, 16].contains(lanes), "\(rows.count) vectors of \(lanes) lanes")
    let type = vectorType("float", lanes)
    /// Lanes of `x` and, from `lanes` on, of `y`, for each block of four as `pick` says for its index and its lane.
    func shuffle(_ x: String, _ y: String, _ pick: (Int, Int) -> Int) -> String {
      let mask = (0..<lanes).map { "i32 \(pick($0 / 4, $0 % 4))" }.joined(separator: ", ")
      return emit("shufflevector \(type) \(x), \(type) \(y), <\(lanes) x i32> <\(mask)>")
    }
    /// The same for whole blocks: `picks` has the block's number for each block of the result.
    func blocks(_ x: String, _ y: String, _ picks: [Int]) -> String {
      shuffle(x, y) { block, lane in picks[block] * 4 + lane }
    }
    // quads[g][c]: block b holds column 4b + c of rows 4g ..< 4g + 4.
    let quads = stride(from: 0, to: lanes, by: 4).map { first -> [String] in
      let r = Array(rows[first..<first + 4])
      func low(_ x: String, _ y: String) -> String { shuffle(x, y) { $0 * 4 + $1 / 2 + $1 % 2 * lanes } }
      func high(_ x: String, _ y: String) -> String { shuffle(x, y) { $0 * 4 + 2 + $1 / 2 + $1 % 2 * lanes } }
      let (a, b, c, d) = (low(r[0], r[1]), high(r[0], r[1]), low(r[2], r[3]), high(r[2], r[3]))
      func front(_ x: String, _ y: String) -> String { shuffle(x, y) { $0 * 4 + $1 % 2 + $1 / 2 * lanes } }
      func back(_ x: String, _ y: String) -> String { shuffle(x, y) { $0 * 4 + 2 + $1 % 2 + $1 / 2 * lanes } }
      return [front(a, c), back(a, c), front(b, d), back(b, d)]
    }
    var result = [String](repeating: "", count: lanes)
    for c in 0..<4 {
      switch lanes {
      case 4: result[c] = quads[0][c]
      case 8:
        for b in 0..<2 { result[4 * b + c] = blocks(quads[0][c], quads[1][c], [b, 2 + b]) }
      default:
        for half in 0..<2 {
          let picks = [2 * half, 2 * half + 1, 4 + 2 * half, 5 + 2 * half]
          let (x, y) = (blocks(quads[0][c], quads[1][c], picks), blocks(quads[2][c], quads[3][c], picks))
          for b in 0..<2 { result[4 * (2 * half + b) + c] = blocks(x, y, [b, 2 + b, 4 + b, 6 + b]) }
        }
      }
    }
    return result
  }
}
