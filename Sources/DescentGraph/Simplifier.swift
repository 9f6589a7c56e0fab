/// Rewrites a program into a smaller one that means the same: constants folded, identities removed, equal nodes shared.
///
/// Every bit is kept, the sign of a zero too, except that `power` with a constant exponent becomes the exact
/// multiplication or division, and that a sum of parts that adjoin (`Simplifier+Parts.swift`) keeps the −0 of a part.
package struct Simplifier {
  private struct Key: Hashable {
    let op: Op
    let inputs: [Node]
    let shape: Shape
    let dtype: DType
  }
  private var shared: [Key: Node] = [:]

  package static func simplify(_ program: Program) -> Program {
    program.mapRoots { roots in
      let pruned = SubgraphPasses.pruningLoops(SubgraphPasses.inliningCalls(roots))
      return SubgraphPasses.pruningLoops(simplify(pruned))
    }
  }

  private static func simplify(_ roots: [Node]) -> [Node] {
    let order = Node.topologicalOrder(of: roots)
    var simplifier = Simplifier()
    simplifier.shared.reserveCapacity(order.count)
    var bodies: [Subgraph: Subgraph] = [:]
    var replacement = [Node: Node](minimumCapacity: order.count)
    for node in order {
      let inputs = node.inputs.map { replacement[$0]! }
      switch node.op {
      case .input: replacement[node] = node
      case .scan(var scan, let result):
        // All results of a loop must go on having one body.
        if bodies[scan.body] == nil {
          let results = simplify(scan.body.results)
          bodies[scan.body] =
            results == scan.body.results ? scan.body : Subgraph(parameters: scan.body.parameters, results: results)
        }
        scan.body = bodies[scan.body]!
        replacement[node] = simplifier.make(.scan(scan, result: result), inputs, node.shape, node.dtype)
      default: replacement[node] = simplifier.make(node.op, inputs, node.shape, node.dtype, like: node)
      }
    }
    return roots.map { replacement[$0]! }
  }

  /// The simplest node for `op` on already simplified inputs. `like` is reused when nothing changed.
  mutating func make(_ op: Op, _ inputs: [Node], _ shape: Shape, _ dtype: DType, like node: Node? = nil) -> Node {
    if let simpler = rewritten(op, inputs, shape, dtype) { return simpler }
    let key = Key(op: op, inputs: inputs, shape: shape, dtype: dtype)
    if let known = shared[key] { return known }
    let result =
      node.map { $0.inputs == inputs ? $0 : Node(op, inputs, shape: shape, dtype: dtype) }
      ?? Node(op, inputs, shape: shape, dtype: dtype)
    shared[key] = result
    return result
  }

  private mutating func splat(_ value: Double, _ shape: Shape, _ dtype: DType) -> Node {
    make(.constant(.splat(dtype.rounding(value))), [], shape, dtype)
  }

  /// A computed constant, or nil when a `Double` may not hold it.
  private mutating func folded(_ value: Double, _ shape: Shape, _ dtype: DType) -> Node? {
    dtype.holdsExactly(value) ? splat(value, shape, dtype) : nil
  }

  private mutating func rewritten(_ op: Op, _ inputs: [Node], _ shape: Shape, _ dtype: DType) -> Node? {
    switch op {
    case .constant, .input, .iota, .randomBits, .argmax, .dot, .gather, .scatterAdd: nil
    case .convolution, .convolutionInputGradient, .convolutionKernelGradient: nil
    case .windows: moved(inputs[0], shape, dtype)
    case .foldWindows: nil
    case .argsort, .cumulativeSum: nil
    case .attention, .attentionGradient, .factorization, .triangularSolve: nil
    case .call, .scan: nil
    // A constant is nothing to wait for.
    case .barrier: inputs[0].splat == nil ? nil : inputs[0]
    case .unary(let f): unary(f, inputs[0], shape, dtype)
    case .binary(let f): binary(f, inputs[0], inputs[1], shape, dtype)
    case .compare(let c): compare(c, inputs[0], inputs[1], shape)
    case .select: select(inputs)
    case .cast: cast(inputs[0], shape, dtype)
    case .bitcast: inputs[0].op == .bitcast ? inputs[0].inputs[0] : nil
    case .stopGradient: inputs[0]
    case .reduce(let r, let axes): reduce(r, axes, inputs[0], shape, dtype)
    case .reshape: reshape(inputs[0], shape, dtype)
    case .transpose(let permutation): transpose(permutation, inputs[0], shape, dtype)
    case .broadcast(let axes): broadcast(axes, inputs[0], shape, dtype)
    case .slice(let starts, let limits, let strides):
      wholeSlice(starts, limits, strides, of: inputs[0]) ?? moved(inputs[0], shape, dtype)
    case .reverse: moved(inputs[0], shape, dtype)
    case .pad(let low, let high, let interior):
      (low + high + interior).allSatisfy { $0 == 0 } ? inputs[0] : nil
    case .concatenate(let axis): concatenation(axis, inputs, shape, dtype)
    }
  }

  private mutating func unary(_ f: Unary, _ x: Node, _ shape: Shape, _ dtype: DType) -> Node? {
    if let value = x.splat {
      return folded(dtype.isFloat ? f(value) : Double(dtype.wrapping(f(Int(value), dtype))), shape, dtype)
    }
    switch (f, x.op) {
    case (.negate, .unary(.negate)), (.not, .unary(.not)): return x.inputs[0]
    case (.relu, .unary(.relu)), (.abs, .unary(.abs)): return x
    default: return nil  // Pairs of functions without an identity.
    }
  }

  private mutating func binary(_ f: Binary, _ a: Node, _ b: Node, _ shape: Shape, _ dtype: DType) -> Node? {
    let (left, right) = (a.splat, b.splat)
    if let left, let right {
      return folded(
        dtype.isFloat ? f(left, right) : Double(dtype.wrapping(f(Int(left), Int(right), dtype))), shape, dtype)
    }
    switch f {
    // What is added to every number without changing it is −0: −0 + 0 is 0.
    case .add: return isZero(left, .minus, dtype) ? b : isZero(right, .minus, dtype) ? a : sumOfParts(a, b)
    case .subtract:
      if isZero(right, .plus, dtype) { return a }
      return isZero(left, .minus, dtype) && dtype.isFloat ? make(.unary(.negate), [b], shape, dtype) : nil
    case .multiply:
      if left == 1 { return b }
      if right == 1 { return a }
      if left == -1 { return make(.unary(.negate), [b], shape, dtype) }
      return right == -1 ? make(.unary(.negate), [a], shape, dtype) : nil
    case .divide: return right == 1 ? a : nil
    case .power: return right.flatMap { power(a, $0, shape, dtype) }
    case .and, .or: return a === b ? a : nil
    case .maximum, .minimum: return a === b ? a : nil
    case .xor, .shiftLeft, .shiftRight: return nil
    }
  }

  /// Whether a constant is the zero of this sign; integers have one zero.
  private func isZero(_ value: Double?, _ sign: FloatingPointSign, _ dtype: DType) -> Bool {
    value == 0 && (!dtype.isFloat || value?.sign == sign)
  }

  private mutating func power(_ x: Node, _ exponent: Double, _ shape: Shape, _ dtype: DType) -> Node? {
    switch exponent {
    case 0: return splat(1, shape, dtype)
    case 1: return x
    case 2: return make(.binary(.multiply), [x, x], shape, dtype)
    case 3:
      let square = make(.binary(.multiply), [x, x], shape, dtype)
      return make(.binary(.multiply), [square, x], shape, dtype)
    case -1: return make(.binary(.divide), [splat(1, shape, dtype), x], shape, dtype)
    default: return nil
    }
  }

  private mutating func compare(_ c: Relation, _ a: Node, _ b: Node, _ shape: Shape) -> Node? {
    guard let left = a.splat, let right = b.splat else { return nil }
    return splat(c(left, right) ? 1 : 0, shape, .bool)
  }

  private func select(_ inputs: [Node]) -> Node? {
    if let condition = inputs[0].splat { return condition == 0 ? inputs[2] : inputs[1] }
    return inputs[1] === inputs[2] ? inputs[1] : nil
  }

  private mutating func cast(_ x: Node, _ shape: Shape, _ dtype: DType) -> Node? {
    if x.dtype == dtype { return x }
    return x.splat.flatMap { folded(dtype.casting($0, from: x.dtype), shape, dtype) }
  }

  private mutating func reduce(_ r: Reduction, _ axes: [Int], _ x: Node, _ shape: Shape, _ dtype: DType) -> Node? {
    if axes.allSatisfy({ x.shape[$0] == 1 }) { return make(.reshape, [x], shape, dtype) }
    guard let value = x.splat, x.shape.elementCount > 0 else { return nil }
    let count = axes.reduce(1) { $0 * x.shape[$1] }
    if r == .sum && !dtype.isFloat { return nil }
    return splat(r == .sum ? value * Double(count) : value, shape, dtype)
  }

  private mutating func reshape(_ x: Node, _ shape: Shape, _ dtype: DType) -> Node? {
    if x.shape == shape { return x }
    if case .reshape = x.op { return make(.reshape, [x.inputs[0]], shape, dtype) }
    return x.splat.map { splat($0, shape, dtype) }
  }

  private mutating func transpose(_ permutation: [Int], _ x: Node, _ shape: Shape, _ dtype: DType) -> Node? {
    if permutation == Array(permutation.indices) { return x }
    if case .transpose(let inner) = x.op {
      return make(.transpose(permutation.map { inner[$0] }), [x.inputs[0]], shape, dtype)
    }
    return x.splat.map { splat($0, shape, dtype) }
  }

  private mutating func broadcast(_ axes: [Int], _ x: Node, _ shape: Shape, _ dtype: DType) -> Node? {
    if x.shape == shape { return x }
    if case .broadcast(let inner) = x.op {
      return make(.broadcast(axes: inner.map { axes[$0] }), [x.inputs[0]], shape, dtype)
    }
    return x.splat.map { splat($0, shape, dtype) }
  }

  /// A slice or reversal: itself when it moves nothing, a constant when every element is the same.
  private mutating func moved(_ x: Node, _ shape: Shape, _ dtype: DType) -> Node? {
    x.splat.map { splat($0, shape, dtype) }
  }
}

extension Node {
  /// The value every element has, when the node is a constant of one value.
  package var splat: Double? {
    if case .constant(.splat(let value)) = op { value } else { nil }
  }
}
