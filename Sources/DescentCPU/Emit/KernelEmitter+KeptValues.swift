import DescentGraph

/// Row values kept between passes: what one pass has computed and a later one wants again waits in memory of the task's
/// own, mostly in the first-level cache. An exponential, or a sum of several tensors, is then computed once.
extension KernelEmitter {
  /// What a pass over the reduced dimensions is for.
  struct PassWork {
    let reductions: [LoopKernel.ValueID]
    let stores: [LoopKernel.Store]
  }

  struct KeptValue {
    /// The pass that computes it, by its number among those that have work.
    let pass: Int
    /// Points of a row, `[points]` in vectors.
    let memory: String
  }

  /// The passes that have something to do, in order.
  static func passWork(_ kernel: LoopKernel, _ passes: [Int]) -> [PassWork] {
    let inLoop = kernel.stores.filter(kernel.isInLoop)
    let reductions = kernel.values.indices.filter { kernel.isReduction($0) }
    let count = (reductions.map { passes[$0] } + inLoop.map { passes[$0.value] + 1 }).max() ?? 0
    return (0..<count).map { pass in
      PassWork(
        reductions: reductions.filter { passes[$0] == pass + 1 }, stores: inLoop.filter { passes[$0.value] == pass })
    }
    .filter { !$0.reductions.isEmpty || !$0.stores.isEmpty }
  }

  /// Bytes for all that is kept: a part of the smallest first-level cache.
  private static let cachedByteCount = 16384
  /// Bytes for values that take longer to compute than to fetch from the second-level cache; every thread's stack has
  /// room for them.
  private static let dearByteCount = 1 << 18
  /// Vector instructions that a value must take to be worth keeping, in the one and in the other cache.
  private static let leastCost = 3
  private static let dearCost = 10

  /// Chooses the values to keep and gives them memory. From the values that each pass is for, it goes down to the first
  /// that an earlier pass has computed.
  func keepValues() {
    var firstPass: [LoopKernel.ValueID: Int] = [:]
    var byteCount = 0
    for (pass, work) in passWork.enumerated() {
      var seen: Set<LoopKernel.ValueID> = []
      func visit(_ id: LoopKernel.ValueID) {
        guard level(id) == .point, kept[id] == nil, seen.insert(id).inserted else { return }
        if let first = firstPass[id] {
          let cost = cost(of: id)
          let total = byteCount + keptByteCount(id)
          let isWorthIt = cost >= (total <= Self.cachedByteCount ? Self.leastCost : Self.dearCost)
          if first < pass && isWorthIt && total <= Self.dearByteCount && canKeep(id) {
            let memory = ir.emit("alloca [\(keptByteCount(id)) x i8], align 64")
            kept[id] = KeptValue(pass: first, memory: memory)
            byteCount = total
            return
          }
        } else {
          firstPass[id] = pass
        }
        for operand in kernel.operands(of: id) { visit(operand) }
      }
      for id in work.reductions.flatMap(kernel.operands) + work.stores.map(\.value) { visit(id) }
    }
  }

  /// One value for all lanes, or bits, are not worth a place.
  private func canKeep(_ id: LoopKernel.ValueID) -> Bool {
    (isVector(id) || width == 1) && kernel.dtypes[id] != .bool
  }

  private var rowPoints: Int {
    let own = reducesVector ? (kernel.domain[kernel.domain.count - 1] + width - 1) / width * width : width
    return reducedDimensions.reduce(own) { $0 * kernel.domain[$1] }
  }

  private func keptByteCount(_ id: LoopKernel.ValueID) -> Int {
    rowPoints * kernel.dtypes[id].registerByteCount
  }

  /// About how many vector instructions computing a value takes, from what does not have to be computed in the loop.
  private func cost(of id: LoopKernel.ValueID) -> Int {
    var seen: Set<LoopKernel.ValueID> = []
    func total(_ id: LoopKernel.ValueID) -> Int {
      guard level(id) == .point, kept[id] == nil, seen.insert(id).inserted else { return 0 }
      return kernel.operands(of: id).reduce(ownCost(id)) { $0 + total($1) }
    }
    return total(id)
  }

  private func ownCost(_ id: LoopKernel.ValueID) -> Int {
    switch kernel.values[id] {
    case .constant, .index: return 0
    case .load(_, let address): return isVector(id) && address.coefficients[kernel.domain.count - 1] != 1 ? 8 : 1
    case .gather: return 8
    case .random: return 40
    case .unary(let f, _):
      switch f {
      case .negate, .abs, .relu, .not, .floor, .ceil, .sign: return 1
      case .exp, .expm1, .log, .log1p, .sqrt, .rsqrt, .sin, .cos, .tanh, .erf, .sigmoid: return 10
      }
    case .binary(let f, _, _):
      switch f {
      case .add, .subtract, .multiply, .maximum, .minimum, .and, .or, .xor, .shiftLeft, .shiftRight: return 1
      case .divide: return 4
      case .power: return 20
      }
    case .compare, .select, .cast, .bitcast, .reduce, .argmax: return 1
    }
  }

  // MARK: In the loops

  /// Puts a value that was just computed where later passes will find it.
  func keep(_ id: LoopKernel.ValueID, _ register: Register) {
    guard let kept = kept[id], kept.pass == pass else { return }
    let type = vectorType(kernel.dtypes[id].registerType, width)
    ir.line("store \(type) \(register.name), ptr \(place(of: kept, id)), align \(kernel.dtypes[id].registerByteCount)")
  }

  /// The value from an earlier pass; nil when it must be computed.
  func readBack(_ id: LoopKernel.ValueID) -> Register? {
    guard let kept = kept[id], kept.pass < pass else { return nil }
    let type = vectorType(kernel.dtypes[id].registerType, width)
    let name = ir.emit("load \(type), ptr \(place(of: kept, id)), align \(kernel.dtypes[id].registerByteCount)")
    let register = Register(name: name, isVector: width > 1)
    define(id, register)
    return register
  }

  /// Where the current point's vector lies. A row's last vector is whole here, whatever its mask.
  private func place(of kept: KeptValue, _ id: LoopKernel.ValueID) -> String {
    var index = "0"
    for d in reducedDimensions { index = ir.sum(ir.product(index, String(kernel.domain[d])), indices[d]) }
    let own = reducesVector ? rowPoints / reducedDimensions.reduce(1) { $0 * kernel.domain[$1] } : width
    index = ir.product(index, String(own))
    if reducesVector { index = ir.sum(index, indices[kernel.domain.count - 1]) }
    return ir.emit("getelementptr \(kernel.dtypes[id].registerType), ptr \(kept.memory), i64 \(index)")
  }
}

extension DType {
  /// The size of a value in a register's lane.
  var registerByteCount: Int { isHalf ? 4 : byteCount }
}
