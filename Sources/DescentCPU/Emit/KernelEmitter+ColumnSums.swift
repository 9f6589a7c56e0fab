import DescentGraph

/// Sums over columns that read their rows one after another, as they lie in memory: the running results of all columns of
/// a task wait in the first-level cache while the rows pass by.
///
/// Finishing a vector of columns before the next would read a small piece of every row, a page apart, time and again,
/// and run a third slower on rows that come from memory. Each column's sum has the same order either way.
extension KernelEmitter {
  /// Bytes of running results: a part of the smallest first-level cache.
  private static let resultsByteCount = 24576
  /// Of so many rows the processor fetches all at once.
  private static let fewRows = 32

  /// The most columns of a task whose running results fit; nil where each vector of columns is finished before the next.
  ///
  /// That is so for reductions in several passes, which want a column's values again, for few rows, and where something
  /// that is the same for all rows would be computed for each.
  func streamedColumns() -> Int? {
    guard !reducesVector, unrolledDimensions.isEmpty, width > 1, passWork.count == 1, !passWork[0].reductions.isEmpty,
      reducedDimensions.reduce(1, { $0 * kernel.domain[$1] }) > Self.fewRows
    else { return nil }
    let accumulators = passWork[0].reductions.map(accumulator)
    guard accumulators.allSatisfy(\.isVector) else { return nil }
    let bytes = accumulators.reduce(0) { $0 + partTypes(of: $1).reduce(0) { $0 + $1.registerByteCount } }
    let columns = Self.resultsByteCount / bytes / width * width
    guard columns >= 4 * width, kernel.domain[kernel.domain.count - 1] >= 2 * width else { return nil }
    var isQuick = true
    eachLoopValue { id in
      switch kernel.values[id] {
      case .constant, .load, .index: break
      case .gather, .random, .unary, .binary, .compare, .select, .cast, .bitcast, .reduce, .argmax:
        if level(id) == .vector { isQuick = false }
      }
    }
    return isQuick ? columns : nil
  }

  /// Memory for the running results of `columns` columns, for each part of each reduction.
  func columnResults(_ columns: Int) -> [[String]] {
    let padded = (columns + width - 1) / width * width
    return passWork[0].reductions.map { id in
      partTypes(of: accumulator(for: id)).map { ir.emit("alloca [\(padded * $0.registerByteCount) x i8], align 64") }
    }
  }

  /// The columns `low ..< high`: starts all results, runs over the rows, and finishes all results.
  func streamColumns(from low: String, to high: String, _ results: [[String]]) {
    let work = passWork[0]
    let accumulators = work.reductions.map(accumulator)
    /// The current columns' places in the results.
    func places(_ number: Int) -> [String] {
      let column = ir.difference(indices[kernel.domain.count - 1], low)
      return zip(partTypes(of: accumulators[number]), results[number]).map { dtype, memory in
        ir.emit("getelementptr \(dtype.registerType), ptr \(memory), i64 \(column)")
      }
    }
    func load(_ number: Int) -> [String] {
      zip(accumulators[number].initial, places(number)).map { ir.emit("load \($0.type), ptr \($1), align 4") }
    }
    func store(_ values: [String], _ number: Int) {
      for ((part, place), value) in zip(zip(accumulators[number].initial, places(number)), values) {
        ir.line("store \(part.type) \(value), ptr \(place), align 4")
      }
    }

    vectors(from: low, to: high) {
      for (number, accumulator) in accumulators.enumerated() { store(accumulator.initial.map(\.value), number) }
    }
    _ = reducedLoops(ArraySlice(reducedDimensions), carrying: []) { _ in
      scopes.append([:])
      defer { scopes.removeLast() }
      // What is the same for all columns of a row.
      eachLoopValue { id in
        if level(id) == .point && !isVector(id) { _ = value(id) }
      }
      vectors(from: low, to: high) {
        for (number, accumulator) in accumulators.enumerated() { store(accumulate(accumulator, load(number)), number) }
        let values = work.stores.map { value($0.value) }
        for (store, register) in zip(work.stores, values) { self.store(register, store) }
      }
      return []
    }
    vectors(from: low, to: high) {
      for (number, accumulator) in accumulators.enumerated() {
        define(accumulator.id, finish(accumulator, load(number)))
      }
      storeEpilogue()
    }
  }

  private func vectors(from low: String, to high: String, _ body: () -> Void) {
    _ = vectorLoop(from: low, to: high, carrying: []) { _ in
      body()
      return []
    }
  }

  /// Visits what the loop over rows and columns reads or computes.
  private func eachLoopValue(_ body: (LoopKernel.ValueID) -> Void) {
    var seen: Set<LoopKernel.ValueID> = []
    var stack = passWork[0].reductions.flatMap(kernel.operands) + passWork[0].stores.map(\.value)
    while let id = stack.popLast() {
      guard level(id) > .task, seen.insert(id).inserted else { continue }
      body(id)
      stack += kernel.operands(of: id)
    }
  }

  /// What a reduction carries: its value, and for argmax also where it is.
  private func partTypes(of accumulator: Accumulator) -> [DType] {
    let value = kernel.dtypes[accumulator.operand]
    return accumulator.initial.count == 2 ? [value, .int32] : [value]
  }
}
