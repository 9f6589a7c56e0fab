import DescentGraph

extension Legalizer {
  /// Attention as its kernel takes it: in float32, of at least one element.
  ///
  /// The kernel is chosen for every shape, tiny ones included: forward and gradient on one core with AVX-512 take 0.3 of
  /// the composition's time at `[1, 4, 1, 4]`, 0.6 at `[32, 8, 2, 8]`, `[12, 64, 4, 32]` and `[8, 128, 6, 64]`. At
  /// `[1, 1024, 4, 128]`, where products are nearly all the work, it takes 5 % longer (38.6 against 36.9 ms, not causal),
  /// but 9.5 MB of arena where the composition takes 50.
  static func withFittingAttention(_ roots: [Node]) -> [Node] {
    var replacement: [Node: Node] = [:]
    for node in Node.topologicalOrder(of: roots) {
      let inputs = node.inputs.map { replacement[$0]! }
      let rebuilt = inputs == node.inputs ? node : Node(node.op, inputs, shape: node.shape, dtype: node.dtype)
      replacement[node] = fitting(rebuilt) ?? rebuilt
    }
    return roots.map { replacement[$0]! }
  }

  /// Nil where the kernel takes the node as it is, or where it is no attention.
  private static func fitting(_ node: Node) -> Node? {
    guard node.op.isAttention, node.dtype != .float32 || node.shape.elementCount == 0 else { return nil }
    let inputs = node.inputs.map { Tensor($0) }
    if node.shape.elementCount == 0 || node.dtype == .float64 {
      return AttentionRules.composition(of: node.op, inputs)!.node
    }
    let wide = inputs.map { $0.cast(to: .float32).node }
    let result = Node(node.op, wide, shape: node.shape, dtype: .float32)
    return Tensor(result).cast(to: node.dtype).node
  }
}

extension Op {
  fileprivate var isAttention: Bool {
    if case .attention = self { return true }
    if case .attentionGradient = self { return true }
    return false
  }
}
