import DescentGraph

extension KernelEmitter {
  /// Computes here what the given values need from the levels up to `level`, so that the loop to come finds it ready.
  func hoist(upTo level: Level, from roots: [LoopKernel.ValueID]) {
    var seen: Set<LoopKernel.ValueID> = []
    func visit(_ id: LoopKernel.ValueID) {
      guard seen.insert(id).inserted, register(id) == nil else { return }
      if self.level(id) <= level && !kernel.isReduction(id) {
        _ = value(id)
      } else {
        for operand in kernel.operands(of: id) { visit(operand) }
      }
    }
    for root in roots { visit(root) }
  }

  /// The register of a value, computed here unless it is known.
  func value(_ id: LoopKernel.ValueID) -> Register {
    if let known = register(id) ?? readBack(id) { return known }
    let isVector = isVector(id)
    let dtype = kernel.dtypes[id]
    let name: String
    switch kernel.values[id] {
    case .constant(let value): name = dtype.literal(value)
    case .load(let buffer, let address): name = load(buffer, address, dtype, isVector)
    case .gather(let buffer, let address, let index, let stride, let bound):
      name = gather(buffer, address, index, stride, bound, dtype, isVector)
    case .index(let address):
      name = convert(self.address(address, isVector), from: .int64, to: dtype, lanes(isVector))
    case .random(let key, let stream, let counter):
      name = random(value(key).name, value(stream).name, counter, dtype, isVector)
    case .unary(let f, let a):
      name = rounded(unary(f, operand(a, isVector), kernel.dtypes[a], lanes(isVector)), dtype, lanes(isVector))
    case .binary(let f, let a, let b):
      let (x, y) = (operand(a, isVector), operand(b, isVector))
      let result = binary(f, x, y, kernel.dtypes[a], lanes(isVector), right: constant(b))
      name = rounded(result, dtype, lanes(isVector))
    case .compare(let c, let a, let b):
      name = compare(c, operand(a, isVector), operand(b, isVector), kernel.dtypes[a], lanes(isVector))
    case .select(let c, let a, let b):
      let type = vectorType(dtype.registerType, lanes(isVector))
      let condition = operand(c, isVector)
      let (x, y) = (operand(a, isVector), operand(b, isVector))
      name = ir.emit("select \(vectorType("i1", lanes(isVector))) \(condition), \(type) \(x), \(type) \(y)")
    case .cast(let a):
      let result = convert(operand(a, isVector), from: kernel.dtypes[a], to: dtype, lanes(isVector))
      name = kernel.dtypes[a] == dtype ? result : rounded(result, dtype, lanes(isVector))
    case .bitcast(let a):
      let (source, target) = (kernel.dtypes[a].registerType, dtype.registerType)
      let (x, count) = (operand(a, isVector), lanes(isVector))
      name = ir.emit("bitcast \(vectorType(source, count)) \(x) to \(vectorType(target, count))")
    case .reduce, .argmax: fatalError("a reduction was asked for before its loop ran")
    }
    let register = Register(name: name, isVector: isVector)
    define(id, register)
    keep(id, register)
    return register
  }

  /// Whether a value differs from lane to lane.
  func isVector(_ id: LoopKernel.ValueID) -> Bool {
    width > 1 && (vectorDimension.map { dependences[id][$0] } ?? false)
  }

  func lanes(_ isVector: Bool) -> Int { isVector ? width : 1 }

  /// An operand's register, spread over the lanes when its consumer is a vector and it is not.
  func operand(_ id: LoopKernel.ValueID, _ isVector: Bool) -> String {
    let register = value(id)
    guard isVector, !register.isVector else { return register.name }
    return ir.splat(register.name, kernel.dtypes[id].registerType, width)
  }

  private func constant(_ id: LoopKernel.ValueID) -> Double? {
    if case .constant(let value) = kernel.values[id] { value } else { nil }
  }

  /// bfloat16 and float16 results are rounded at once, so that fusion does not change them.
  func rounded(_ value: String, _ dtype: DType, _ lanes: Int) -> String {
    switch dtype {
    case .bfloat16:
      let bits = ir.bfloat16Bits(value, lanes)
      let type = vectorType("i32", lanes)
      let kept = ir.emit("and \(type) \(bits), \(ir.constant("-65536", "i32", lanes))")
      return ir.emit("bitcast \(type) \(kept) to \(vectorType("float", lanes))")
    case .float16:
      let (float, half) = (vectorType("float", lanes), vectorType("half", lanes))
      let narrow = ir.emit("fptrunc \(float) \(value) to \(half)")
      return ir.emit("fpext \(half) \(narrow) to \(float)")
    case .bool, .uint8, .int32, .int64, .float32, .float64: return value
    }
  }

  // MARK: Element-wise functions

  func unary(_ f: Unary, _ x: String, _ dtype: DType, _ lanes: Int) -> String {
    let element = dtype.registerType
    let type = vectorType(element, lanes)
    let zero = ir.constant(dtype.isFloat ? "0.0" : "0", element, lanes)
    if !dtype.isFloat {
      switch f {
      case .negate: return ir.emit("sub \(type) \(zero), \(x)")
      case .abs:
        if dtype == .uint8 { return x }
        let isNegative = ir.emit("icmp slt \(type) \(x), \(zero)")
        return ir.select(isNegative, ir.emit("sub \(type) \(zero), \(x)"), x, type, lanes)
      case .sign:
        let isZero = ir.emit("icmp eq \(type) \(x), \(zero)")
        let one = ir.constant("1", element, lanes)
        if dtype == .uint8 { return ir.select(isZero, zero, one, type, lanes) }
        let isNegative = ir.emit("icmp slt \(type) \(x), \(zero)")
        let side = ir.select(isNegative, ir.constant("-1", element, lanes), one, type, lanes)
        return ir.select(isZero, zero, side, type, lanes)
      case .relu:
        if dtype == .uint8 { return x }
        return ir.select(ir.emit("icmp slt \(type) \(x), \(zero)"), zero, x, type, lanes)
      case .not: return ir.emit("xor \(type) \(x), \(ir.constant(dtype == .bool ? "true" : "-1", element, lanes))")
      case .exp, .expm1, .log, .log1p, .sqrt, .rsqrt, .sin, .cos, .tanh, .erf, .sigmoid, .floor, .ceil:
        fatalError("\(f.rawValue) is not defined for \(dtype)")
      }
    }
    switch f {
    case .negate: return ir.emit("fneg \(type) \(x)")
    case .abs: return ir.intrinsic("fabs", x, element, lanes)
    case .floor: return ir.intrinsic("floor", x, element, lanes)
    case .ceil: return ir.intrinsic("ceil", x, element, lanes)
    case .sqrt: return ir.intrinsic("sqrt", x, element, lanes)
    case .rsqrt:
      return ir.emit("fdiv \(type) \(ir.constant("1.0", element, lanes)), \(ir.intrinsic("sqrt", x, element, lanes))")
    case .sign:
      let isPositive = ir.emit("fcmp ogt \(type) \(x), \(zero)")
      let isNegative = ir.emit("fcmp olt \(type) \(x), \(zero)")
      let isNaN = ir.emit("fcmp uno \(type) \(x), \(x)")
      let low = ir.select(isNegative, ir.constant("-1.0", element, lanes), zero, type, lanes)
      let side = ir.select(isPositive, ir.constant("1.0", element, lanes), low, type, lanes)
      return ir.select(isNaN, x, side, type, lanes)
    // NaN compares false and stays; this form is one max instruction.
    case .relu: return ir.select(ir.emit("fcmp olt \(type) \(x), \(zero)"), zero, x, type, lanes)
    case .exp: return ir.call(.exp, [x], dtype, lanes)
    case .expm1: return ir.call(.expm1, [x], dtype, lanes)
    case .log: return ir.call(.log, [x], dtype, lanes)
    case .log1p: return ir.call(.log1p, [x], dtype, lanes)
    case .sin: return ir.call(.sin, [x], dtype, lanes)
    case .cos: return ir.call(.cos, [x], dtype, lanes)
    case .tanh: return ir.call(.tanh, [x], dtype, lanes)
    case .erf: return ir.call(.erf, [x], dtype, lanes)
    case .sigmoid: return ir.call(.sigmoid, [x], dtype, lanes)
    case .not: fatalError("not is not defined for floats")
    }
  }

  /// `right` is the second operand's value when it is a constant.
  func binary(_ f: Binary, _ a: String, _ b: String, _ dtype: DType, _ lanes: Int, right: Double? = nil) -> String {
    let type = vectorType(dtype.registerType, lanes)
    if dtype.isFloat {
      switch f {
      // `contract` lets LLVM join a product and a sum into one rounding.
      case .add: return ir.emit("fadd contract \(type) \(a), \(b)")
      case .subtract: return ir.emit("fsub contract \(type) \(a), \(b)")
      case .multiply: return ir.emit("fmul contract \(type) \(a), \(b)")
      case .divide: return ir.emit("fdiv \(type) \(a), \(b)")
      case .power: return ir.call(.pow, [a, b], dtype, lanes)
      case .maximum: return extreme("olt", a, b, right, type, lanes)
      case .minimum: return extreme("ogt", a, b, right, type, lanes)
      case .and, .or, .xor, .shiftLeft, .shiftRight: fatalError("\(f.rawValue) is not defined for \(dtype)")
      }
    }
    switch f {
    case .add: return ir.emit("add \(type) \(a), \(b)")
    case .subtract: return ir.emit("sub \(type) \(a), \(b)")
    case .multiply: return ir.emit("mul \(type) \(a), \(b)")
    case .divide: return integerDivision(a, b, dtype, lanes)
    case .maximum, .minimum:
      let order = (dtype == .uint8 ? "u" : "s") + (f == .maximum ? "gt" : "lt")
      return ir.select(ir.emit("icmp \(order) \(type) \(a), \(b)"), a, b, type, lanes)
    case .and: return ir.emit("and \(type) \(a), \(b)")
    case .or: return ir.emit("or \(type) \(a), \(b)")
    case .xor: return ir.emit("xor \(type) \(a), \(b)")
    case .shiftLeft, .shiftRight:
      // Shifting by the width or more is undefined in IR and gives 0 here.
      let bits = ir.constant(String(dtype.byteCount * 8), dtype.registerType, lanes)
      let fits = ir.emit("icmp ult \(type) \(b), \(bits)")
      let zero = ir.constant("0", dtype.registerType, lanes)
      let amount = ir.select(fits, b, zero, type, lanes)
      let shifted = ir.emit("\(f == .shiftLeft ? "shl" : "lshr") \(type) \(a), \(amount)")
      return ir.select(fits, shifted, zero, type, lanes)
    case .power: fatalError("power is not defined for \(dtype)")
    }
  }

  /// `b` where `a` compares to it as `order` says, else `a`; NaN when either is NaN.
  private func extreme(
    _ order: String, _ a: String, _ b: String, _ right: Double?, _ type: String, _ lanes: Int
  ) -> String {
    let chosen = ir.select(ir.emit("fcmp \(order) \(type) \(a), \(b)"), b, a, type, lanes)
    if let right, !right.isNaN { return chosen }
    return ir.select(ir.emit("fcmp uno \(type) \(b), \(b)"), b, chosen, type, lanes)
  }

  /// Truncating division; by 0 it gives 0, and the one overflow wraps.
  private func integerDivision(_ a: String, _ b: String, _ dtype: DType, _ lanes: Int) -> String {
    let element = dtype.registerType
    let type = vectorType(element, lanes)
    let (zero, one) = (ir.constant("0", element, lanes), ir.constant("1", element, lanes))
    let byZero = ir.emit("icmp eq \(type) \(b), \(zero)")
    if dtype == .uint8 {
      let quotient = ir.emit("udiv \(type) \(a), \(ir.select(byZero, one, b, type, lanes))")
      return ir.select(byZero, zero, quotient, type, lanes)
    }
    let byMinusOne = ir.emit("icmp eq \(type) \(b), \(ir.constant("-1", element, lanes))")
    let special = ir.emit("or \(vectorType("i1", lanes)) \(byZero), \(byMinusOne)")
    let quotient = ir.emit("sdiv \(type) \(a), \(ir.select(special, one, b, type, lanes))")
    let negated = ir.select(byMinusOne, ir.emit("sub \(type) \(zero), \(a)"), quotient, type, lanes)
    return ir.select(byZero, zero, negated, type, lanes)
  }

  func compare(_ c: Relation, _ a: String, _ b: String, _ dtype: DType, _ lanes: Int) -> String {
    let type = vectorType(dtype.registerType, lanes)
    let sign = dtype == .uint8 || dtype == .bool ? "u" : "s"
    let predicate =
      switch c {
      case .equal: dtype.isFloat ? "oeq" : "eq"
      case .notEqual: dtype.isFloat ? "une" : "ne"
      case .less: dtype.isFloat ? "olt" : sign + "lt"
      case .lessOrEqual: dtype.isFloat ? "ole" : sign + "le"
      case .greater: dtype.isFloat ? "ogt" : sign + "gt"
      case .greaterOrEqual: dtype.isFloat ? "oge" : sign + "ge"
      }
    return ir.emit("\(dtype.isFloat ? "fcmp" : "icmp") \(predicate) \(type) \(a), \(b)")
  }

  /// Converts a register; floats become integers by truncation, saturating, with NaN as 0.
  func convert(_ x: String, from: DType, to: DType, _ lanes: Int) -> String {
    let (source, target) = (vectorType(from.registerType, lanes), vectorType(to.registerType, lanes))
    if from.registerType == to.registerType { return x }
    if to == .bool {
      let zero = ir.constant(from.isFloat ? "0.0" : "0", from.registerType, lanes)
      return ir.emit("\(from.isFloat ? "fcmp une" : "icmp ne") \(source) \(x), \(zero)")
    }
    let isUnsigned = from == .bool || from == .uint8
    if from.isFloat && to.isFloat {
      return ir.emit("\(to == .float64 ? "fpext" : "fptrunc") \(source) \(x) to \(target)")
    }
    if to.isFloat { return ir.emit("\(isUnsigned ? "uitofp" : "sitofp") \(source) \(x) to \(target)") }
    if from.isFloat && to == .uint8 {
      // LLVM converts to saturated bytes one by one, but limits and narrows in vectors.
      let wide = vectorType("i32", lanes)
      let (zero, most) = (ir.constant("0.0", from.registerType, lanes), ir.constant("255.0", from.registerType, lanes))
      let positive = ir.select(ir.emit("fcmp ogt \(source) \(x), \(zero)"), x, zero, source, lanes)
      let limited = ir.select(ir.emit("fcmp olt \(source) \(positive), \(most)"), positive, most, source, lanes)
      return ir.emit("trunc \(wide) \(ir.emit("fptosi \(source) \(limited) to \(wide)")) to \(target)")
    }
    if from.isFloat {
      let suffix = intrinsicSuffix(to.registerType, lanes) + "." + intrinsicSuffix(from.registerType, lanes)
      ir.declare("\(target) @llvm.fptosi.sat.\(suffix)(\(source))")
      return ir.emit("call \(target) @llvm.fptosi.sat.\(suffix)(\(source) \(x))")
    }
    let (fromBytes, toBytes) = (from == .bool ? 0 : from.byteCount, to.byteCount)
    if fromBytes < toBytes { return ir.emit("\(isUnsigned ? "zext" : "sext") \(source) \(x) to \(target)") }
    return ir.emit("trunc \(source) \(x) to \(target)")
  }
}

extension IRBuilder {
  /// A constant in every lane.
  func constant(_ value: String, _ element: String, _ lanes: Int) -> String {
    if lanes == 1 { return value }
    if value == "0" || value == "0.0" { return "zeroinitializer" }
    return "<" + [String](repeating: "\(element) \(value)", count: lanes).joined(separator: ", ") + ">"
  }

  func select(_ condition: String, _ a: String, _ b: String, _ type: String, _ lanes: Int) -> String {
    emit("select \(vectorType("i1", lanes)) \(condition), \(type) \(a), \(type) \(b)")
  }

  /// `llvm.name` of one operand.
  func intrinsic(_ name: String, _ x: String, _ element: String, _ lanes: Int) -> String {
    let type = vectorType(element, lanes)
    let symbol = "@llvm.\(name).\(intrinsicSuffix(element, lanes))"
    declare("\(type) \(symbol)(\(type))")
    return emit("call \(type) \(symbol)(\(type) \(x))")
  }

  func call(_ function: VectorMath, _ operands: [String], _ dtype: DType, _ lanes: Int) -> String {
    let element: VectorMath.Element = dtype == .float64 ? .float64 : .float32
    use(VectorMath.definition(of: function, width: lanes, element: element))
    let type = vectorType(dtype.registerType, lanes)
    let arguments = operands.map { "\(type) \($0)" }.joined(separator: ", ")
    return emit("call \(type) \(VectorMath.symbol(of: function, width: lanes, element: element))(\(arguments))")
  }

  /// The bits of a float rounded to bfloat16 (nearest, ties to even), in the upper half of an i32.
  func bfloat16Bits(_ value: String, _ lanes: Int) -> String {
    let (float, int) = (vectorType("float", lanes), vectorType("i32", lanes))
    let bits = emit("bitcast \(float) \(value) to \(int)")
    let shifted = emit("lshr \(int) \(bits), \(constant("16", "i32", lanes))")
    let odd = emit("and \(int) \(shifted), \(constant("1", "i32", lanes))")
    let half = emit("add \(int) \(odd), \(constant("32767", "i32", lanes))")
    let up = emit("add \(int) \(bits), \(half)")
    let isNaN = emit("fcmp uno \(float) \(value), \(value)")
    let quiet = emit("or \(int) \(bits), \(constant("4194304", "i32", lanes))")
    return select(isNaN, quiet, up, int, lanes)
  }
}
