import DescentGraph

/// Moves reshapes that join axes behind the element-wise operations and reductions that read them.
///
/// A kernel reads through a transposition and through a reshape that cuts an axis, but not through one that joins axes
/// that a transposition has brought side by side: the place of an element would be a quotient. `f(reshape(x), y)` is
/// `reshape(f(x, y cut))`, where nothing is divided, and what is stored at last lies in memory as before. So the gradient of
/// pooling, which puts windows back side by side, runs in the kernel of what follows it.
///
/// So do reshapes whose outcome is reshaped back after some element-wise operations: one kernel computes from blocks of
/// encoded optimizer state to blocks of it.
struct ReshapePostponement {
  private var replacement: [Node: Node] = [:]
  /// For values whose last step is such a reshape: what it reads.
  private var cut: [Node: Node] = [:]
  /// Values that are computed from a transposition without being stored in between.
  private var isMoved: Set<Node> = []
  /// The shapes that values get later, after nothing but element-wise operations.
  private var laterShapes: [Node: Set<Shape>] = [:]

  static func postponed(_ roots: [Node]) -> [Node] {
    var pass = ReshapePostponement()
    let order = Node.topologicalOrder(of: roots)
    let uses = Uses(order: order, roots: roots)
    for node in order.reversed() { pass.noteShape(of: node) }
    for node in order { pass.visit(node, uses) }
    return roots.map { pass.replacement[$0]! }
  }

  private mutating func noteShape(of node: Node) {
    if node.op == .reshape {
      laterShapes[node.inputs[0], default: []].insert(node.shape)
    } else if node.op.isElementwise, let shapes = laterShapes[node] {
      for input in node.inputs { laterShapes[input, default: []].formUnion(shapes) }
    }
  }

  private mutating func visit(_ node: Node, _ uses: Uses) {
    let inputs = node.inputs.map { replacement[$0]! }
    let rebuilt = inputs == node.inputs ? node : Node(node.op, inputs, shape: node.shape, dtype: node.dtype)
    replacement[node] = rebuilt
    func postpone(_ early: Node) {
      cut[node] = early
      replacement[node] = Tensor(early).reshaped(node.shape).node
    }
    switch node.op {
    case .transpose(let permutation):
      let moved = permutation.filter { node.inputs[0].shape[$0] != 1 }
      if moved != moved.sorted() { isMoved.insert(node) }
    case .reshape:
      if isMoved.contains(node.inputs[0]) { isMoved.insert(node) }
      if let early = cut[node.inputs[0]], early.shape.joins(into: node.shape) != nil {
        if early.shape == node.shape { replacement[node] = early } else { postpone(early) }
      } else if node.inputs[0].shape.joins(into: node.shape) != nil, node.shape.rank < node.inputs[0].shape.rank {
        let isMovedForOne = isMoved.contains(node.inputs[0]) && uses.only(node) != nil
        let isReversed = laterShapes[node]?.contains(node.inputs[0].shape) == true
        if isMovedForOne || isReversed { cut[node] = inputs[0] }
      }
    case .unary, .binary, .compare, .select, .cast, .bitcast, .stopGradient:
      if node.inputs.contains(where: isMoved.contains) { isMoved.insert(node) }
      guard let shape = node.inputs.compactMap({ cut[$0] }).first?.shape else { return }
      let parts = zip(node.inputs, inputs).map { old, new in
        if let early = cut[old], early.shape == shape { early } else { Tensor(new).reshaped(shape).node }
      }
      postpone(Node(node.op, parts, shape: shape, dtype: node.dtype))
    case .reduce(let r, let axes):
      guard let early = cut[node.inputs[0]], let groups = early.shape.joins(into: node.inputs[0].shape) else { return }
      let parts = axes.flatMap { Array(groups[$0]) }
      let shape = early.shape.removing(axes: parts)
      let reduced = Node(.reduce(r, axes: parts), [early], shape: shape, dtype: node.dtype)
      replacement[node] = Tensor(reduced).reshaped(node.shape).node
    case .constant, .input, .iota, .randomBits, .argmax, .broadcast, .slice, .pad, .concatenate, .reverse, .dot,
      .gather, .scatterAdd, .convolution, .convolutionInputGradient, .convolutionKernelGradient, .windows, .foldWindows,
      .argsort, .cumulativeSum, .attention, .attentionGradient, .factorization, .triangularSolve, .call, .scan,
      .barrier:
      break
    }
  }
}

extension Shape {
  /// For each axis of `other` the axes of this shape that a reshape joins to it; nil where it does something else.
  fileprivate func joins(into other: Shape) -> [Range<Int>]? {
    var groups: [Range<Int>] = []
    var next = 0
    for (i, extent) in other.enumerated() {
      let start = next
      var product = 1
      while next < rank && (product < extent || (i == other.rank - 1 && self[next] == 1)) {
        product *= self[next]
        next += 1
      }
      if product != extent { return nil }
      groups.append(start..<next)
    }
    return next == rank ? groups : nil
  }
}
