import DescentGraph

extension MatrixEpilogue {
  /// Biases, residual sums and activations that follow convolutions and run inside them.
  static func findAfterConvolutions(in order: [Node], uses: Uses) -> [Node: MatrixEpilogue] {
    var found: [Node: MatrixEpilogue] = [:]
    /// A sum of two convolutions runs in one of them.
    var sums: Set<Node> = []
    for node in order {
      guard case .convolution(let c) = node.op, let layout = c.layout else { continue }
      var epilogue = MatrixEpilogue(result: node)
      if let (add, other) = epilogue.nextSum(uses), let bias = vector(other, perChannelOf: layout) {
        epilogue.bias = bias
        epilogue.append(add)
      }
      if let (add, other) = epilogue.nextSum(uses), !sums.contains(add), isLastUsed(other, by: add, of: node, uses) {
        var longer = epilogue
        longer.summand = other
        longer.append(add)
        if longer.pays(behind: node, c, layout) {
          epilogue = longer
          sums.insert(add)
        }
      }
      if let relu = uses.only(epilogue.result), case .unary(.relu) = relu.op {
        epilogue.activation = .relu
        epilogue.append(relu)
      }
      if !epilogue.inner.isEmpty { found[node] = epilogue }
    }
    return found
  }

  private mutating func append(_ node: Node) {
    inner.append(result)
    result = node
  }

  /// The sum that follows, if nothing else does, and its other operand.
  private func nextSum(_ uses: Uses) -> (Node, Node)? {
    guard let add = uses.only(result), case .binary(.add) = add.op,
      let other = add.inputs.first(where: { $0 !== result })
    else { return nil }
    return (add, other)
  }

  /// Whether `summand` is a value that all others who want it have read before `convolution` can run: the sum is then
  /// computed in its place. Elsewhere it would have to be copied first, and a loop that adds reads no more.
  private static func isLastUsed(_ summand: Node, by add: Node, of convolution: Node, _ uses: Uses) -> Bool {
    if summand.inputs.isEmpty || Uses.isMovement(summand) || uses.isRoot(summand) { return false }
    var others = Set(uses.direct(summand)).subtracting([add])
    var seen: Set<Node> = []
    var stack = [convolution]
    while !others.isEmpty, let node = stack.popLast() {
      guard seen.insert(node).inserted else { continue }
      others.remove(node)
      stack += node.inputs
    }
    return others.isEmpty
  }

  /// Whether oneDNN has a kernel with this epilogue that takes less time than one without and a loop that adds. Winograd's
  /// adds more slowly than a loop does (64 channels of 16×16, batch 32, one thread: 0.29 ms against 0.11).
  private func pays(behind node: Node, _ c: Convolution, _ layout: ConvolutionLayout) -> Bool {
    guard let shapes = ConvolutionShapes(node) else { return false }
    let plain = shapes.descriptor(c, layout)
    var whole = plain
    whole.include(self)
    guard let with = try? ConvolutionPrimitive(whole), let without = try? ConvolutionPrimitive(plain) else {
      return false
    }
    return with.implementation == without.implementation && !with.isWinograd
  }

  /// The vector in memory that `node` repeats over everything but the channels.
  private static func vector(_ node: Node, perChannelOf layout: ConvolutionLayout) -> Node? {
    guard case .broadcast(let axes) = node.op else { return nil }
    let shape = node.inputs[0].shape
    let channelAxes = layout.resultBlock == 0 ? [1] : [1, node.shape.rank - 1]
    let repeated = zip(shape.extents, axes).filter { $0.0 != 1 }.map(\.1)
    let elements = channelAxes.reduce(1) { $0 * node.shape[$1] }
    guard repeated.allSatisfy(channelAxes.contains), shape.elementCount == elements else { return nil }
    let base = Partition.withoutReshapes(node.inputs[0])
    if case .input = base.op { return base }
    if case .constant(.data) = base.op { return base }
    return nil
  }
}

extension ConvolutionPrimitive.Descriptor {
  mutating func include(_ epilogue: MatrixEpilogue) {
    hasBias = epilogue.bias != nil
    accumulates = epilogue.summand != nil
    hasRelu = epilogue.activation == .relu
  }
}
