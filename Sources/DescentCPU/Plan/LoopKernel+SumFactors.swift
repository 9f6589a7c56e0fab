import DescentGraph

extension LoopKernel {
  /// Takes factors that are the same for a whole row out of sums that have to wait for them: where `k` comes from another
  /// reduction, Σ (k·x + y) becomes k·Σ x + Σ y, and Σ x is known a pass earlier.
  ///
  /// The gradient of a normalization has such sums; its rows are then read twice and not three times. Sums that wait for
  /// nothing stay as they are. So do those of half-width floats, which might leave their range without the factor.
  mutating func takeFactorsOutOfSums() {
    var rewriting = SumFactors(self)
    if let rewritten = rewriting.rewritten() { self = rewritten }
  }
}

/// A kernel written anew, value by value, from what it stores.
private struct SumFactors {
  private enum Factor {
    case minusOne, two
    case value(LoopKernel.ValueID)
    case inverse(LoopKernel.ValueID)
  }

  private struct Term {
    /// The same for the whole row; outermost first.
    var factors: [Factor]
    var value: LoopKernel.ValueID
  }

  private let old: LoopKernel
  private let passes: [Int]
  private let variesInRow: [Bool]
  private var new: LoopKernel
  private var copies: [LoopKernel.ValueID: LoopKernel.ValueID] = [:]

  init(_ kernel: LoopKernel) {
    old = kernel
    passes = kernel.passes()
    variesInRow = kernel.dependences().map { zip($0, kernel.isReduced).contains { $0 && $1 } }
    new = kernel
    (new.values, new.dtypes) = ([], [])
  }

  /// nil when no sum has such a factor. What only those sums needed is left out.
  mutating func rewritten() -> LoopKernel? {
    guard old.values.indices.contains(where: { split($0) != nil }) else { return nil }
    for i in old.stores.indices { new.stores[i].value = copy(old.stores[i].value) }
    return new
  }

  private mutating func add(_ value: LoopKernel.Value, _ dtype: DType) -> LoopKernel.ValueID {
    if let known = new.values.indices.first(where: { new.values[$0] == value && new.dtypes[$0] == dtype }) {
      return known
    }
    new.values.append(value)
    new.dtypes.append(dtype)
    return new.values.count - 1
  }

  private mutating func copy(_ id: LoopKernel.ValueID) -> LoopKernel.ValueID {
    if let known = copies[id] { return known }
    let dtype = old.dtypes[id]
    var result: LoopKernel.ValueID
    if let terms = split(id) {
      let sums = terms.map { sum(of: $0, dtype) }
      result = sums[0]
      for sum in sums.dropFirst() { result = add(.binary(.add, result, sum), dtype) }
    } else {
      let operands = old.operands(of: id).map { copy($0) }
      result = add(old.values[id].with(operands: operands), dtype)
    }
    copies[id] = result
    return result
  }

  /// Σ of a term, times its factors.
  private mutating func sum(of term: Term, _ dtype: DType) -> LoopKernel.ValueID {
    let value = copy(term.value)
    var result = add(.reduce(.sum, value), dtype)
    for factor in term.factors.reversed() {
      switch factor {
      case .minusOne: result = add(.unary(.negate, result), dtype)
      case .two: result = add(.binary(.add, result, result), dtype)
      case .value(let k):
        let k = copy(k)
        result = add(.binary(.multiply, k, result), dtype)
      case .inverse(let k):
        let k = copy(k)
        result = add(.binary(.divide, result, k), dtype)
      }
    }
    return result
  }

  /// The terms of a sum without their factors, when all of them are known in an earlier pass than the sum's operand.
  private func split(_ id: LoopKernel.ValueID) -> [Term]? {
    guard case .reduce(.sum, let operand) = old.values[id], passes[operand] > 0,
      old.dtypes[id] == .float32 || old.dtypes[id] == .float64
    else { return nil }
    guard let terms = terms(of: operand, before: passes[operand]) else { return nil }
    return terms.allSatisfy { variesInRow[$0.value] && passes[$0.value] < passes[operand] } ? terms : nil
  }

  /// The terms that a value is the sum of, taken apart until they are known before `pass`; nil where they are many.
  private func terms(of id: LoopKernel.ValueID, before pass: Int) -> [Term]? {
    var found: [Term] = []
    var open = [Term(factors: [], value: id)]
    while let term = open.popLast() {
      func left(_ value: LoopKernel.ValueID, _ factors: Factor...) -> Term {
        Term(factors: term.factors + factors, value: value)
      }
      switch old.values[term.value] {
      case _ where passes[term.value] < pass: found.append(term)
      case .unary(.negate, let a): open.append(left(a, .minusOne))
      case .binary(.add, let a, let b): open += a == b ? [left(a, .two)] : [left(b), left(a)]
      case .binary(.subtract, let a, let b): open += [left(b, .minusOne), left(a)]
      case .binary(.multiply, let a, let b) where variesInRow[a] != variesInRow[b]:
        open.append(variesInRow[a] ? left(a, .value(b)) : left(b, .value(a)))
      case .binary(.divide, let a, let b) where variesInRow[a] && !variesInRow[b]: open.append(left(a, .inverse(b)))
      case .constant, .load, .gather, .index, .random, .unary, .binary, .compare, .select, .cast, .bitcast, .reduce,
        .argmax:
        found.append(term)
      }
      if found.count + open.count > Self.mostTerms { return nil }
    }
    return found
  }

  /// More terms would cost more than the pass that they spare.
  private static let mostTerms = 4
}

extension LoopKernel.Value {
  /// The same operation on other operands, in the order of `operands(of:)`.
  fileprivate func with(operands: [LoopKernel.ValueID]) -> Self {
    switch self {
    case .constant, .load, .index: self
    case .gather(let buffer, let address, _, let stride, let bound):
      .gather(buffer: buffer, address: address, index: operands[0], stride: stride, bound: bound)
    case .random(_, _, let counter): .random(key: operands[0], stream: operands[1], counter: counter)
    case .unary(let f, _): .unary(f, operands[0])
    case .binary(let f, _, _): .binary(f, operands[0], operands[1])
    case .compare(let c, _, _): .compare(c, operands[0], operands[1])
    case .select: .select(operands[0], operands[1], operands[2])
    case .cast: .cast(operands[0])
    case .bitcast: .bitcast(operands[0])
    case .reduce(let r, _): .reduce(r, operands[0])
    case .argmax: .argmax(operands[0])
    }
  }
}
