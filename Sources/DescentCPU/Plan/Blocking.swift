import DescentGraph

/// A tensor's axis cut into blocks that lie innermost in memory: `[…, extent, …]` becomes `[…, extent / size, …, size]`.
struct Blocking: Hashable {
  var axis: Int
  var size: Int

  func physical(_ shape: Shape) -> Shape {
    Shape(shape.replacing(axis: axis, with: shape[axis] / size).extents + [size])
  }

  /// The tensor in blocks.
  func blocked(_ node: Node) -> Node {
    let shape = node.shape
    let isInOrder = shape.dropFirst(axis + 1).allSatisfy { $0 == 1 }
    if isInOrder { return Tensor(node).reshaped(physical(shape)).node }
    var split = shape.extents
    split.replaceSubrange(axis...axis, with: [shape[axis] / size, size])
    let order = split.indices.filter { $0 != axis + 1 } + [axis + 1]
    return Tensor(node).reshaped(Shape(split)).transposed(order).node
  }

  /// The tensor of `shape` that `node` holds in blocks.
  func unblocked(_ node: Node, to shape: Shape) -> Node {
    let isInOrder = shape.dropFirst(axis + 1).allSatisfy { $0 == 1 }
    if isInOrder { return Tensor(node).reshaped(shape).node }
    let order = Array(0...axis) + [shape.rank] + Array((axis + 1)..<shape.rank)
    return Tensor(node).transposed(order).reshaped(shape).node
  }

  private func at(_ axis: Int?) -> Blocking? { axis.map { Blocking(axis: $0, size: size) } }

  /// The blocking of a node's result, if the given input has this one; nil where its blocks do not survive the op.
  func carried(through node: Node, input: Int) -> Blocking? { moved(by: node, input, toResult: true) }

  /// The blocking that a node's input must have for the result to have this one; nil where there is none.
  func wanted(by node: Node, input: Int) -> Blocking? { moved(by: node, input, toResult: false) }

  /// This blocking of an input as the result's, or this one of the result as the input's.
  private func moved(by node: Node, _ input: Int, toResult: Bool) -> Blocking? {
    let shape = node.inputs[input].shape
    func afterReducing(_ axes: [Int]) -> Blocking? {
      let kept = shape.indices.filter { !axes.contains($0) }
      return toResult ? at(kept.firstIndex(of: axis)) : at(kept[axis])
    }
    switch node.op {
    case .unary, .binary, .compare, .select, .cast, .bitcast, .stopGradient: return self
    case .barrier: return input == 0 ? self : nil
    case .reduce(_, let axes): return afterReducing(axes)
    case .argmax(let reduced): return afterReducing([reduced])
    case .reshape:
      return at(toResult ? Self.axis(axis, of: shape, in: node.shape) : Self.axis(axis, of: node.shape, in: shape))
    case .transpose(let permutation): return at(toResult ? permutation.firstIndex(of: axis) : permutation[axis])
    case .broadcast(let axes):
      return toResult ? at(axes[axis]) : at(axes.firstIndex(of: axis).flatMap { shape[$0] == 1 ? nil : $0 })
    case .windows(let w): return axis < shape.rank - w.sizes.count ? self : nil
    case .foldWindows(let w): return axis < node.shape.rank - w.sizes.count ? self : nil
    case .slice: return unless(node.shape[axis] != shape[axis])
    case .pad(let low, let high, let interior):
      return input == 0 ? unless(low[axis] + high[axis] + interior[axis] > 0) : nil
    case .reverse(let axes): return unless(axes.contains(axis))
    case .concatenate(let joined): return unless(joined == axis)
    case .constant, .input, .iota, .randomBits, .dot, .gather, .scatterAdd, .convolution, .convolutionInputGradient,
      .convolutionKernelGradient, .argsort, .cumulativeSum, .attention, .attentionGradient, .factorization,
      .triangularSolve, .call, .scan:
      return nil
    }
  }

  private func unless(_ isChanged: Bool) -> Blocking? { isChanged ? nil : self }

  /// Where a reshape puts an axis that it leaves whole.
  private static func axis(_ axis: Int, of shape: Shape, in other: Shape) -> Int? {
    func before(_ shape: Shape, _ axis: Int) -> Int { shape.extents[..<axis].reduce(1, *) }
    let goal = before(shape, axis)
    return other.indices.first { other[$0] == shape[axis] && before(other, $0) == goal }
  }
}
