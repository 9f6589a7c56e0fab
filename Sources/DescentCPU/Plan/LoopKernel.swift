import DescentGraph
import DescentRuntime

/// A fused loop: for every point of `domain`, a few scalar values are computed from buffers and stored to buffers.
///
/// Reductions run over the `isReduced` dimensions. A value that depends on a reduction and on a reduced dimension is
/// computed in a later pass over those dimensions, while the row is still in the cache.
struct LoopKernel: Sendable {
  typealias ValueID = Int

  indirect enum Value: Hashable, Sendable {
    case constant(Double)
    case load(buffer: Int, address: Affine)
    /// Reads at `address + clamp(index, 0...bound-1) · stride`.
    case gather(buffer: Int, address: Affine, index: ValueID, stride: Int, bound: Int)
    case index(Affine)
    case random(key: ValueID, stream: ValueID, counter: Affine)
    case unary(Unary, ValueID)
    case binary(Binary, ValueID, ValueID)
    case compare(Relation, ValueID, ValueID)
    case select(ValueID, ValueID, ValueID)
    case cast(ValueID)
    case bitcast(ValueID)
    case reduce(Reduction, ValueID)
    case argmax(ValueID)
  }

  struct Store: Hashable, Sendable {
    var buffer: Int
    var address: Affine
    var value: ValueID
  }

  var domain: [Int]
  var isReduced: [Bool]
  /// The nodes whose memory the kernel touches; `Value.load` and `Store` name them by position.
  var buffers: [Node] = []
  var values: [Value] = []
  var dtypes: [DType] = []
  var stores: [Store] = []

  func operands(of value: ValueID) -> [ValueID] {
    switch values[value] {
    case .constant, .load, .index: []
    case .gather(_, _, let index, _, _): [index]
    case .random(let key, let stream, _): [key, stream]
    case .unary(_, let a), .cast(let a), .bitcast(let a), .reduce(_, let a), .argmax(let a): [a]
    case .binary(_, let a, let b), .compare(_, let a, let b): [a, b]
    case .select(let a, let b, let c): [a, b, c]
    }
  }

  func isReduction(_ value: ValueID) -> Bool {
    switch values[value] {
    case .reduce, .argmax: true
    case .constant, .load, .gather, .index, .random, .unary, .binary, .compare, .select, .cast, .bitcast: false
    }
  }

  private var addresses: [Affine] {
    values.compactMap {
      switch $0 {
      case .load(_, let address), .gather(_, let address, _, _, _), .index(let address), .random(_, _, let address):
        address
      case .constant, .unary, .binary, .compare, .select, .cast, .bitcast, .reduce, .argmax: nil
      }
    } + stores.map(\.address)
  }

  mutating func mapAddresses(_ transform: (Affine) -> Affine) {
    for i in values.indices {
      switch values[i] {
      case .load(let buffer, let address): values[i] = .load(buffer: buffer, address: transform(address))
      case .gather(let buffer, let address, let index, let stride, let bound):
        values[i] = .gather(buffer: buffer, address: transform(address), index: index, stride: stride, bound: bound)
      case .index(let address): values[i] = .index(transform(address))
      case .random(let key, let stream, let counter):
        values[i] = .random(key: key, stream: stream, counter: transform(counter))
      case .constant, .unary, .binary, .compare, .select, .cast, .bitcast, .reduce, .argmax: break
      }
    }
    for i in stores.indices { stores[i].address = transform(stores[i].address) }
  }

  /// Joins neighbouring dimensions that every address walks as one, so that a whole tensor becomes one long loop.
  mutating func collapse() {
    let hasArgmax = values.contains { if case .argmax = $0 { true } else { false } }
    var d = domain.count - 2
    while d >= 0 {
      let extent = domain[d + 1]
      let joins =
        isReduced[d] == isReduced[d + 1] && !(hasArgmax && isReduced[d])
        && addresses.allSatisfy { $0.coefficients[d] == $0.coefficients[d + 1] * extent }
      if joins {
        domain[d] *= extent
        domain.remove(at: d + 1)
        isReduced.remove(at: d)
        // The inner coefficient is the joint dimension's.
        mapAddresses { address in
          var address = address
          address.coefficients.remove(at: d)
          return address
        }
      }
      d -= 1
    }
  }

  /// For each value, which dimensions it varies along.
  func dependences() -> [[Bool]] {
    var result: [[Bool]] = []
    for id in values.indices {
      var depends = [Bool](repeating: false, count: domain.count)
      func merge(_ other: [Bool]) { for d in depends.indices where other[d] { depends[d] = true } }
      func merge(_ address: Affine) { merge(address.coefficients.map { $0 != 0 }) }
      switch values[id] {
      case .load(_, let address), .gather(_, let address, _, _, _), .index(let address), .random(_, _, let address):
        merge(address)
      case .constant, .unary, .binary, .compare, .select, .cast, .bitcast, .reduce, .argmax: break
      }
      for operand in operands(of: id) { merge(result[operand]) }
      if isReduction(id) { for d in depends.indices where isReduced[d] { depends[d] = false } }
      result.append(depends)
    }
    return result
  }

  /// For each value, the first pass over the reduced dimensions in which it can be used. A reduction's value is there
  /// one pass after those its operand takes.
  func passes() -> [Int] {
    var result: [Int] = []
    for id in values.indices {
      let operands = operands(of: id).map { result[$0] }.max() ?? 0
      result.append(isReduction(id) ? operands + 1 : operands)
    }
    return result
  }

  /// Whether a store happens at every point, inside the loops over the reduced dimensions.
  func isInLoop(_ store: Store) -> Bool {
    domain.indices.contains { isReduced[$0] && store.address.coefficients[$0] != 0 }
  }

  /// Whether there is no point to compute: an empty result.
  var isEmpty: Bool { zip(domain, isReduced).contains { $0 == 0 && !$1 } }

  /// Rough count of scalar operations, for deciding whether threads pay.
  var work: Int { domain.reduce(1, *) * max(values.count, 1) }
}

extension LoopKernel {
  /// The kernel as text for people: its loops, then one line a value.
  func printed(names: (Node) -> String) -> String {
    let letters = ["i", "j", "k", "l", "m", "n", "o", "p"]
    func name(_ d: Int) -> String { d < letters.count ? letters[d] : "i\(d)" }
    func text(_ a: Affine) -> String {
      var terms = a.coefficients.indices.filter { a.coefficients[$0] != 0 }.map { d in
        a.coefficients[d] == 1 ? name(d) : "\(a.coefficients[d])\(name(d))"
      }
      if a.offset != 0 || terms.isEmpty { terms.append(String(a.offset)) }
      return terms.joined(separator: " + ")
    }
    let loops = domain.indices.map { "\(name($0)) < \(domain[$0])\(isReduced[$0] ? " (reduced)" : "")" }
    var lines = ["for " + (loops.isEmpty ? "one element" : loops.joined(separator: ", "))]
    for id in values.indices {
      let v = { (i: ValueID) in "v\(i)" }
      let expression =
        switch values[id] {
        case .constant(let c): "\(c)"
        case .load(let b, let a): "\(names(buffers[b]))[\(text(a))]"
        case .gather(let b, let a, let index, let stride, _): "\(names(buffers[b]))[\(text(a)) + \(stride)·\(v(index))]"
        case .index(let a): "index \(text(a))"
        case .random(let key, let stream, let counter): "philox(\(v(key)), \(v(stream)), \(text(counter)))"
        case .unary(let f, let a): "\(f.rawValue)(\(v(a)))"
        case .binary(let f, let a, let b): "\(f.rawValue)(\(v(a)), \(v(b)))"
        case .compare(let c, let a, let b): "\(c.rawValue)(\(v(a)), \(v(b)))"
        case .select(let c, let a, let b): "select(\(v(c)), \(v(a)), \(v(b)))"
        case .cast(let a): "cast(\(v(a)))"
        case .bitcast(let a): "bitcast(\(v(a)))"
        case .reduce(let r, let a): "reduce.\(r.rawValue)(\(v(a)))"
        case .argmax(let a): "argmax(\(v(a)))"
        }
      lines.append("  \(v(id)): \(dtypes[id]) = \(expression)")
    }
    for store in stores { lines.append("  \(names(buffers[store.buffer]))[\(text(store.address))] = v\(store.value)") }
    return lines.joined(separator: "\n")
  }
}
