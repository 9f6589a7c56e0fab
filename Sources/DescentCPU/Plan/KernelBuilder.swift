import DescentGraph

/// Turns nodes into the values of one loop kernel.
///
/// Starting from a node that the kernel stores, it follows inputs back, through movement ops by changing the index map,
/// until it meets memory: a node that has a buffer of its own.
struct KernelBuilder {
  /// A node must have a buffer of its own before the kernel can read it the way it wants to.
  struct NeedsBuffer: Error { let node: Node }

  private(set) var kernel: LoopKernel
  private let domain: KernelDomain
  private let buffered: BufferedNodes
  /// Nodes this kernel computes itself: read in place they need no load.
  private let members: Set<Node>
  private var memo: [Key: LoopKernel.ValueID] = [:]
  private var shared: [LoopKernel.Value: [(DType, LoopKernel.ValueID)]] = [:]
  private struct Key: Hashable {
    let node: Node
    let map: IndexMap
  }

  init(domain: KernelDomain, members: Set<Node>, buffered: BufferedNodes) {
    kernel = LoopKernel(domain: domain.extents, isReduced: domain.isReduced)
    self.domain = domain
    self.members = members
    self.buffered = buffered
  }

  private var count: Int { kernel.domain.count }

  /// Stores `node`, computed at its canonical place, to `target` at the address `place` gives.
  mutating func store(_ node: Node, at map: IndexMap, to target: Node, address: Affine) throws(NeedsBuffer) {
    let value = try value(of: node, at: map)
    kernel.stores.append(.init(buffer: buffer(target), address: address, value: value))
  }

  private mutating func buffer(_ node: Node) -> Int {
    if let known = kernel.buffers.firstIndex(of: node) { return known }
    kernel.buffers.append(node)
    return kernel.buffers.count - 1
  }

  private mutating func add(_ value: LoopKernel.Value, _ dtype: DType) -> LoopKernel.ValueID {
    if let known = shared[value]?.first(where: { $0.0 == dtype }) { return known.1 }
    kernel.values.append(value)
    kernel.dtypes.append(dtype)
    let id = kernel.values.count - 1
    shared[value, default: []].append((dtype, id))
    return id
  }

  mutating func value(of node: Node, at map: IndexMap) throws(NeedsBuffer) -> LoopKernel.ValueID {
    let key = Key(node: node, map: map)
    if let known = memo[key] { return known }
    let id = try build(node, map)
    memo[key] = id
    return id
  }

  private mutating func build(_ node: Node, _ map: IndexMap) throws(NeedsBuffer) -> LoopKernel.ValueID {
    if let owner = buffered.owner(of: node), owner !== node || !members.contains(node) {
      let address = map.linear(in: node.shape.extents, dimensions: count)
      if members.contains(owner), let canonical = domain.canonicalMap(of: owner) {
        // A reshape of something this kernel computes: the partition has checked that the elements coincide.
        require(
          canonical.linear(in: owner.shape.extents, dimensions: count) == address,
          "a kernel reads \(owner.op.name)\(owner.shape), which it computes itself, in another order")
        return try value(of: owner, at: canonical)
      }
      return add(.load(buffer: buffer(owner), address: address), node.dtype)
    }
    func linear(_ node: Node) -> Affine { map.linear(in: node.shape.extents, dimensions: count) }
    func operand(_ i: Int) throws(NeedsBuffer) -> LoopKernel.ValueID { try value(of: node.inputs[i], at: map) }

    switch node.op {
    case .constant(.splat(let value)): return add(.constant(value), node.dtype)
    case .iota(let axis): return add(.index(map.axes[axis]), node.dtype)
    case .randomBits:
      let scalar = IndexMap(axes: [])
      let key = try value(of: node.inputs[0], at: scalar)
      let stream = try value(of: node.inputs[1], at: scalar)
      return add(.random(key: key, stream: stream, counter: linear(node)), node.dtype)
    case .unary(let f): return add(.unary(f, try operand(0)), node.dtype)
    case .binary(let f): return add(.binary(f, try operand(0), try operand(1)), node.dtype)
    case .compare(let c): return add(.compare(c, try operand(0), try operand(1)), node.dtype)
    case .select: return add(.select(try operand(0), try operand(1), try operand(2)), node.dtype)
    case .cast: return add(.cast(try operand(0)), node.dtype)
    case .bitcast: return add(.bitcast(try operand(0)), node.dtype)
    case .stopGradient, .barrier: return try operand(0)
    // Over axes of extent 1 there is nothing to reduce, and no loop that could.
    case .reduce(_, let axes) where axes.allSatisfy { node.inputs[0].shape[$0] == 1 }:
      var input = map
      for axis in axes { input.axes.insert(.constant(0, dimensions: count), at: axis) }
      return try value(of: node.inputs[0], at: input)
    case .argmax(let axis) where node.inputs[0].shape[axis] == 1: return add(.constant(0), node.dtype)
    case .reduce(let r, _): return add(.reduce(r, try reduced(node)), node.dtype)
    case .argmax: return add(.argmax(try reduced(node)), node.dtype)
    case .reshape:
      let input = node.inputs[0]
      guard
        let moved = map.reshaped(from: node.shape.extents, to: input.shape.extents, domain: kernel.domain)
      else { throw NeedsBuffer(node: input) }
      return try value(of: input, at: moved)
    case .transpose(let permutation): return try value(of: node.inputs[0], at: map.transposed(permutation))
    case .broadcast(let axes):
      let shape = node.inputs[0].shape.extents
      return try value(of: node.inputs[0], at: map.unbroadcast(axes, inputShape: shape, dimensions: count))
    case .slice(let starts, _, let strides):
      return try value(of: node.inputs[0], at: map.sliced(starts: starts, strides: strides))
    case .reverse(let axes):
      return try value(of: node.inputs[0], at: map.reversed(axes, shape: node.shape.extents))
    case .gather(let axis): return try gather(node, axis, map)
    case .windows(let w): return try value(of: node.inputs[0], at: map.windows(w, rank: node.inputs[0].shape.rank))
    case .constant(.data), .input, .pad, .concatenate, .dot, .scatterAdd:
      fatalError("\(node.op.name) always has a buffer of its own")
    case .convolution, .convolutionInputGradient, .convolutionKernelGradient, .foldWindows, .argsort, .cumulativeSum,
      .attention, .attentionGradient, .factorization, .triangularSolve, .call, .scan:
      fatalError("\(node.op.name) always has a buffer of its own")
    }
  }

  /// The operand of a reduction this kernel runs, read at the kernel's own indices.
  private mutating func reduced(_ node: Node) throws(NeedsBuffer) -> LoopKernel.ValueID {
    guard members.contains(node) else { throw NeedsBuffer(node: node) }
    let input = node.inputs[0]
    return try value(
      of: input, at: .identity(shape: input.shape.extents, dimensions: Array(0..<count), of: count))
  }

  private mutating func gather(_ node: Node, _ axis: Int, _ map: IndexMap) throws(NeedsBuffer) -> LoopKernel.ValueID {
    let (operand, indices) = (node.inputs[0], node.inputs[1])
    guard let owner = buffered.owner(of: operand), !members.contains(operand) else { throw NeedsBuffer(node: operand) }
    let rank = indices.shape.rank
    let index = try value(of: indices, at: IndexMap(axes: Array(map.axes[axis..<(axis + rank)])))
    // The operand's address with index 0 on the gathered axis; the index adds multiples of that axis's stride.
    let zero = Affine.constant(0, dimensions: count)
    let fixed = IndexMap(axes: Array(map.axes[..<axis]) + [zero] + Array(map.axes[(axis + rank)...]))
    return add(
      .gather(
        buffer: buffer(owner), address: fixed.linear(in: operand.shape.extents, dimensions: count), index: index,
        stride: operand.shape.strides[axis], bound: operand.shape[axis]), node.dtype)
  }
}

/// The loops of a kernel: the extents (none of them 1) and which dimensions its reductions run over.
struct KernelDomain: Hashable {
  var extents: [Int]
  var isReduced: [Bool]

  /// The domain a node is computed on.
  init(of node: Node) {
    switch node.op {
    case .reduce(_, let axes): self.init(shape: node.inputs[0].shape, reduced: axes)
    case .argmax(let axis): self.init(shape: node.inputs[0].shape, reduced: [axis])
    case .constant, .input, .iota, .randomBits, .unary, .binary, .compare, .select, .cast, .bitcast, .stopGradient,
      .reshape,
      .transpose, .broadcast, .slice, .pad, .concatenate, .reverse, .dot, .gather, .scatterAdd:
      self.init(shape: node.shape, reduced: [])
    case .convolution, .convolutionInputGradient, .convolutionKernelGradient, .windows, .foldWindows, .argsort,
      .cumulativeSum, .attention, .attentionGradient, .factorization, .triangularSolve, .call, .scan, .barrier:
      self.init(shape: node.shape, reduced: [])
    }
  }
  init(shape: Shape, reduced: [Int]) {
    let kept = shape.indices.filter { shape[$0] != 1 }
    extents = kept.map { shape[$0] }
    isReduced = kept.map(reduced.contains)
  }

  var hasReductions: Bool { isReduced.contains(true) }
  /// What is left after the reductions.
  var outer: [Int] { zip(extents, isReduced).filter { !$1 }.map(\.0) }
  private var outerDimensions: [Int] { extents.indices.filter { !isReduced[$0] } }

  /// Where the loops of this domain compute `node`: at every point, or once the reductions are known.
  func canonicalMap(of node: Node) -> IndexMap? {
    let own = KernelDomain(of: node)
    let shape = node.shape.extents
    let squeezed = shape.filter { $0 != 1 }
    if !own.hasReductions && squeezed == extents {
      return .identity(shape: shape, dimensions: Array(extents.indices), of: extents.count)
    }
    if squeezed == outer {
      return .identity(shape: shape, dimensions: outerDimensions, of: extents.count)
    }
    return nil
  }
}

/// Which nodes have memory of their own.
struct BufferedNodes {
  private(set) var nodes: Set<Node> = []
  mutating func insert(_ node: Node) { nodes.insert(node) }

  /// The node whose buffer holds `node`'s elements in row-major order; a reshape and a barrier share their input's.
  func owner(of node: Node) -> Node? {
    var node = node
    while true {
      if nodes.contains(node) { return node }
      guard node.op == .reshape || node.op == .barrier else { return nil }
      node = node.inputs[0]
    }
  }
}
