import DescentGraph

/// Emits a scatter-add: `target[o, index[i], v] += updates[o, i, v]` for all `i` in order, a block of columns `v` a task.
/// The task fills its columns with zeros before, if the unit says so.
enum ScatterEmitter {
  static func emit(_ unit: ScatterUnit, vectorByteCount: Int) -> KernelEmitter.Code {
    let ir = IRBuilder()
    let dtype = unit.node.dtype
    let indexType = unit.node.inputs[1].dtype.registerType
    var width = 1
    while width < vectorByteCount / 4 && width * 2 <= unit.inner && !dtype.isHalf && dtype != .bool { width *= 2 }
    let block = max(width, min(unit.inner, 128) / width * width)
    let blocks = (unit.inner + block - 1) / block

    // Argument order: indices, updates, target.
    for (i, name) in ["%indices", "%updates", "%target"].enumerated() {
      let slot = ir.emit("getelementptr ptr, ptr %args, i64 \(i)")
      ir.line("\(name) = load ptr, ptr \(slot), align 8")
    }
    _ = ir.loop(from: "%lo", to: "%hi", step: 1, carrying: []) { task, _ in
      let outer = ir.emit("udiv i64 \(task), \(blocks)")
      let low = ir.emit("mul nsw i64 \(ir.emit("urem i64 \(task), \(blocks)")), \(block)")
      let end = ir.emit("add nsw i64 \(low), \(block)")
      let high = ir.select(ir.emit("icmp sgt i64 \(end), \(unit.inner)"), String(unit.inner), end, "i64", 1)
      let length = ir.emit("sub nsw i64 \(high), \(low)")
      let vectors = ir.emit("add nsw i64 \(low), \(ir.emit("and i64 \(length), \(-width)"))")
      func row(_ base: String, _ extent: Int, _ position: String) -> String {
        let start = ir.emit("add nsw i64 \(ir.emit("mul nsw i64 \(outer), \(extent)")), \(position)")
        let offset = ir.emit("mul nsw i64 \(start), \(unit.inner)")
        return ir.emit("getelementptr \(dtype.memoryType), ptr \(base), i64 \(offset)")
      }
      /// Runs over the task's columns: whole vectors, then one by one.
      func columns(_ body: (_ column: String, _ lanes: Int) -> Void) {
        if width > 1 {
          _ = ir.loop(from: low, to: vectors, step: width, carrying: []) { column, _ in
            body(column, width)
            return []
          }
        }
        _ = ir.loop(from: width > 1 ? vectors : low, to: high, step: 1, carrying: []) { column, _ in
          body(column, 1)
          return []
        }
      }
      if unit.fillsZeros {
        _ = ir.loop(from: "0", to: String(unit.axis), step: 1, carrying: []) { i, _ in
          let target = row("%target", unit.axis, i)
          columns { column, lanes in
            let to = ir.emit("getelementptr \(dtype.memoryType), ptr \(target), i64 \(column)")
            let zero = ir.constant(dtype.isFloat ? "0.0" : "0", dtype.memoryType, lanes)
            ir.line("store \(vectorType(dtype.memoryType, lanes)) \(zero), ptr \(to), align \(dtype.byteCount)")
          }
          return []
        }
      }
      _ = ir.loop(from: "0", to: String(unit.count), step: 1, carrying: []) { i, _ in
        let place = ir.emit("getelementptr \(indexType), ptr %indices, i64 \(i)")
        var index = ir.emit("load \(indexType), ptr \(place), align \(unit.node.inputs[1].dtype.byteCount)")
        if indexType != "i64" { index = ir.emit("sext \(indexType) \(index) to i64") }
        let top = String(unit.axis - 1)
        index = ir.select(ir.emit("icmp sgt i64 \(index), \(top)"), top, index, "i64", 1)
        index = ir.select(ir.emit("icmp slt i64 \(index), 0"), "0", index, "i64", 1)
        let source = row("%updates", unit.count, i)
        let target = row("%target", unit.axis, index)
        columns { column, lanes in
          let type = vectorType(dtype.memoryType, lanes)
          let from = ir.emit("getelementptr \(dtype.memoryType), ptr \(source), i64 \(column)")
          let to = ir.emit("getelementptr \(dtype.memoryType), ptr \(target), i64 \(column)")
          let x = ir.emit("load \(type), ptr \(from), align \(dtype.byteCount)")
          let y = ir.emit("load \(type), ptr \(to), align \(dtype.byteCount)")
          let sum = ir.emit("\(dtype.isFloat ? "fadd" : "add") \(type) \(y), \(x)")
          ir.line("store \(type) \(sum), ptr \(to), align \(dtype.byteCount)")
        }
        return []
      }
      return []
    }
    return .init(ir: ir.module(), tasks: unit.outer * blocks, extentArgument: nil)
  }
}
