import DescentGraph

/// Emits running sums along an axis.
///
/// With axes after it (*columns*), lanes are columns and each adds up its elements one by one. Along the last axis
/// (*rows*), a vector of neighbours becomes its own running sums in log₂(width) steps, each adding the sums that lie 1, 2,
/// 4 … lanes before; then the total of everything before is added. What is left of a row is added one by one.
enum CumulativeSumEmitter {
  static func emit(_ unit: CumulativeSumUnit, vectorByteCount: Int) -> KernelEmitter.Code {
    let ir = IRBuilder()
    for (i, name) in ["%input", "%output"].enumerated() {
      let slot = ir.emit("getelementptr ptr, ptr %args, i64 \(i)")
      ir.line("\(name) = load ptr, ptr \(slot), align 8")
    }
    let lanes = vectorByteCount / unit.node.dtype.byteCount
    let isEmpty = unit.outer * unit.count * unit.inner == 0
    let tasks =
      isEmpty
      ? 0 : unit.inner == 1 ? rows(ir, unit, lanes: lanes) : columns(ir, unit, lanes: 4 * lanes)
    return .init(ir: ir.module(), tasks: tasks, extentArgument: nil)
  }

  /// The greatest power of two up to both.
  private static func width(_ lanes: Int, _ extent: Int) -> Int {
    var width = 1
    while width * 2 <= min(lanes, extent) { width *= 2 }
    return width
  }

  private static func load(_ ir: IRBuilder, _ dtype: DType, _ place: String, _ width: Int) -> String {
    let pointer = ir.emit("getelementptr \(dtype.memoryType), ptr %input, i64 \(place)")
    return ir.emit("load \(vectorType(dtype.memoryType, width)), ptr \(pointer), align \(dtype.byteCount)")
  }
  private static func store(_ ir: IRBuilder, _ dtype: DType, _ x: String, _ place: String, _ width: Int) {
    let pointer = ir.emit("getelementptr \(dtype.memoryType), ptr %output, i64 \(place)")
    ir.line("store \(vectorType(dtype.memoryType, width)) \(x), ptr \(pointer), align \(dtype.byteCount)")
  }
  private static func add(_ ir: IRBuilder, _ dtype: DType, _ a: String, _ b: String, _ width: Int) -> String {
    ir.emit("\(dtype.isFloat ? "fadd" : "add") \(vectorType(dtype.memoryType, width)) \(a), \(b)")
  }
  private static func zero(_ dtype: DType, _ width: Int) -> String {
    width > 1 ? "zeroinitializer" : dtype.literal(0)
  }

  private static func columns(_ ir: IRBuilder, _ unit: CumulativeSumUnit, lanes: Int) -> Int {
    let dtype = unit.node.dtype
    let width = width(lanes, unit.inner)
    let block = 4 * width
    // The last block takes what is left over, so that none is narrower than a vector.
    let blocks = max(unit.inner / block, 1)
    _ = ir.loop(from: "%lo", to: "%hi", step: 1, carrying: []) { task, _ in
      let number = ir.emit("urem i64 \(task), \(blocks)")
      let low = ir.emit("mul nsw i64 \(number), \(block)")
      let isLast = ir.emit("icmp eq i64 \(number), \(blocks - 1)")
      let end = ir.emit("add nsw i64 \(low), \(block)")
      let high = ir.select(isLast, String(unit.inner), end, "i64", 1)
      let latest = ir.emit("sub nsw i64 \(high), \(width)")
      let start = ir.emit("mul nsw i64 \(ir.emit("udiv i64 \(task), \(blocks)")), \(unit.count * unit.inner)")
      _ = ir.loop(from: low, to: high, step: width, carrying: []) { column, _ in
        // The last vector ends with the block: some columns are computed twice, to the same bits.
        let isPast = ir.emit("icmp sgt i64 \(column), \(latest)")
        let first = ir.emit("add nsw i64 \(start), \(ir.select(isPast, latest, column, "i64", 1))")
        let type = vectorType(dtype.memoryType, width)
        let carried = IRBuilder.Carried(type: type, value: zero(dtype, width))
        _ = ir.loop(from: "0", to: String(unit.count), step: 1, carrying: [carried]) { i, sums in
          let place = ir.emit("add nsw i64 \(first), \(ir.emit("mul nsw i64 \(i), \(unit.inner)"))")
          let sum = add(ir, dtype, sums[0], load(ir, dtype, place, width), width)
          store(ir, dtype, sum, place, width)
          return [sum]
        }
        return []
      }
      return []
    }
    return unit.outer * blocks
  }

  private static func rows(_ ir: IRBuilder, _ unit: CumulativeSumUnit, lanes: Int) -> Int {
    let dtype = unit.node.dtype
    let width = width(lanes, unit.count)
    let type = vectorType(dtype.memoryType, width)
    let whole = unit.count / width * width
    _ = ir.loop(from: "%lo", to: "%hi", step: 1, carrying: []) { task, _ in
      let start = ir.emit("mul nsw i64 \(task), \(unit.count)")
      let nothing = IRBuilder.Carried(type: dtype.memoryType, value: zero(dtype, 1))
      let total = ir.loop(from: "0", to: String(whole), step: width, carrying: [nothing]) { i, total in
        let place = ir.emit("add nsw i64 \(start), \(i)")
        var sums = load(ir, dtype, place, width)
        var step = 1
        while step < width {
          let order = (0..<width).map { "i32 \($0 < step ? width : $0 - step)" }.joined(separator: ", ")
          let before = ir.emit("shufflevector \(type) \(sums), \(type) zeroinitializer, <\(width) x i32> <\(order)>")
          sums = add(ir, dtype, sums, before, width)
          step *= 2
        }
        sums = add(ir, dtype, sums, ir.splat(total[0], dtype.memoryType, width), width)
        store(ir, dtype, sums, place, width)
        return [width == 1 ? sums : ir.emit("extractelement \(type) \(sums), i64 \(width - 1)")]
      }
      let left = IRBuilder.Carried(type: dtype.memoryType, value: total[0])
      _ = ir.loop(from: String(whole), to: String(unit.count), step: 1, carrying: [left]) { i, total in
        let place = ir.emit("add nsw i64 \(start), \(i)")
        let sum = add(ir, dtype, total[0], load(ir, dtype, place, 1), 1)
        store(ir, dtype, sum, place, 1)
        return [sum]
      }
      return []
    }
    return unit.outer
  }
}
