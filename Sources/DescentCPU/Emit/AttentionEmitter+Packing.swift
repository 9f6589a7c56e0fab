import DescentGraph

/// Copies of an attention kernel's operands in working memory, where rows are neighbours and strides are known.
///
/// An operand's rows often lie a page or a power of two apart, which costs more than the copy: products read each row
/// many times.
extension AttentionEmitter {
  /// Emits a call that copies `count` rows to `target`, `[count, paddedWidth]`, with zeros beyond the width.
  func copy(_ source: String, _ operand: Int, count: String, to target: String) {
    defineCopy(isInto: true)
    ir.line("call void @pack(ptr \(source), ptr \(target), i64 \(unit.views[operand].time), i64 \(count))")
  }

  /// Emits a call that copies `count` rows `[count, paddedWidth]` into the result.
  func store(_ source: String, count: String, to target: String) {
    defineCopy(isInto: false)
    ir.line("call void @unpack(ptr \(target), ptr \(source), i64 \(resultStride), i64 \(count))")
  }

  private func defineCopy(isInto: Bool) {
    let lanes = tiling.lanes
    ir.define(isInto ? "@pack" : "@unpack", "ptr %apart, ptr %packed, i64 %stride, i64 %count") { ir in
      _ = ir.loop(from: "0", to: "%count", step: 1, carrying: []) { row, _ in
        let apart = ir.element("%apart", ir.product(row, "%stride"))
        let packed = ir.element("%packed", ir.product(row, String(tiling.paddedWidth)))
        _ = ir.loop(from: "0", to: String(extents.width), step: lanes, carrying: []) { column, _ in
          let mask = widthMask(ir, column, lanes: lanes)
          let (from, to) = isInto ? (apart, packed) : (packed, apart)
          let x = ir.loadFloats(ir.element(from, column), lanes: lanes, mask: isInto ? mask : nil)
          ir.storeFloats(x, ir.element(to, column), lanes: lanes, mask: isInto ? nil : mask)
          return []
        }
        return []
      }
    }
  }

  /// Emits a call that packs `count` rows, times `factor`, into the transposed matrix at `target`: chunks
  /// `[paddedWidth, chunk]`. Up to the next whole vector the last row is repeated.
  func transpose(_ operand: Int, _ task: Task, count: String, factor: Double, to target: String) {
    defineTransposition()
    ir.line(
      "call void @transpose(ptr \(task.operands[operand]), i64 \(unit.views[operand].time), i64 \(count), float "
        + "\(DType.float32.literal(DType.float32.rounding(factor))), ptr \(target))")
  }

  private func defineTransposition() {
    // Larger blocks take fewer shuffles for an element but much longer to compile.
    let (size, chunk) = (min(tiling.lanes, 8), tiling.chunk)
    let type = vectorType("float", size)
    ir.define("@transpose", "ptr %source, i64 %stride, i64 %count, float %factor, ptr %target") { ir in
      let factor = ir.splat("%factor", "float", size)
      let last = ir.difference("%count", "1")
      let end = ir.roundedUp("%count", to: tiling.lanes)
      _ = ir.loop(from: "0", to: end, step: size, carrying: []) { row, _ in
        let start = ir.product(ir.emit("udiv i64 \(row), \(chunk)"), String(tiling.paddedWidth * chunk))
        let target = ir.element("%target", ir.sum(start, ir.emit("and i64 \(row), \(chunk - 1)")))
        let sources = (0..<size).map { r in
          ir.element("%source", ir.product(ir.minimum(ir.sum(row, String(r)), last), "%stride"))
        }
        _ = ir.loop(from: "0", to: String(extents.width), step: size, carrying: []) { column, _ in
          let mask = widthMask(ir, column, lanes: size)
          let rows = sources.map { ir.loadFloats(ir.element($0, column), lanes: size, mask: mask) }
          let to = ir.element(target, ir.product(column, String(chunk)))
          for (j, vector) in transposed(ir, rows, type).enumerated() {
            let scaled = ir.emit("fmul \(type) \(vector), \(factor)")
            ir.storeFloats(scaled, ir.element(to, String(j * chunk)), lanes: size)
          }
          return []
        }
        return []
      }
    }
  }

  /// Which lanes from `column` on lie within the width; nil where all do.
  private func widthMask(_ ir: IRBuilder, _ column: String, lanes: Int) -> String? {
    if extents.width % lanes == 0 { return nil }
    return ir.laneMask(below: ir.difference(String(extents.width), column), lanes: lanes)
  }

  /// The square matrix of `rows` transposed: blocks of half the size are exchanged, then those within them.
  private func transposed(_ ir: IRBuilder, _ rows: [String], _ type: String) -> [String] {
    var rows = rows
    let lanes = rows.count
    var size = lanes / 2
    while size > 0 {
      for i in 0..<lanes where i & size == 0 {
        let (a, b) = (rows[i], rows[i + size])
        func mixed(_ lane: (Int) -> Int) -> String {
          let order = (0..<lanes).map { "i32 \(lane($0))" }.joined(separator: ", ")
          return ir.emit("shufflevector \(type) \(a), \(type) \(b), <\(lanes) x i32> <\(order)>")
        }
        rows[i] = mixed { $0 & size == 0 ? $0 : lanes + $0 - size }
        rows[i + size] = mixed { $0 & size == 0 ? $0 + size : lanes + $0 }
      }
      size /= 2
    }
    return rows
  }
}
