import DescentGraph

/// Decides which values of a program are stored: inputs, what only a kernel of its own computes, results, and values that
/// several consumers want and that cost more to compute again than to keep.
struct BufferChoice {
  private(set) var buffered = BufferedNodes()
  private let uses: Uses
  /// Operations behind an element of each value that is not stored.
  private var unstored: [Node: Int] = [:]
  /// A value with more of them is stored, however they are used: a sum of twenty thousand losses is no single kernel.
  private static let mostUnstored = 1000

  init(order: [Node], roots: [Node], uses: Uses, epilogues: [Node: MatrixEpilogue]) {
    self.uses = uses
    let inside = Set(epilogues.values.flatMap(\.inner))
    for node in order {
      switch node.op {
      case .constant(.data), .input: buffered.insert(node)
      case .reduce, .argmax, .pad, .concatenate, .scatterAdd: buffered.insert(node)
      case .convolution, .convolutionInputGradient, .convolutionKernelGradient:
        buffered.insert(epilogues[node]?.result ?? node)
      case .foldWindows: buffered.insert(node)
      case .argsort, .cumulativeSum: buffered.insert(node)
      case .attention, .attentionGradient, .factorization, .triangularSolve: buffered.insert(node)
      case .call, .scan: buffered.insert(node)
      case .dot: buffered.insert(epilogues[node]?.result ?? node)
      case .unary, .binary, .compare, .select, .cast, .bitcast:
        if !inside.contains(node) && (isWorthStoring(node) || unstored(behind: node) > Self.mostUnstored) {
          buffered.insert(node)
        }
      // A few drawn words for many elements are drawn once.
      case .randomBits: if uses.isBroadcast(node) { buffered.insert(node) }
      case .constant(.splat), .iota, .stopGradient, .reshape, .transpose, .broadcast, .slice, .reverse,
        .gather, .windows, .barrier:
        break
      }
      if !buffered.nodes.contains(node) { unstored[node] = unstored(behind: node) }
    }
    for root in roots {
      let base = Partition.withoutReshapes(root)
      if !inside.contains(base) { buffered.insert(base) }
    }
  }

  private func unstored(behind node: Node) -> Int { node.inputs.reduce(1) { $0 + (unstored[$1] ?? 0) } }

  /// A value that several consumers want, or one that a broadcast would compute many times over, gets a buffer (which
  /// disappears again when all its consumers end up in its kernel). A few cheap operations are rather done again.
  private func isWorthStoring(_ node: Node) -> Bool {
    guard node.shape.elementCount > 1, uses.count(node) > 1 || uses.isBroadcast(node) else { return false }
    return cost(node, for: node) > Self.mostAffordableLoads * Self.loadCost(node) && !isMask(node)
  }

  /// How much may be computed again to spare a tensor its way to memory and back: as much as reading three tensors of its
  /// size. Reading one that stays in the cache counts as much as two cheap operations; for a larger one, 8 bytes an
  /// element take as long as most of an exponential. That reading counts is also what stores a deep network's running
  /// sum after each block, at the same places in every block, so that blocks share their kernels.
  private static let mostAffordableLoads = 3
  private static func loadCost(_ node: Node) -> Int { isLarge(node) ? 8 : 2 }
  private static func isLarge(_ node: Node) -> Bool { node.shape.elementCount * node.dtype.byteCount >= 1 << 20 }

  /// Whether a condition depends on drawn numbers and scalars only. Such a mask (dropout's) is drawn again from its key
  /// wherever it is wanted, in the backward pass too, and costs no memory.
  private func isMask(_ node: Node) -> Bool {
    func isDrawn(_ node: Node) -> Bool {
      switch node.op {
      case .randomBits, .constant(.splat): return true
      case .broadcast, .reshape: break
      case let op: guard op.isElementwise else { return false }
      }
      return node.inputs.allSatisfy { $0.shape.elementCount == 1 || isDrawn($0) }
    }
    return node.dtype == .bool && node.shape.elementCount > 1 && isDrawn(node)
  }

  /// Operations it takes to compute an element of `node` for `target` from what is stored; expensive ones count ten. What
  /// is smaller than the target, such as a row's mean, is read more often than it is fetched and counts nothing; neither
  /// does a scalar, which is computed once before the loop.
  private func cost(_ node: Node, for target: Node) -> Int {
    if node.shape.elementCount == 1, target.shape.elementCount > 1 { return 0 }
    if buffered.nodes.contains(node) {
      return node.shape.elementCount < target.shape.elementCount ? 0 : Self.loadCost(node)
    }
    let own: Int
    switch node.op {
    case .constant, .input, .iota, .reshape, .transpose, .broadcast, .slice, .reverse, .stopGradient: own = 0
    case .windows, .barrier: own = 0
    case .compare, .cast, .bitcast, .select, .binary(.add), .binary(.subtract), .binary(.multiply), .binary(.maximum),
      .binary(.minimum), .binary(.and), .binary(.or), .binary(.xor), .binary(.shiftLeft), .binary(.shiftRight),
      .unary(.negate), .unary(.abs), .unary(.relu), .unary(.not):
      own = 1
    case .gather: own = 2
    case .unary, .binary, .randomBits, .reduce, .argmax, .pad, .concatenate, .dot, .scatterAdd: own = 10
    case .convolution, .convolutionInputGradient, .convolutionKernelGradient, .foldWindows: own = 10
    case .argsort, .cumulativeSum, .attention, .attentionGradient, .factorization, .triangularSolve, .call, .scan:
      own = 10
    }
    var total = own
    let most = Self.mostAffordableLoads * Self.loadCost(target)
    for input in node.inputs where total <= most { total += cost(input, for: target) }
    return total
  }
}
