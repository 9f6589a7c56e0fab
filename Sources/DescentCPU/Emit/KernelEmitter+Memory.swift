import DescentGraph
import DescentRuntime

extension KernelEmitter {
  /// The value of an affine function of the indices: an i64, or one for each lane.
  func address(_ affine: Affine, _ isVector: Bool) -> String {
    let base = base(affine)
    guard isVector, let v = vectorDimension else { return base }
    let stride = affine.coefficients[v]
    let spread = ir.splat(base, "i64", width)
    if stride == 0 { return spread }
    let steps = "<" + (0..<width).map { "i64 \($0 * stride)" }.joined(separator: ", ") + ">"
    return ir.emit("add nsw \(vectorType("i64", width)) \(spread), \(steps)")
  }

  /// The affine function at lane 0.
  private func base(_ affine: Affine) -> String {
    var sum: String?
    var offset = affine.offset
    for d in affine.coefficients.indices where affine.coefficients[d] != 0 {
      let coefficient = affine.coefficients[d]
      if let index = Int(indices[d]) {
        offset += coefficient * index
        continue
      }
      let term = coefficient == 1 ? indices[d] : ir.emit("mul nsw i64 \(indices[d]), \(coefficient)")
      sum = sum.map { ir.emit("add nsw i64 \($0), \(term)") } ?? term
    }
    guard let sum else { return String(offset) }
    return offset == 0 ? sum : ir.emit("add nsw i64 \(sum), \(offset)")
  }

  private func pointer(_ buffer: Int, _ element: String, _ index: String) -> String {
    ir.emit("getelementptr \(element), ptr %b\(buffer), i64 \(index)")
  }

  func load(_ buffer: Int, _ affine: Affine, _ dtype: DType, _ isVector: Bool) -> String {
    let element = dtype.memoryType
    let align = dtype.byteCount
    guard isVector, let v = vectorDimension else {
      let place = pointer(buffer, element, base(affine))
      return widened(ir.emit("load \(element), ptr \(place), align \(align)"), dtype, 1)
    }
    if affine.coefficients[v] != 1 { return loadLanes(buffer, address(affine, true), dtype) }
    let type = vectorType(element, width)
    let place = pointer(buffer, element, base(affine))
    guard let mask else { return widened(ir.emit("load \(type), ptr \(place), align \(align)"), dtype, width) }
    let symbol = "@llvm.masked.load.\(intrinsicSuffix(element, width)).p0"
    ir.declare("\(type) \(symbol)(ptr, i32, <\(width) x i1>, \(type))")
    let loaded = ir.emit(
      "call \(type) \(symbol)(ptr \(place), i32 \(align), <\(width) x i1> \(mask), \(type) zeroinitializer)")
    return widened(loaded, dtype, width)
  }

  /// One load for each lane, at indices that are no neighbours.
  private func loadLanes(_ buffer: Int, _ indices: String, _ dtype: DType) -> String {
    let element = dtype.memoryType
    let type = vectorType(element, width)
    let places = ir.emit("getelementptr \(element), ptr %b\(buffer), \(vectorType("i64", width)) \(indices)")
    let symbol = "@llvm.masked.gather.\(intrinsicSuffix(element, width)).v\(width)p0"
    ir.declare("\(type) \(symbol)(<\(width) x ptr>, i32, <\(width) x i1>, \(type))")
    let lanes = mask ?? ir.constant("true", "i1", width)
    let loaded = ir.emit(
      "call \(type) \(symbol)(<\(width) x ptr> \(places), i32 \(dtype.byteCount), <\(width) x i1> \(lanes), "
        + "\(type) zeroinitializer)")
    return widened(loaded, dtype, width)
  }

  func gather(
    _ buffer: Int, _ affine: Affine, _ index: LoopKernel.ValueID, _ stride: Int, _ bound: Int, _ dtype: DType,
    _ isVector: Bool
  ) -> String {
    let indexRegister = value(index)
    let lanes = indexRegister.isVector ? width : 1
    let type = vectorType("i64", lanes)
    let wide = convert(indexRegister.name, from: kernel.dtypes[index], to: .int64, lanes)
    // Clamped to the axis.
    let top = ir.constant(String(bound - 1), "i64", lanes)
    let zero = ir.constant("0", "i64", lanes)
    let above = ir.select(ir.emit("icmp sgt \(type) \(wide), \(top)"), top, wide, type, lanes)
    let inside = ir.select(ir.emit("icmp slt \(type) \(above), \(zero)"), zero, above, type, lanes)
    let offset = ir.emit("mul nsw \(type) \(inside), \(ir.constant(String(stride), "i64", lanes))")
    if indexRegister.isVector {
      let sum = ir.emit("add nsw \(type) \(offset), \(address(affine, true))")
      return loadLanes(buffer, sum, dtype)
    }
    guard isVector, let v = vectorDimension else {
      let place = pointer(buffer, dtype.memoryType, ir.emit("add nsw i64 \(offset), \(base(affine))"))
      let loaded = ir.emit("load \(dtype.memoryType), ptr \(place), align \(dtype.byteCount)")
      return widened(loaded, dtype, 1)
    }
    // The same row for every lane: an ordinary load from a moved base.
    if affine.coefficients[v] != 1 {
      let sum = ir.emit(
        "add nsw \(vectorType("i64", width)) \(ir.splat(offset, "i64", width)), \(address(affine, true))")
      return loadLanes(buffer, sum, dtype)
    }
    let place = pointer(buffer, dtype.memoryType, ir.emit("add nsw i64 \(offset), \(base(affine))"))
    let memory = vectorType(dtype.memoryType, width)
    guard let mask else {
      return widened(ir.emit("load \(memory), ptr \(place), align \(dtype.byteCount)"), dtype, width)
    }
    let symbol = "@llvm.masked.load.\(intrinsicSuffix(dtype.memoryType, width)).p0"
    ir.declare("\(memory) \(symbol)(ptr, i32, <\(width) x i1>, \(memory))")
    let loaded = ir.emit(
      "call \(memory) \(symbol)(ptr \(place), i32 \(dtype.byteCount), <\(width) x i1> \(mask), "
        + "\(memory) zeroinitializer)")
    return widened(loaded, dtype, width)
  }

  func store(_ register: Register, _ store: LoopKernel.Store) {
    let dtype = kernel.dtypes[store.value]
    let element = dtype.memoryType
    let align = dtype.byteCount
    let stride = vectorDimension.map { store.address.coefficients[$0] } ?? 0
    guard width > 1, stride != 0 else {
      let narrow = narrowed(register.name, dtype, 1)
      ir.line("store \(element) \(narrow), ptr \(pointer(store.buffer, element, base(store.address))), align \(align)")
      return
    }
    let spread = register.isVector ? register.name : ir.splat(register.name, dtype.registerType, width)
    let narrow = narrowed(spread, dtype, width)
    let type = vectorType(element, width)
    let lanes = mask ?? ir.constant("true", "i1", width)
    if stride != 1 {
      let indices = address(store.address, true)
      let places = ir.emit(
        "getelementptr \(element), ptr %b\(store.buffer), \(vectorType("i64", width)) \(indices)")
      let symbol = "@llvm.masked.scatter.\(intrinsicSuffix(element, width)).v\(width)p0"
      ir.declare("void \(symbol)(\(type), <\(width) x ptr>, i32, <\(width) x i1>)")
      ir.line(
        "call void \(symbol)(\(type) \(narrow), <\(width) x ptr> \(places), i32 \(align), <\(width) x i1> \(lanes))")
      return
    }
    let place = pointer(store.buffer, element, base(store.address))
    guard mask != nil else {
      ir.line("store \(type) \(narrow), ptr \(place), align \(align)")
      return
    }
    let symbol = "@llvm.masked.store.\(intrinsicSuffix(element, width)).p0"
    ir.declare("void \(symbol)(\(type), ptr, i32, <\(width) x i1>)")
    ir.line("call void \(symbol)(\(type) \(narrow), ptr \(place), i32 \(align), <\(width) x i1> \(lanes))")
  }

  /// From the form in memory to the form in registers.
  private func widened(_ x: String, _ dtype: DType, _ lanes: Int) -> String {
    switch dtype {
    case .bool:
      return ir.emit("icmp ne \(vectorType("i8", lanes)) \(x), \(ir.constant("0", "i8", lanes))")
    case .bfloat16:
      let int = vectorType("i32", lanes)
      let wide = ir.emit("zext \(vectorType("i16", lanes)) \(x) to \(int)")
      let bits = ir.emit("shl \(int) \(wide), \(ir.constant("16", "i32", lanes))")
      return ir.emit("bitcast \(int) \(bits) to \(vectorType("float", lanes))")
    case .float16: return ir.emit("fpext \(vectorType("half", lanes)) \(x) to \(vectorType("float", lanes))")
    case .uint8, .int32, .int64, .float32, .float64: return x
    }
  }

  /// From the form in registers to the form in memory.
  private func narrowed(_ x: String, _ dtype: DType, _ lanes: Int) -> String {
    switch dtype {
    case .bool: return ir.emit("zext \(vectorType("i1", lanes)) \(x) to \(vectorType("i8", lanes))")
    case .bfloat16:
      let int = vectorType("i32", lanes)
      let bits = ir.bfloat16Bits(x, lanes)
      let high = ir.emit("lshr \(int) \(bits), \(ir.constant("16", "i32", lanes))")
      return ir.emit("trunc \(int) \(high) to \(vectorType("i16", lanes))")
    case .float16: return ir.emit("fptrunc \(vectorType("float", lanes)) \(x) to \(vectorType("half", lanes))")
    case .uint8, .int32, .int64, .float32, .float64: return x
    }
  }
}
