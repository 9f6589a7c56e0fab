import DescentGraph

/// Emits a matrix product as kernels over tasks: `C = relu(A · B + bias)`, for each index of a batch.
///
/// C is cut into strips of columns, one register tile wide. A task is a block of rows of one strip: it packs the strip's
/// part of B if that is needed, and runs down its rows tile by tile. Tasks of the same strip follow each other, so that a
/// call packs a strip once. A column-major A that is large is packed by a kernel of its own beforehand.
///
/// Every element is one sum in order of depth, started by zero, with one rounding a term: tasks, tiles and blocks
/// do not change a bit of it.
final class ProductEmitter {
  struct Code {
    /// Packs A into the scratch memory; runs to its end before `product` begins.
    var packing: KernelEmitter.Code?
    /// The kernel behind `Argument.transpose`, if that is used.
    var transposing: String?
    var product: KernelEmitter.Code
    /// Bytes of memory that `packing` and `product` share. Products that run one after another may use the same.
    var scratchByteCount: Int
  }

  /// The places in the argument table.
  enum Argument: Int, CaseIterable { case a, b, bias, c, scratch, transpose }

  let d: ProductDescriptor
  let blocking: ProductBlocking
  let ir = IRBuilder()
  var lanes: Int { blocking.lanes }

  static func emit(_ d: ProductDescriptor, vectorByteCount: Int) -> Code {
    emit(d, ProductBlocking(d, vectorByteCount: vectorByteCount))
  }

  static func emit(_ d: ProductDescriptor, _ blocking: ProductBlocking) -> Code {
    require(d.problem == nil, "no kernel for \(d): \(d.problem!)")
    require(d.a.rowStride == 1 || !blocking.packsLeft, "a row-major A is not packed: \(d)")
    require(d.b.columnStride == 1 || blocking.packsRight, "a column-major B must be packed: \(d)")
    let packing = blocking.packsLeft ? ProductEmitter(d, blocking).emitPacking() : nil
    let size = d.batch.reduce(1, *) * blocking.packedLeftCount(d)
    return Code(
      packing: packing,
      transposing: d.b.columnStride != 1 ? emitTransposing(lanes: blocking.lanes) : nil,
      product: ProductEmitter(d, blocking).emitProduct(),
      scratchByteCount: blocking.packsLeft ? 4 * size : 0)
  }

  private init(_ d: ProductDescriptor, _ blocking: ProductBlocking) {
    self.d = d
    self.blocking = blocking
  }

  /// Loads the pointers of the argument table.
  func loadArguments(_ arguments: [Argument]) {
    for argument in arguments {
      let slot = ir.emit("getelementptr ptr, ptr %args, i64 \(argument.rawValue)")
      ir.line("%\(argument) = load ptr, ptr \(slot), align 8")
    }
  }

  /// `i / extent` and `i % extent`.
  func split(_ i: String, by extent: Int) -> (String, String) {
    if extent == 1 { return (i, "0") }
    return (ir.emit("sdiv i64 \(i), \(extent)"), ir.emit("srem i64 \(i), \(extent)"))
  }

  /// Where the matrix of a batch index begins.
  func matrix(_ pointer: String, _ batchIndex: String, _ strides: [Int]) -> String {
    var rest = batchIndex
    var offset = "0"
    for (extent, stride) in zip(d.batch, strides).reversed() {
      let (outer, index) = split(rest, by: extent)
      rest = outer
      offset = ir.sum(offset, ir.product(index, String(stride)))
    }
    return ir.element(pointer, offset)
  }

  func minimum(_ x: String, _ y: String) -> String {
    ir.select(ir.emit("icmp slt i64 \(x), \(y)"), x, y, "i64", 1)
  }

  // MARK: The product

  /// What the emitted code of one task refers to.
  private struct Task {
    var a: String
    var b: String
    var c: String
    var firstRow: String
    var endRow: String
    var firstColumn: String
    /// The block of depth: where it begins, and its steps.
    var depthStart: String
    var depth: String
  }

  private func emitProduct() -> KernelEmitter.Code {
    loadArguments(Argument.allCases)
    if blocking.packsRight {
      let count = blocking.packedDepth(d) * blocking.stripWidth
      ir.line("%panel = alloca [\(count) x float], align 64")
      ir.line("%strip = alloca [5 x i64], align 8")
    }
    let strips = (d.n + blocking.stripWidth - 1) / blocking.stripWidth
    let rowBlocks = (d.m + blocking.rowBlock - 1) / blocking.rowBlock
    let depthBlocks = (d.k + blocking.depthBlock - 1) / blocking.depthBlock
    // The strip that lies packed on the stack.
    let none = IRBuilder.Carried(type: "i64", value: "-1")
    _ = ir.loop(from: "%lo", to: "%hi", step: 1, carrying: [none]) { index, packed in
      let (strip, rowBlock) = split(index, by: rowBlocks)
      let (batchIndex, stripOfMatrix) = split(strip, by: strips)
      let firstRow = ir.product(rowBlock, String(blocking.rowBlock))
      let rowEnd = ir.sum(firstRow, String(blocking.rowBlock))
      let left = blocking.packsLeft ? [blocking.packedLeftCount(d)] : d.a.batchStrides
      var task = Task(
        a: blocking.packsLeft
          ? ir.element("%scratch", ir.product(batchIndex, String(left[0])))
          : matrix("%a", batchIndex, left),
        b: matrix("%b", batchIndex, d.b.batchStrides), c: matrix("%c", batchIndex, d.c.batchStrides),
        firstRow: firstRow, endRow: rowBlocks == 1 ? String(d.m) : minimum(rowEnd, String(d.m)),
        firstColumn: ir.product(stripOfMatrix, String(blocking.stripWidth)), depthStart: "0", depth: String(d.k))
      if depthBlocks == 1 {
        if blocking.packsRight {
          let isNew = ir.emit("icmp ne i64 \(strip), \(packed[0])")
          _ = ir.when(isNew, carrying: []) { _ in
            packStrip(task.b, firstColumn: task.firstColumn, depthStart: "0", depth: String(d.k))
            return []
          }
        }
        rows(task)
      } else {
        _ = ir.loop(from: "0", to: String(d.k), step: blocking.depthBlock, carrying: []) { start, _ in
          task.depthStart = start
          task.depth = minimum(ir.emit("sub nsw i64 \(d.k), \(start)"), String(blocking.depthBlock))
          if blocking.packsRight {
            packStrip(task.b, firstColumn: task.firstColumn, depthStart: start, depth: task.depth)
          }
          rows(task)
          return []
        }
      }
      return [strip]
    }
    return .init(ir: ir.module(), tasks: d.batch.reduce(1, *) * strips * rowBlocks, extentArgument: nil)
  }

  /// The rows of a task, in a strip of full or of remaining width.
  private func rows(_ task: Task) {
    let rest = d.n % blocking.stripWidth
    if rest == 0 { return rows(task, columns: blocking.stripWidth) }
    if d.n < blocking.stripWidth { return rows(task, columns: rest) }
    ir.choose(ir.emit("icmp eq i64 \(task.firstColumn), \(d.n - rest)")) {
      rows(task, columns: rest)
    } otherwise: {
      rows(task, columns: blocking.stripWidth)
    }
  }

  private func rows(_ task: Task, columns: Int) {
    let rest = d.m % blocking.tileRows
    let full = d.m - rest
    if full > 0 {
      let end = rest == 0 ? task.endRow : minimum(task.endRow, String(full))
      _ = ir.loop(from: task.firstRow, to: end, step: blocking.tileRows, carrying: []) { row, _ in
        tile(task, row: row, rows: blocking.tileRows, columns: columns)
        return []
      }
    }
    if rest > 0 {
      _ = ir.when(ir.emit("icmp eq i64 \(task.endRow), \(d.m)"), carrying: []) { _ in
        tile(task, row: String(full), rows: rest, columns: columns)
        return []
      }
    }
  }

  private func tile(_ task: Task, row: String, rows: Int, columns: Int) {
    let vectors = (columns + lanes - 1) / lanes
    let lastMask = columns % lanes == 0 ? nil : prefixMask(columns % lanes)
    // As many steps between branches as keep the text short.
    let tile = ProductTile(
      rows: rows, vectors: vectors, lanes: lanes, unroll: max(1, min(4, 16 / (rows * vectors))))
    let left: ProductTile.Left
    if blocking.packsLeft {
      let offset = ir.sum(
        ir.product(row, String(d.k)), ir.product(task.depthStart, String(blocking.tileRows)))
      left = .init(
        pointer: ir.element(task.a, offset), rowStride: "1", depthStride: String(blocking.tileRows))
    } else {
      let offset = ir.sum(
        ir.product(row, String(d.a.rowStride)), ir.product(task.depthStart, String(d.a.columnStride)))
      left = .init(
        pointer: ir.element(task.a, offset), rowStride: String(d.a.rowStride),
        depthStride: String(d.a.columnStride))
    }
    let right: ProductTile.Right
    if blocking.packsRight {
      right = .init(pointer: "%panel", depthStride: String(blocking.stripWidth))
    } else {
      let offset = ir.sum(ir.product(task.depthStart, String(d.b.rowStride)), task.firstColumn)
      right = .init(
        pointer: ir.element(task.b, offset), depthStride: String(d.b.rowStride), lastMask: lastMask)
    }
    let corner = ir.element(
      task.c, ir.sum(ir.product(row, String(d.c.rowStride)), task.firstColumn))
    func place(_ r: Int, _ v: Int) -> String { ir.element(corner, String(r * d.c.rowStride + v * lanes)) }
    func mask(_ v: Int) -> String? { v == vectors - 1 ? lastMask : nil }
    func stored() -> [String] {
      (0..<rows).flatMap { r in (0..<vectors).map { v in ir.loadFloats(place(r, v), lanes: lanes, mask: mask(v)) } }
    }
    let type = vectorType("float", lanes)
    var initial: [[String]]?
    if d.k > blocking.depthBlock {
      let continues = ir.emit("icmp sgt i64 \(task.depthStart), 0")
      let zeros = tile.zeros.flatMap { $0 }.map { IRBuilder.Carried(type: type, value: $0) }
      initial = nested(ir.when(continues, carrying: zeros) { _ in stored() }, vectors)
    }
    var sums = tile.emit(ir, left, right, depth: task.depth, initial: initial).flatMap { $0 }
    if d.hasBias || d.hasRelu {
      func finished(_ sums: [String]) -> [String] {
        let bias = d.hasBias ? ir.element("%bias", task.firstColumn) : ""
        let terms = (0..<vectors).map { v in
          d.hasBias ? ir.loadFloats(ir.element(bias, String(v * lanes)), lanes: lanes, mask: mask(v)) : ""
        }
        return sums.enumerated().map { i, sum in
          var x = sum
          if d.hasBias { x = ir.emit("fadd \(type) \(x), \(terms[i % vectors])") }
          if d.hasRelu {
            let zero = ir.constant("0.0", "float", lanes)
            // NaN compares false and stays; this form is one max instruction.
            x = ir.select(ir.emit("fcmp olt \(type) \(x), \(zero)"), zero, x, type, lanes)
          }
          return x
        }
      }
      if d.k > blocking.depthBlock {
        let end = ir.sum(task.depthStart, task.depth)
        sums = ir.when(
          ir.emit("icmp eq i64 \(end), \(d.k)"), carrying: sums.map { .init(type: type, value: $0) }, finished)
      } else {
        sums = finished(sums)
      }
    }
    for (i, sum) in sums.enumerated() {
      ir.storeFloats(sum, place(i / vectors, i % vectors), lanes: lanes, mask: mask(i % vectors))
    }
  }

  private func nested(_ values: [String], _ vectors: Int) -> [[String]] {
    stride(from: 0, to: values.count, by: vectors).map { Array(values[$0..<$0 + vectors]) }
  }

  /// The first `count` lanes, as a constant.
  func prefixMask(_ count: Int) -> String {
    "<" + (0..<lanes).map { "i1 \($0 < count)" }.joined(separator: ", ") + ">"
  }
}
