import DescentGraph

/// Convolutions and folded windows as ops that kernels and matrix products run, for every dtype.
///
/// A convolution becomes a dot product of the kernel with all windows of the padded data. For float32 the windows are
/// copied out (im2col; Chellapilla et al. 2006) for the matrix product; other dtypes multiply and sum in place.
enum ConvolutionLowering {
  /// The graph without convolutions, except those that `isTaken` says something faster runs, and without folds.
  static func lowered(_ roots: [Node], except isTaken: (Node) -> Bool = { _ in false }) -> [Node] {
    let order = Node.topologicalOrder(of: roots)
    var replacement = [Node: Node](minimumCapacity: order.count)
    for node in order {
      let inputs = node.inputs.map { replacement[$0]! }
      let rebuilt = inputs == node.inputs ? node : Node(node.op, inputs, shape: node.shape, dtype: node.dtype)
      replacement[node] = isTaken(node) ? rebuilt : (lowered(rebuilt)?.node ?? rebuilt)
    }
    return roots.map { replacement[$0]! }
  }

  private static func lowered(_ node: Node) -> Tensor? {
    let x = node.inputs.map(Tensor.init)
    switch node.op {
    case .convolution(let c): return convolution(c, x[0], kernel: x[1], node.shape)
    case .convolutionInputGradient(let c): return inputGradient(c, x[0], kernel: x[1], node.shape)
    case .convolutionKernelGradient(let c): return kernelGradient(c, x[0], x[1], node.shape)
    case .foldWindows(let w): return folded(x[0], w, node.shape)
    case .constant, .input, .iota, .randomBits, .unary, .binary, .compare, .select, .cast, .bitcast, .stopGradient,
      .reduce,
      .argmax, .reshape, .transpose, .broadcast, .slice, .pad, .concatenate, .reverse, .dot, .gather, .scatterAdd,
      .windows, .argsort, .cumulativeSum, .attention, .attentionGradient, .factorization, .triangularSolve, .call,
      .scan, .barrier:
      return nil
    }
  }

  // MARK: Convolutions. The groups get an axis of their own, which the dot products run along.

  private static func convolution(_ c: Convolution, _ x: Tensor, kernel: Tensor, _ shape: Shape) -> Tensor {
    let window = Array(kernel.shape.dropFirst(2))
    let kernel = split(kernel, axis: 0, c.groups)  // [groups, outputs, channels, window…]
    let windows = windows(c, x, window)  // [batch, groups, channels, positions…, window…]
    return batchFirst(product(kernel, windows, channels: 2, axes: window.count), shape)
  }

  /// The convolution's cotangent, with zeros where the strides skipped, convolved with the kernel turned round.
  private static func inputGradient(_ c: Convolution, _ g: Tensor, kernel: Tensor, _ shape: Shape) -> Tensor {
    if shape.contains(0) { return .zeros(shape, dtype: g.dtype) }
    let window = Array(kernel.shape.dropFirst(2))
    let axes = window.indices
    let flipped = split(kernel.reversed(axes: axes.map { $0 + 2 }), axis: 0, c.groups)
    let reach = axes.map { (window[$0] - 1) * c.dilations[$0] }
    let low = axes.map { reach[$0] - c.paddingLow[$0] }
    let high = axes.map { shape[$0 + 2] + reach[$0] - low[$0] - (g.shape[$0 + 2] - 1) * c.strides[$0] - 1 }
    let spread = padded(split(g, axis: 1, c.groups), low, high, interior: c.strides.map { $0 - 1 })
    let windows = spread.windows(window, dilations: c.dilations)  // [batch, groups, outputs, spatial…, window…]
    return batchFirst(product(flipped, windows, channels: 1, axes: axes.count), shape)
  }

  /// A dot product over batch and positions.
  private static func kernelGradient(_ c: Convolution, _ x: Tensor, _ g: Tensor, _ shape: Shape) -> Tensor {
    let windows = windows(c, x, Array(shape.dropFirst(2)))
    let summed = [0] + c.strides.indices.map { $0 + 3 }
    return dot(
      split(g, axis: 1, c.groups), windows,
      DotAxes(lhsBatch: [1], rhsBatch: [1], lhsContracting: summed, rhsContracting: summed)
    ).reshaped(shape)
  }

  private static func windows(_ c: Convolution, _ x: Tensor, _ window: [Int]) -> Tensor {
    padded(split(x, axis: 1, c.groups), c.paddingLow, c.paddingHigh)
      .windows(window, strides: c.strides, dilations: c.dilations)
  }

  /// `[groups, a, b, window…]` · `[batch, groups, channels, positions…, window…]`, summed over the window and over the
  /// kernel's axis `channels`. Result: `[groups, a or b, batch, positions…]`.
  private static func product(_ kernel: Tensor, _ windows: Tensor, channels: Int, axes: Int) -> Tensor {
    dot(
      kernel, windows,
      DotAxes(
        lhsBatch: [0], rhsBatch: [1], lhsContracting: [channels] + (0..<axes).map { $0 + 3 },
        rhsContracting: [2] + (0..<axes).map { $0 + 3 + axes }))
  }

  /// `[groups, channels, batch, positions…]` with the batch first, in the form of `shape`.
  private static func batchFirst(_ t: Tensor, _ shape: Shape) -> Tensor {
    t.transposed([2, 0, 1] + Array(3..<t.rank)).reshaped(shape)
  }

  /// `axis` as two: the groups, and what each has.
  private static func split(_ t: Tensor, axis: Int, _ groups: Int) -> Tensor {
    var extents = t.shape.extents
    extents[axis] /= groups
    extents.insert(groups, at: axis)
    return t.reshaped(Shape(extents))
  }

  /// Zeros around the last axes and between their elements; negative counts cut off.
  private static func padded(_ t: Tensor, _ low: [Int], _ high: [Int], interior: [Int]? = nil) -> Tensor {
    let first = [Int](repeating: 0, count: t.rank - low.count)
    let whole = t.padded(
      low: first + low.map { max($0, 0) }, high: first + high.map { max($0, 0) }, interior: interior.map { first + $0 })
    return whole.sliced(
      starts: first + low.map { max(-$0, 0) },
      limits: zip(whole.shape, first + high).map { extent, count in extent - max(-count, 0) })
  }

  // MARK: Folds

  /// The sum of the windows where they lie.
  ///
  /// A window is cut into `parts` runs of as many elements as the stride. Run `a` of window `p` lies where run 0 of
  /// window p + a does, so what falls on place q is the sum over a of run a of window q − a. With one run, when windows
  /// do not overlap, all of this only moves elements.
  private static func folded(_ x: Tensor, _ w: Windows, _ shape: Shape) -> Tensor {
    let axes = w.sizes.indices
    let lead = shape.rank - axes.count
    let spans = axes.map { (w.sizes[$0] - 1) * w.dilations[$0] + 1 }
    let parts = axes.map { (spans[$0] + w.strides[$0] - 1) / w.strides[$0] }
    let leadAxes = Array(0..<lead)
    let leadExtents = Array(shape.extents[..<lead])
    let none = [Int](repeating: 0, count: lead)

    // [lead…, positions, window, positions, window …], with empty windows around and whole runs in each.
    let runs = x.transposed(leadAxes + axes.flatMap { [lead + $0, shape.rank + $0] }).padded(
      low: none + axes.flatMap { [parts[$0] - 1, 0] },
      high: none + axes.flatMap { [parts[$0] - 1, parts[$0] * w.strides[$0] - spans[$0]] },
      interior: none + axes.flatMap { [0, w.dilations[$0] - 1] })
    let places = axes.map { x.shape[lead + $0] + parts[$0] - 1 }

    // [lead…, places, stride, places, stride …]
    var sum = runs
    if parts.contains(where: { $0 > 1 }) {
      // Axis j of the runs, counted from the back: run a of window q − a is j = a · (parts − 1) + constant − q · parts.
      let byRun = leadExtents + axes.flatMap { [(places[$0] + parts[$0] - 1) * parts[$0], w.strides[$0]] }
      let reversed = runs.reshaped(Shape(byRun)).reversed(axes: axes.map { lead + 2 * $0 })
      let cut = reversed.sliced(starts: none + axes.flatMap { [parts[$0] - 1, 0] }, limits: byRun)
      let ordered = cut.transposed(leadAxes + axes.map { lead + 2 * $0 + 1 } + axes.map { lead + 2 * $0 })
      let overlaps = ordered.windows(parts, strides: parts, dilations: parts.map { max($0 - 1, 1) })
      let back = overlaps.reversed(axes: axes.map { lead + axes.count + $0 })
      let last = lead + 2 * axes.count
      sum = back.transposed(
        leadAxes + axes.flatMap { [lead + axes.count + $0, lead + $0] } + axes.map { last + $0 }
      ).sum(axes: axes.map { last + $0 })
    }
    let covered = axes.map { places[$0] * w.strides[$0] }
    let high = axes.map { shape[lead + $0] - covered[$0] }
    return padded(sum.reshaped(Shape(leadExtents + covered)), axes.map { _ in 0 }, high)
  }
}
