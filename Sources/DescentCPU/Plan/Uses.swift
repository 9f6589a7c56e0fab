import DescentGraph

/// How often nodes are used, looking through movement ops, which cost nothing.
struct Uses {
  private var users: [Node: [Node]] = [:]
  private var isRoot: Set<Node>

  init(order: [Node], roots: [Node]) {
    isRoot = Set(roots)
    users.reserveCapacity(order.count)
    for node in order {
      // What a barrier waits for, it does not use.
      for input in node.op == .barrier ? [node.inputs[0]] : node.inputs { users[input, default: []].append(node) }
    }
  }

  func direct(_ node: Node) -> [Node] { users[node] ?? [] }
  func isRoot(_ node: Node) -> Bool { isRoot.contains(node) }

  /// The one node that reads `node`, if nobody else needs it.
  func only(_ node: Node) -> Node? {
    let users = direct(node)
    return users.count == 1 && !isRoot(node) ? users[0] : nil
  }

  static func isMovement(_ node: Node) -> Bool {
    switch node.op {
    case .reshape, .transpose, .broadcast, .slice, .reverse, .stopGradient, .windows, .barrier: true
    case .convolution, .convolutionInputGradient, .convolutionKernelGradient, .foldWindows, .argsort, .cumulativeSum,
      .attention, .attentionGradient, .factorization, .triangularSolve, .call, .scan:
      false
    case .constant, .input, .iota, .randomBits, .unary, .binary, .compare, .select, .cast, .bitcast, .reduce, .argmax,
      .pad,
      .concatenate, .dot, .gather, .scatterAdd:
      false
    }
  }

  /// Consumers that compute, counted through movement; being a root counts as one.
  func count(_ node: Node) -> Int {
    direct(node).reduce(isRoot(node) ? 1 : 0) { $0 + (Self.isMovement($1) ? count($1) : 1) }
  }

  /// Whether somebody wants every element several times.
  func isBroadcast(_ node: Node) -> Bool {
    direct(node).contains { user in
      Self.isMovement(user) && (user.shape.elementCount > node.shape.elementCount || isBroadcast(user))
    }
  }
}
