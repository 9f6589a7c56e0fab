import DescentGraph

extension KernelEmitter {
  /// What a reduction carries around its loops.
  struct Accumulator {
    let id: LoopKernel.ValueID
    let operand: LoopKernel.ValueID
    /// Whether there is one partial result for each lane.
    let isVector: Bool
    let initial: [IRBuilder.Carried]
  }

  func accumulator(for id: LoopKernel.ValueID) -> Accumulator {
    let operand = kernel.operands(of: id)[0]
    let dtype = kernel.dtypes[operand]
    // Lanes of a reduced row each keep a partial result; columns are results of their own.
    let isVector = width > 1 && (reducesVector || dependences[operand][kernel.domain.count - 1])
    let count = lanes(isVector)
    let type = vectorType(dtype.registerType, count)
    switch kernel.values[id] {
    case .reduce(let r, _):
      let start = ir.constant(Self.identity(r, dtype), dtype.registerType, count)
      return Accumulator(id: id, operand: operand, isVector: isVector, initial: [.init(type: type, value: start)])
    case .argmax:
      let start = ir.constant(Self.identity(.maximum, dtype), dtype.registerType, count)
      let indexType = vectorType("i32", count)
      return Accumulator(
        id: id, operand: operand, isVector: isVector,
        initial: [.init(type: type, value: start), .init(type: indexType, value: ir.constant("0", "i32", count))])
    case .constant, .load, .gather, .index, .random, .unary, .binary, .compare, .select, .cast, .bitcast:
      fatalError("v\(id) of the kernel over \(kernel.domain) is \(kernel.values[id]), which is no reduction")
    }
  }

  /// The value that changes nothing.
  private static func identity(_ r: Reduction, _ dtype: DType) -> String {
    switch r {
    case .sum: return dtype.isFloat ? "0.0" : "0"
    case .maximum, .minimum:
      let isMaximum = r == .maximum
      switch dtype {
      case .bfloat16, .float16, .float32, .float64: return dtype.literal(isMaximum ? -Double.infinity : .infinity)
      case .uint8: return isMaximum ? "0" : "-1"
      case .int32: return String(isMaximum ? Int32.min : Int32.max)
      case .int64: return String(isMaximum ? Int64.min : Int64.max)
      case .bool: fatalError("reductions are not defined for bool")
      }
    }
  }

  private static func combining(_ r: Reduction) -> Binary {
    switch r {
    case .sum: .add
    case .maximum: .maximum
    case .minimum: .minimum
    }
  }

  /// Takes in the operand at the current point.
  func accumulate(_ accumulator: Accumulator, _ carried: [String]) -> [String] {
    let dtype = kernel.dtypes[accumulator.operand]
    let count = lanes(accumulator.isVector)
    let type = vectorType(dtype.registerType, count)
    let x = operand(accumulator.operand, accumulator.isVector)
    // Only lanes of a reduced row end in one result; masked columns are never stored.
    let mask = reducesVector ? self.mask : nil
    switch kernel.values[accumulator.id] {
    case .reduce(let r, _):
      let identity = ir.constant(Self.identity(r, dtype), dtype.registerType, count)
      let kept = mask.map { ir.select($0, x, identity, type, count) } ?? x
      return [binary(Self.combining(r), carried[0], kept, dtype, count)]
    case .argmax:
      let reduced = kernel.domain.indices.first { kernel.isReduced[$0] }
      var position = Affine.constant(0, dimensions: kernel.domain.count)
      if let reduced { position.coefficients[reduced] = 1 }
      let isLaneIndex = accumulator.isVector && reducesVector
      let index = convert(address(position, isLaneIndex), from: .int64, to: .int32, lanes(isLaneIndex))
      let indices = accumulator.isVector && !isLaneIndex ? ir.splat(index, "i32", width) : index
      var takes = exceeds(x, carried[0], dtype, count)
      if let mask { takes = ir.emit("and \(vectorType("i1", count)) \(takes), \(mask)") }
      return [
        ir.select(takes, x, carried[0], type, count),
        ir.select(takes, indices, carried[1], vectorType("i32", count), count),
      ]
    case .constant, .load, .gather, .index, .random, .unary, .binary, .compare, .select, .cast, .bitcast:
      fatalError(
        "v\(accumulator.id) of the kernel over \(kernel.domain) is \(kernel.values[accumulator.id]), which is no reduction"
      )
    }
  }

  /// x > y, where NaN exceeds every number.
  private func exceeds(_ x: String, _ y: String, _ dtype: DType, _ count: Int) -> String {
    let type = vectorType(dtype.registerType, count)
    guard dtype.isFloat else { return compare(.greater, x, y, dtype, count) }
    let greater = ir.emit("fcmp ogt \(type) \(x), \(y)")
    let isNaN = ir.emit("fcmp uno \(type) \(x), \(x)")
    let wasNumber = ir.emit("fcmp ord \(type) \(y), \(y)")
    let bits = vectorType("i1", count)
    return ir.emit("or \(bits) \(greater), \(ir.emit("and \(bits) \(isNaN), \(wasNumber)"))")
  }

  /// The reduction's result: for rows, the lanes joined in halves, always in the same order.
  func finish(_ accumulator: Accumulator, _ carried: [String]) -> Register {
    let dtype = kernel.dtypes[accumulator.operand]
    guard accumulator.isVector && reducesVector else {
      let result = carried[carried.count - 1]
      let isArgmax = carried.count == 2
      return Register(
        name: isArgmax ? result : rounded(result, dtype, lanes(accumulator.isVector)), isVector: accumulator.isVector)
    }
    var parts = carried
    var count = width
    func half(_ value: String, _ element: String, upper: Bool) -> String {
      let order = (0..<(count / 2)).map { "i32 \($0 + (upper ? count / 2 : 0))" }.joined(separator: ", ")
      let type = vectorType(element, count)
      let result = ir.emit("shufflevector \(type) \(value), \(type) poison, <\(count / 2) x i32> <\(order)>")
      return count == 2 ? ir.emit("extractelement <1 x \(element)> \(result), i64 0") : result
    }
    while count > 1 {
      let element = dtype.registerType
      let (low, high) = (half(parts[0], element, upper: false), half(parts[0], element, upper: true))
      switch kernel.values[accumulator.id] {
      case .reduce(let r, _): parts = [binary(Self.combining(r), low, high, dtype, count / 2)]
      default:
        let (lowIndex, highIndex) = (half(parts[1], "i32", upper: false), half(parts[1], "i32", upper: true))
        parts = firstGreatest((low, lowIndex), (high, highIndex), dtype, count / 2)
      }
      count /= 2
    }
    let result = parts[parts.count - 1]
    return Register(name: parts.count == 2 ? result : rounded(result, dtype, 1), isVector: false)
  }

  /// The greater of two candidates of an argmax; of equal ones that with the lower index.
  private func firstGreatest(
    _ a: (value: String, index: String), _ b: (value: String, index: String), _ dtype: DType, _ count: Int
  ) -> [String] {
    let bits = vectorType("i1", count)
    let type = vectorType(dtype.registerType, count)
    let aExceeds = exceeds(a.value, b.value, dtype, count)
    let bExceeds = exceeds(b.value, a.value, dtype, count)
    let either = ir.emit("or \(bits) \(aExceeds), \(bExceeds)")
    let isLower = ir.emit("icmp slt \(vectorType("i32", count)) \(b.index), \(a.index)")
    let tie = ir.emit("xor \(bits) \(either), \(ir.constant("true", "i1", count))")
    let takesB = ir.emit("or \(bits) \(bExceeds), \(ir.emit("and \(bits) \(tie), \(isLower)"))")
    return [
      ir.select(takesB, b.value, a.value, type, count),
      ir.select(takesB, b.index, a.index, vectorType("i32", count), count),
    ]
  }
}
