extension Simplifier {
  /// The concatenation that a sum of zero-padded tensors is when they lie one after another: what the gradients of a
  /// tensor's slices add up to. nil for any other sum.
  static func concatenation(_ a: Node, _ b: Node) -> (parts: [Node], axis: Int)? {
    // Only a sum that ends in such a tensor is worth looking at.
    guard isZeroPadded(a) || isZeroPadded(b) else { return nil }
    var parts: [Node] = []
    var stack = [a, b]
    while let node = stack.popLast() {
      if case .binary(.add) = node.op {
        stack += node.inputs
      } else if isZeroPadded(node) {
        parts.append(node)
      } else {
        return nil
      }
      if parts.count + stack.count > 16 { return nil }
    }
    func low(_ node: Node, _ axis: Int) -> Int { if case .pad(let low, _, _) = node.op { low[axis] } else { 0 } }
    func extents(_ node: Node) -> [Int] { node.inputs[0].shape.extents }
    // All parts fill every axis but one, and that one they fill together.
    let partial = a.shape.indices.filter { axis in parts.contains { extents($0)[axis] != a.shape[axis] } }
    guard partial.count == 1, let axis = partial.first else { return nil }
    parts.sort { low($0, axis) < low($1, axis) }
    var end = 0
    for part in parts {
      if low(part, axis) != end || extents(part)[axis] == 0 { return nil }
      end += extents(part)[axis]
    }
    return end == a.shape[axis] ? (parts.map { $0.inputs[0] }, axis) : nil
  }

  private static func isZeroPadded(_ node: Node) -> Bool {
    guard case .pad(_, _, let interior) = node.op else { return false }
    return node.inputs[1].splat == 0 && interior.allSatisfy { $0 == 0 }
  }
}
