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
    /// What follows the places in the argument table.
    var sizes: [Int]
    /// Bytes of memory that `packing` and `product` share. Products that run one after another may use the same.
    var scratchByteCount: Int
  }

  /// The kernels of all products of one form.
  struct Texts {
    var packing: String?
    var transposing: String?
    var product: String
  }

  /// The places in the argument table.
  enum Argument: Int, CaseIterable { case a, b, bias, c, scratch, transpose }

  let form: ProductForm
  let ir = IRBuilder()
  var lanes: Int { form.lanes }

  static func emit(_ d: ProductDescriptor, vectorByteCount: Int) -> Code {
    emit(d, ProductBlocking(d, vectorByteCount: vectorByteCount))
  }

  static func emit(_ d: ProductDescriptor, _ blocking: ProductBlocking) -> Code {
    let form = ProductForm(d, blocking)
    return code(d, blocking, form, texts(form))
  }

  static func texts(_ form: ProductForm) -> Texts {
    Texts(
      packing: form.packsLeft ? ProductEmitter(form).emitPacking() : nil,
      transposing: form.isUnit(.rightColumn) ? nil : emitTransposing(lanes: form.lanes),
      product: ProductEmitter(form).emitProduct())
  }

  /// A product with the kernels of its form.
  static func code(
    _ d: ProductDescriptor, _ blocking: ProductBlocking, _ form: ProductForm, _ texts: Texts
  ) -> Code {
    let size = ProductSize.values(d, blocking)
    let batch = d.batch.reduce(1, *)
    func kernel(_ ir: String, tasks: Int) -> KernelEmitter.Code { .init(ir: ir, tasks: tasks, extentArgument: nil) }
    return Code(
      packing: texts.packing.map { kernel($0, tasks: batch * size(.groups)) }, transposing: texts.transposing,
      product: kernel(texts.product, tasks: batch * size(.strips) * size(.rowBlocks)),
      sizes: form.constants.isEmpty ? form.sizes.map(size) : [],
      scratchByteCount: blocking.packsLeft ? 4 * batch * size(.packedLeft) : 0)
  }

  private init(_ form: ProductForm) { self.form = form }

  /// Loads pointers, and the sizes that are no constants, from the argument table.
  func loadArguments(_ arguments: [Argument]) {
    func load(_ type: String, _ name: String, _ index: Int) {
      let slot = ir.emit("getelementptr ptr, ptr %args, i64 \(index)")
      ir.line("\(name) = load \(type), ptr \(slot), align 8")
    }
    for argument in arguments { load("ptr", "%\(argument)", argument.rawValue) }
    if !form.constants.isEmpty { return }
    for (i, size) in form.sizes.enumerated() where !form.isUnit(size) {
      load("i64", "%size\(i)", Argument.allCases.count + i)
    }
  }

  /// A size as code refers to it: a constant or a register.
  func size(_ size: ProductSize) -> String {
    if form.isUnit(size) { return "1" }
    let i = form.sizes.firstIndex(of: size)!
    return form.constants.isEmpty ? "%size\(i)" : String(form.constants[i])
  }

  /// `i / extent` and `i % extent`.
  func split(_ i: String, by extent: String) -> (String, String) {
    if extent == "1" { return (i, "0") }
    return (ir.emit("sdiv i64 \(i), \(extent)"), ir.emit("srem i64 \(i), \(extent)"))
  }

  /// Where the matrix of a batch index begins.
  func matrix(_ pointer: String, _ batchIndex: String, _ stride: (Int) -> ProductSize) -> String {
    var rest = batchIndex
    var offset = "0"
    for dimension in (0..<form.batchDimensions).reversed() {
      let (outer, index) = split(rest, by: size(.batch(dimension)))
      rest = outer
      offset = ir.sum(offset, ir.product(index, size(stride(dimension))))
    }
    return ir.element(pointer, offset)
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

  private func emitProduct() -> String {
    loadArguments(Argument.allCases)
    if form.packsRight {
      ir.line("%panel = alloca float, i64 \(size(.panel)), align 64")
      ir.line("%strip = alloca [5 x i64], align 8")
    }
    // The strip that lies packed on the stack.
    let none = IRBuilder.Carried(type: "i64", value: "-1")
    _ = ir.loop(from: "%lo", to: "%hi", step: 1, carrying: [none]) { index, packed in
      let (strip, rowBlock) = split(index, by: size(.rowBlocks))
      let (batchIndex, stripOfMatrix) = split(strip, by: size(.strips))
      let firstRow = ir.product(rowBlock, size(.rowBlock))
      var task = Task(
        a: form.packsLeft
          ? ir.element("%scratch", ir.product(batchIndex, size(.packedLeft)))
          : matrix("%a", batchIndex, ProductSize.leftBatch),
        b: matrix("%b", batchIndex, ProductSize.rightBatch), c: matrix("%c", batchIndex, ProductSize.resultBatch),
        firstRow: firstRow, endRow: ir.minimum(ir.sum(firstRow, size(.rowBlock)), size(.m)),
        firstColumn: ir.product(stripOfMatrix, String(form.stripWidth)), depthStart: "0", depth: size(.k))
      if !form.hasDepthBlocks {
        if form.packsRight {
          let isNew = ir.emit("icmp ne i64 \(strip), \(packed[0])")
          _ = ir.when(isNew, carrying: []) { _ in
            packStrip(task.b, firstColumn: task.firstColumn, depthStart: "0", depth: task.depth)
            return []
          }
        }
        rows(task)
      } else {
        _ = ir.loop(from: "0", to: size(.k), step: size(.depthBlock), carrying: []) { start, _ in
          task.depthStart = start
          task.depth = ir.minimum(ir.difference(size(.k), start), size(.depthBlock))
          if form.packsRight {
            packStrip(task.b, firstColumn: task.firstColumn, depthStart: start, depth: task.depth)
          }
          rows(task)
          return []
        }
      }
      return [strip]
    }
    return ir.module()
  }

  /// The rows of a task, in a strip of full or of remaining width.
  private func rows(_ task: Task) {
    let rest = form.restColumns
    if rest == 0 { return rows(task, columns: form.stripWidth) }
    if !form.hasWholeStrips { return rows(task, columns: rest) }
    ir.choose(ir.emit("icmp eq i64 \(task.firstColumn), \(ir.sum(size(.n), String(-rest)))")) {
      rows(task, columns: rest)
    } otherwise: {
      rows(task, columns: form.stripWidth)
    }
  }

  private func rows(_ task: Task, columns: Int) {
    let rest = form.restRows % form.tileRows
    let full = ir.sum(size(.m), String(-rest))
    if form.hasWholeTiles {
      let end = rest == 0 ? task.endRow : ir.minimum(task.endRow, full)
      _ = ir.loop(from: task.firstRow, to: end, step: form.tileRows, carrying: []) { row, _ in
        tile(task, row: row, rows: form.tileRows, columns: columns)
        return []
      }
    }
    if rest > 0 {
      _ = ir.when(ir.emit("icmp eq i64 \(task.endRow), \(size(.m))"), carrying: []) { _ in
        tile(task, row: full, rows: rest, columns: columns)
        return []
      }
    }
  }

  private func tile(_ task: Task, row: String, rows: Int, columns: Int) {
    let vectors = (columns + lanes - 1) / lanes
    let lastMask = columns % lanes == 0 ? nil : prefixMask(columns % lanes)
    // As many steps between branches as keep the text short; a divisor of `mostSteps`, whose rest the form knows.
    var steps = ProductForm.mostSteps
    while steps > 1 && steps * rows * vectors > 16 { steps /= 2 }
    let tile = ProductTile(rows: rows, vectors: vectors, lanes: lanes, unroll: steps)
    let left: ProductTile.Left
    if form.packsLeft {
      let offset = ir.sum(ir.product(row, size(.k)), ir.product(task.depthStart, String(form.tileRows)))
      left = .init(pointer: ir.element(task.a, offset), rowStride: "1", depthStride: String(form.tileRows))
    } else {
      let offset = ir.sum(
        ir.product(row, size(.leftRow)), ir.product(task.depthStart, size(.leftColumn)))
      left = .init(
        pointer: ir.element(task.a, offset), rowStride: size(.leftRow), depthStride: size(.leftColumn))
    }
    let right: ProductTile.Right
    if form.packsRight {
      right = .init(pointer: "%panel", depthStride: String(form.stripWidth))
    } else {
      let offset = ir.sum(ir.product(task.depthStart, size(.rightRow)), task.firstColumn)
      right = .init(pointer: ir.element(task.b, offset), depthStride: size(.rightRow), lastMask: lastMask)
    }
    let corner = ir.element(task.c, ir.sum(ir.product(row, size(.resultRow)), task.firstColumn))
    let places = (0..<rows).map { ir.element(corner, ir.product(String($0), size(.resultRow))) }
    func place(_ r: Int, _ v: Int) -> String { ir.element(places[r], String(v * lanes)) }
    func mask(_ v: Int) -> String? { v == vectors - 1 ? lastMask : nil }
    func stored() -> [String] {
      (0..<rows).flatMap { r in (0..<vectors).map { v in ir.loadFloats(place(r, v), lanes: lanes, mask: mask(v)) } }
    }
    let type = vectorType("float", lanes)
    var initial: [[String]]?
    if form.hasDepthBlocks {
      let continues = ir.emit("icmp sgt i64 \(task.depthStart), 0")
      let zeros = tile.zeros.flatMap { $0 }.map { IRBuilder.Carried(type: type, value: $0) }
      initial = nested(ir.when(continues, carrying: zeros) { _ in stored() }, vectors)
    }
    var sums = tile.emit(
      ir, left, right, depth: task.depth, restOfDepth: form.hasDepthBlocks ? nil : form.restDepth % tile.unroll,
      initial: initial
    ).flatMap { $0 }
    if form.hasBias || form.hasRelu {
      func finished(_ sums: [String]) -> [String] {
        let bias = form.hasBias ? ir.element("%bias", task.firstColumn) : ""
        let terms = (0..<vectors).map { v in
          form.hasBias ? ir.loadFloats(ir.element(bias, String(v * lanes)), lanes: lanes, mask: mask(v)) : ""
        }
        return sums.enumerated().map { i, sum in
          var x = sum
          if form.hasBias { x = ir.emit("fadd \(type) \(x), \(terms[i % vectors])") }
          if form.hasRelu {
            let zero = ir.constant("0.0", "float", lanes)
            // NaN compares false and stays; this form is one max instruction.
            x = ir.select(ir.emit("fcmp olt \(type) \(x), \(zero)"), zero, x, type, lanes)
          }
          return x
        }
      }
      if form.hasDepthBlocks {
        let end = ir.sum(task.depthStart, task.depth)
        sums = ir.when(
          ir.emit("icmp eq i64 \(end), \(size(.k))"), carrying: sums.map { .init(type: type, value: $0) }, finished)
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
