/// Parts of a tensor that are put together again: what remains of slices once their gradients are added up.
///
/// The gradient of a slice is a pad with zeros, and the gradient of several slices the sum of such pads. Where their
/// inner parts adjoin, the sum is a concatenation; and slices that were cut apart and are concatenated are one slice.
extension Simplifier {
  /// Where a part lies in a larger tensor.
  private struct Region {
    var low: [Int]
    var high: [Int]
    var part: Node

    /// The inner part of a pad with zeros around it.
    init?(_ node: Node) {
      guard case .pad(let low, let high, let interior) = node.op, node.inputs[1].splat == 0,
        interior.allSatisfy({ $0 == 0 })
      else { return nil }
      (self.low, self.high, part) = (low, high, node.inputs[0])
    }

    /// The one axis along which `next` begins where this part ends.
    func axis(before next: Region) -> Int? {
      let differing = low.indices.filter { low[$0] != next.low[$0] || part.shape[$0] != next.part.shape[$0] }
      guard differing.count == 1, let axis = differing.first, low[axis] + part.shape[axis] == next.low[axis] else {
        return nil
      }
      return axis
    }
  }

  /// `a + b` when both are pads with zeros of parts that adjoin; or when one of them is a sum with such a pad in it.
  mutating func sumOfParts(_ a: Node, _ b: Node) -> Node? {
    if let joined = joined(a, b) { return joined }
    for (sum, other) in [(a, b), (b, a)] {
      guard case .binary(.add) = sum.op, Region(other) != nil else { continue }
      for (near, far) in [(sum.inputs[0], sum.inputs[1]), (sum.inputs[1], sum.inputs[0])] {
        // Where one of two such parts is not zero the other one is, so the order of the additions does not matter.
        if let joined = joined(near, other) { return make(.binary(.add), [joined, far], joined.shape, joined.dtype) }
      }
    }
    return nil
  }

  private mutating func joined(_ a: Node, _ b: Node) -> Node? {
    guard let x = Region(a), let y = Region(b) else { return nil }
    for (first, second) in [(x, y), (y, x)] {
      guard let axis = first.axis(before: second) else { continue }
      let extent = first.part.shape[axis] + second.part.shape[axis]
      let whole = make(
        .concatenate(axis: axis), [first.part, second.part], first.part.shape.replacing(axis: axis, with: extent),
        a.dtype)
      var high = first.high
      high[axis] = second.high[axis]
      let interior = high.map { _ in 0 }
      return make(.pad(low: first.low, high: high, interior: interior), [whole, a.inputs[1]], a.shape, a.dtype)
    }
    return nil
  }

  /// The concatenation with those within it taken apart and neighbouring slices of one tensor joined; nil when nothing
  /// changes.
  mutating func concatenation(_ axis: Int, _ inputs: [Node], _ shape: Shape, _ dtype: DType) -> Node? {
    if inputs.count == 1 { return inputs[0] }
    let pieces = inputs.flatMap { $0.op == .concatenate(axis: axis) ? $0.inputs : [$0] }
    var parts: [Node] = []
    for piece in pieces {
      if let last = parts.last, let joined = slice(from: last, to: piece, axis) {
        parts[parts.count - 1] = joined
      } else {
        parts.append(piece)
      }
    }
    return parts == inputs ? nil : make(.concatenate(axis: axis), parts, shape, dtype)
  }

  /// The slice that two slices of one tensor make together when the second continues the first along `axis`.
  private mutating func slice(from first: Node, to second: Node, _ axis: Int) -> Node? {
    guard case .slice(var starts, let limits, let strides) = first.op,
      case .slice(var nextStarts, let nextLimits, let nextStrides) = second.op,
      first.inputs[0] === second.inputs[0], strides == nextStrides, strides[axis] == 1,
      nextStarts[axis] == limits[axis]
    else { return nil }
    let start = starts[axis]
    // Equal on every other axis?
    (starts[axis], nextStarts[axis]) = (0, 0)
    var end = limits
    end[axis] = nextLimits[axis]
    guard starts == nextStarts, end == nextLimits else { return nil }
    starts[axis] = start
    let extent = first.shape[axis] + second.shape[axis]
    return make(
      .slice(starts: starts, limits: end, strides: strides), [first.inputs[0]],
      first.shape.replacing(axis: axis, with: extent), first.dtype)
  }

  /// The whole tensor, when that is what a slice takes.
  func wholeSlice(_ starts: [Int], _ limits: [Int], _ strides: [Int], of x: Node) -> Node? {
    starts.allSatisfy { $0 == 0 } && limits == x.shape.extents && strides.allSatisfy { $0 == 1 } ? x : nil
  }
}
