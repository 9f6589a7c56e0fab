import DescentGraph

/// A dot product as one (batched) matrix product `C[b, m, n] = act(Σ_k A[b, m, k] · B[b, k, n] + bias[n])`.
struct MatrixUnit {
  /// A matrix inside a buffer: element `(b, row, column)` lies at `offset + b·batch + row·rows + column·columns`.
  struct View: Hashable {
    var node: Node
    var offset: Int
    var batch: Int
    var rows: Int
    var columns: Int
  }
  var result: Node
  var batch: Int
  var m: Int
  var n: Int
  var k: Int
  var a: View
  var b: View
  var bias: (node: Node, offset: Int)?
  var activation: Unary?

  var operands: [Node] { [a.node, b.node] + (bias.map { [$0.node] } ?? []) }

  init(dot: Node, epilogue: MatrixEpilogue?, buffered: BufferedNodes) throws(KernelBuilder.NeedsBuffer) {
    guard case .dot(let axes) = dot.op else { fatalError("\(dot.op.name) is not a dot product") }
    let (left, right) = (dot.inputs[0], dot.inputs[1])
    let lhsFree = axes.lhsFree(rank: left.shape.rank)
    let rhsFree = axes.rhsFree(rank: right.shape.rank)
    func extent(_ shape: Shape, _ axes: [Int]) -> Int { axes.reduce(1) { $0 * shape[$1] } }
    batch = extent(left.shape, axes.lhsBatch)
    m = extent(left.shape, lhsFree)
    n = extent(right.shape, rhsFree)
    k = extent(left.shape, axes.lhsContracting)
    a = try Self.view(of: left, axes.lhsBatch, rows: lhsFree, columns: axes.lhsContracting, buffered)
    b = try Self.view(of: right, axes.rhsBatch, rows: axes.rhsContracting, columns: rhsFree, buffered)
    result = dot
    if let epilogue {
      result = epilogue.result
      activation = epilogue.activation
    }
    if let vector = epilogue?.bias {
      if let (owner, address) = Self.address(of: vector, buffered), address.stride <= 1 {
        bias = (owner, address.offset)
      } else {
        throw KernelBuilder.NeedsBuffer(node: vector)
      }
    }
  }

  /// Where a vector lies, when its elements are neighbours.
  private static func address(
    of vector: Node, _ buffered: BufferedNodes
  ) -> (Node, (offset: Int, stride: Int))? {
    guard let (owner, address) = strides(of: vector, buffered) else { return nil }
    return (owner, (address.offset, address.coefficients.max() ?? 0))
  }

  /// The buffer `node` is a view of, and its offset and stride along each axis.
  static func strides(of node: Node, _ buffered: BufferedNodes) -> (Node, Affine)? {
    let domain = KernelDomain(shape: node.shape, reduced: [])
    var builder = KernelBuilder(domain: domain, members: [], buffered: buffered)
    guard let map = Partition.map(of: node, over: domain), (try? builder.value(of: node, at: map)) != nil,
      builder.kernel.values.count == 1, case .load(let buffer, let address) = builder.kernel.values[0]
    else { return nil }
    var byAxis = Affine.constant(address.offset, dimensions: node.shape.rank)
    var next = address.coefficients.makeIterator()
    for axis in node.shape.indices where node.shape[axis] != 1 { byAxis.coefficients[axis] = next.next()! }
    return (builder.kernel.buffers[buffer], byAxis)
  }

  private static func view(
    of operand: Node, _ batch: [Int], rows: [Int], columns: [Int], _ buffered: BufferedNodes
  ) throws(KernelBuilder.NeedsBuffer) -> View {
    guard let (owner, address) = strides(of: operand, buffered) else {
      throw KernelBuilder.NeedsBuffer(node: source(of: operand, buffered))
    }
    // Several axes act as one when each stride is the next one's times its extent.
    func joint(_ axes: [Int]) -> Int? {
      let axes = axes.filter { operand.shape[$0] != 1 }
      for (outer, inner) in zip(axes, axes.dropFirst())
      where address.coefficients[outer] != address.coefficients[inner] * operand.shape[inner] { return nil }
      return axes.last.map { address.coefficients[$0] } ?? 0
    }
    func extent(_ axes: [Int]) -> Int { axes.reduce(1) { $0 * operand.shape[$1] } }
    let (m, n) = (extent(rows), extent(columns))
    guard let batchStride = joint(batch), batchStride >= 0, let rowStride = joint(rows),
      let columnStride = joint(columns)
    else {
      throw KernelBuilder.NeedsBuffer(node: operand)
    }
    // One of the two directions must run through neighbours without overlap. A direction of extent 1 has no stride of
    // its own and gets the one that fits.
    if (columnStride == 1 || n == 1) && (rowStride >= n || m == 1) {
      return View(node: owner, offset: address.offset, batch: batchStride, rows: m == 1 ? n : rowStride, columns: 1)
    }
    if (rowStride == 1 || m == 1) && (columnStride >= m || n == 1) {
      return View(node: owner, offset: address.offset, batch: batchStride, rows: 1, columns: n == 1 ? m : columnStride)
    }
    throw KernelBuilder.NeedsBuffer(node: operand)
  }

  /// What to store so that `operand` can be read: the node below its movement ops, or, when that is stored already and
  /// still cannot be read in place, the operand itself.
  static func source(of operand: Node, _ buffered: BufferedNodes) -> Node {
    var node = operand
    while true {
      switch node.op {
      case .reshape, .transpose, .broadcast, .slice, .reverse, .stopGradient, .windows, .barrier: node = node.inputs[0]
      case .convolution, .convolutionInputGradient, .convolutionKernelGradient, .foldWindows, .argsort, .cumulativeSum,
        .attention, .attentionGradient, .factorization, .triangularSolve, .call, .scan:
        return buffered.nodes.contains(node) ? operand : node
      case .constant, .input, .iota, .randomBits, .unary, .binary, .compare, .select, .cast, .bitcast, .reduce, .argmax,
        .pad,
        .concatenate, .dot, .gather, .scatterAdd:
        return buffered.nodes.contains(node) ? operand : node
      }
    }
  }
}

/// What follows a dot product or a convolution and runs inside its kernel: a bias, behind a convolution a tensor like its
/// result, an activation.
struct MatrixEpilogue {
  var bias: Node?
  var summand: Node?
  var activation: Unary?
  /// The node whose value the kernel delivers.
  var result: Node
  /// Nodes that are never stored because of this.
  var inner: [Node] = []

  static func find(in order: [Node], uses: Uses) -> [Node: MatrixEpilogue] {
    var found: [Node: MatrixEpilogue] = [:]
    for dot in order {
      guard case .dot(let axes) = dot.op, dot.dtype == .float32, let add = uses.only(dot),
        case .binary(.add) = add.op, let bias = bias(in: add, besides: dot),
        axes.rhsFree(rank: dot.inputs[1].shape.rank).count == 1
      else { continue }
      if let relu = uses.only(add), case .unary(.relu) = relu.op {
        found[dot] = MatrixEpilogue(bias: bias, activation: .relu, result: relu, inner: [dot, add])
      } else {
        found[dot] = MatrixEpilogue(bias: bias, activation: nil, result: add, inner: [dot])
      }
    }
    return found
  }

  /// The vector that is repeated along every axis but the last and added to `dot`.
  private static func bias(in add: Node, besides dot: Node) -> Node? {
    guard let other = add.inputs.first(where: { $0 !== dot }), case .broadcast(let axes) = other.op,
      axes == [add.shape.rank - 1], other.inputs[0].shape == [add.shape[add.shape.rank - 1]]
    else { return nil }
    // A vector that lies in memory as it is; anything else is added in a fused loop.
    var vector = other.inputs[0]
    while case .barrier = vector.op { vector = vector.inputs[0] }
    switch vector.op {
    case .input, .constant(.data): return other.inputs[0]
    case .constant(.splat), .iota, .randomBits, .unary, .binary, .compare, .select, .cast, .bitcast, .stopGradient,
      .reduce,
      .argmax, .reshape, .transpose, .broadcast, .slice, .pad, .concatenate, .reverse, .dot, .gather, .scatterAdd:
      return nil
    case .convolution, .convolutionInputGradient, .convolutionKernelGradient, .windows, .foldWindows, .argsort,
      .cumulativeSum, .attention, .attentionGradient, .factorization, .triangularSolve, .call, .scan, .barrier:
      return nil
    }
  }
}

/// Adds slices of updates to the places that indices name, one after another, so that the result does not depend on
/// threads.
struct ScatterUnit {
  var node: Node
  var indices: Node
  var updates: Node
  /// Extents: before the axis, the axis itself, the indices, after the axis.
  var outer: Int
  var axis: Int
  var count: Int
  var inner: Int
  /// Whether the unit itself fills its target with zeros first: where the target starts from them and is no larger than
  /// the updates. A larger one is filled by a loop of its own, which reads no updates and shares its work more evenly.
  var fillsZeros: Bool

  var operands: [Node] { fillsZeros ? [indices, updates] : [indices, updates, node] }

  init(_ node: Node, axis: Int, buffered: BufferedNodes) throws(KernelBuilder.NeedsBuffer) {
    func stored(_ input: Node) throws(KernelBuilder.NeedsBuffer) -> Node {
      guard let owner = buffered.owner(of: input) else { throw .init(node: input) }
      return owner
    }
    self.node = node
    indices = try stored(node.inputs[1])
    updates = try stored(node.inputs[2])
    let shape = node.shape.extents
    outer = shape[..<axis].reduce(1, *)
    self.axis = shape[axis]
    count = node.inputs[1].shape.elementCount
    inner = shape[(axis + 1)...].reduce(1, *)
    fillsZeros = node.inputs[0].splat == 0 && self.axis <= count
  }
}
