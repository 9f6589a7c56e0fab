import DescentGraph

extension LayoutPass {
  /// The node computed in blocks from inputs in blocks; nil where the op cannot.
  mutating func rebuilt(_ node: Node, as blocking: Blocking) -> Node? {
    let shape = blocking.physical(node.shape)
    let lane = node.shape.rank
    /// Inputs in the blocks they need; a tensor without the axis is taken as it is.
    func inputs() -> [Node]? {
      var forms: [Node] = []
      for (i, input) in node.inputs.enumerated() {
        guard let wanted = blocking.wanted(by: node, input: i) else { return nil }
        forms.append(form(of: input, wanted))
      }
      return forms
    }
    func same(_ op: Op) -> Node? { inputs().map { Node(op, $0, shape: shape, dtype: node.dtype) } }

    switch node.op {
    case .constant(.splat), .iota:
      if case .iota(blocking.axis) = node.op { return nil }
      return Node(node.op, [], shape: shape, dtype: node.dtype)
    case .unary, .binary, .compare, .select, .cast, .bitcast, .stopGradient, .reshape, .reverse, .concatenate:
      return same(node.op)
    // The axes before the blocks keep their places.
    case .reduce, .argmax: return same(node.op)
    case .transpose(let permutation): return same(.transpose(permutation + [lane]))
    case .slice(let starts, let limits, let strides):
      var limits = limits
      limits[blocking.axis] = shape[blocking.axis]
      return same(.slice(starts: starts + [0], limits: limits + [blocking.size], strides: strides + [1]))
    case .pad(let low, let high, let interior):
      guard let wanted = blocking.wanted(by: node, input: 0) else { return nil }
      let inputs = [form(of: node.inputs[0], wanted), form(of: node.inputs[1], nil)]
      return Node(
        .pad(low: low + [0], high: high + [0], interior: interior + [0]), inputs, shape: shape, dtype: node.dtype)
    case .broadcast(let axes):
      let input = node.inputs[0]
      guard let wanted = blocking.wanted(by: node, input: 0) else {
        return Node(.broadcast(axes: axes), [form(of: input, nil)], shape: shape, dtype: node.dtype)
      }
      return Node(.broadcast(axes: axes + [lane]), [form(of: input, wanted)], shape: shape, dtype: node.dtype)
    case .windows(let w):
      guard let wanted = blocking.wanted(by: node, input: 0) else { return nil }
      let count = w.sizes.count
      let positions = node.shape.rank - count
      // `[…, positions…, block, window…]`, and the block back to the end.
      let windows = Tensor(form(of: node.inputs[0], wanted)).windows(w.withLane)
      var extents = windows.shape.extents
      extents.removeLast()
      let order = Array(0..<positions) + (0..<count).map { positions + 1 + $0 } + [positions]
      return windows.reshaped(Shape(extents)).transposed(order).node
    case .foldWindows(let w):
      guard let wanted = blocking.wanted(by: node, input: 0) else { return nil }
      let count = w.sizes.count
      let positions = node.shape.rank
      let order = Array(0..<positions) + [positions + count] + (0..<count).map { positions + $0 }
      let windows = Tensor(form(of: node.inputs[0], wanted)).transposed(order)
      return windows.reshaped(Shape(windows.shape.extents + [1])).foldingWindows(w.withLane, to: shape).node
    case .constant(.data), .input, .randomBits, .dot, .gather, .scatterAdd, .convolution, .convolutionInputGradient,
      .convolutionKernelGradient, .argsort, .cumulativeSum, .attention, .attentionGradient, .factorization,
      .triangularSolve, .call, .scan, .barrier:
      return nil
    }
  }
}

extension Windows {
  /// The same windows over a tensor with one more axis, which they take whole.
  fileprivate var withLane: Windows {
    Windows(sizes: sizes + [1], strides: strides + [1], dilations: dilations + [1])
  }
}
