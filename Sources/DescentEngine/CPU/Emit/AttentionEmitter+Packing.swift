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
          let mask = widthMask(ir, column)
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
  /// `[paddedWidth, chunk]`, with zeros for rows up to the next whole vector.
  func transpose(_ operand: Int, _ task: Task, count: String, factor: Double, to target: String) {
    defineTransposition()
    ir.line(
      "call void @transpose(ptr \(task.operands[operand]), i64 \(unit.views[operand].time), i64 \(count), float "
        + "\(DType.float32.literal(DType.float32.rounding(factor))), ptr \(target))")
  }

  private func defineTransposition() {
    let (lanes, chunk) = (tiling.lanes, tiling.chunk)
    ir.define("@transpose", "ptr %source, i64 %stride, i64 %count, float %factor, ptr %target") { ir in
      let factor = ir.splat("%factor", "float", lanes)
      _ = ir.loop(from: "0", to: "%count", step: lanes, carrying: []) { row, _ in
        let start = ir.product(ir.emit("udiv i64 \(row), \(chunk)"), String(tiling.paddedWidth * chunk))
        let target = ir.element("%target", ir.sum(start, ir.emit("and i64 \(row), \(chunk - 1)")))
        let source = ir.element("%source", ir.product(row, "%stride"))
        let left = ir.difference("%count", row)
        _ = ir.loop(from: "0", to: String(extents.width), step: lanes, carrying: []) { column, _ in
          let inWidth = widthMask(ir, column) ?? ir.constant("true", "i1", lanes)
          let none = ir.constant("false", "i1", lanes)
          let rows = (0..<lanes).map { r in
            let exists = ir.emit("icmp slt i64 \(r), \(left)")
            let mask = ir.emit("select i1 \(exists), <\(lanes) x i1> \(inWidth), <\(lanes) x i1> \(none)")
            let place = ir.element(ir.element(source, ir.product(String(r), "%stride")), column)
            return ir.loadFloats(place, lanes: lanes, mask: mask)
          }
          let to = ir.element(target, ir.product(column, String(chunk)))
          for (j, vector) in transposed(ir, rows).enumerated() {
            ir.storeFloats(
              ir.emit("fmul \(tiling.vector) \(vector), \(factor)"), ir.element(to, String(j * chunk)), lanes: lanes)
          }
          return []
        }
        return []
      }
    }
  }

  /// Which lanes from `column` on lie within the width; nil where all do.
  private func widthMask(_ ir: IRBuilder, _ column: String) -> String? {
    if extents.width % tiling.lanes == 0 { return nil }
    return ir.laneMask(below: ir.difference(String(extents.width), column), lanes: tiling.lanes)
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
