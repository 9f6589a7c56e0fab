import DescentGraph

/// Keeps the weights that a program trains in the order that their convolutions want, and computes their update there.
///
/// A forward convolution's kernel and the gradient of its weights have one order in oneDNN. Where everything from that
/// gradient to the variable's new value is computed element by element, the variable, the optimizer's state beside it and
/// the update are all put into that order: a variable's input gets the physical shape, and nothing is reordered in a
/// step. Whoever reads the variable elsewhere gets its elements in row-major order (`Buffer.rows`). A program that only
/// reads weights leaves them as they are, so that several may read them at once.
struct WeightLayoutPass {
  private let program: Program
  private let nodes: [Node]
  private let reads: [Node: Int]
  private let updates: [Node: Node]
  /// What is computed in an order of its own.
  private var orders: [Node: MemoryOrder] = [:]
  private var ordered: [Node: Node] = [:]
  private var plain: [Node: Node] = [:]

  /// The program, and the order that each such variable is kept in.
  static func laidOut(_ program: Program) -> (program: Program, orders: [ObjectIdentifier: MemoryOrder]) {
    let nodes = Node.topologicalOrder(of: program.roots)
    guard nodes.contains(where: { $0.convolution?.layout != nil }) else { return (program, [:]) }
    var pass = WeightLayoutPass(program, nodes)
    for node in nodes {
      guard let wanted = wantedOrder(of: node), pass.updates[wanted.weights] != nil else { continue }
      if let region = pass.region(of: wanted.weights, wanted.order) {
        pass.orders.merge(region) { known, _ in known }
      }
    }
    return pass.orders.isEmpty ? (program, [:]) : pass.rewritten()
  }

  private init(_ program: Program, _ nodes: [Node]) {
    self.program = program
    self.nodes = nodes
    reads = Dictionary(uniqueKeysWithValues: program.reads.enumerated().map { ($1.input, $0) })
    let inputs = Dictionary(
      uniqueKeysWithValues: program.reads.map { (ObjectIdentifier($0.variable), $0.input) })
    updates = Dictionary(
      uniqueKeysWithValues: program.updates.map { (inputs[ObjectIdentifier($0.variable)]!, $0.value) })
  }

  // MARK: What lies in which order

  /// The weights of a forward convolution and the order in which oneDNN wants them.
  private static func wantedOrder(of node: Node) -> (weights: Node, order: MemoryOrder)? {
    guard case .convolution(let c) = node.op, let layout = c.layout, let shapes = ConvolutionShapes(node),
      let name = (try? ConvolutionPrimitive(shapes.descriptor(c, layout)))?.weightOrder,
      let order = MemoryOrder(oneDNN: name, weights: shapes.kernel, groups: c.groups)
    else { return nil }
    var weights = node.inputs[1]
    while case .barrier = weights.op { weights = weights.inputs[0] }
    return (weights, order)
  }

  /// Everything between the weights' gradient and their new value, the state included; nil where a part of it cannot be
  /// computed in that order.
  private func region(of weights: Node, _ order: MemoryOrder) -> [Node: MemoryOrder]? {
    guard orders[weights] == nil else { return nil }
    var region: [Node: MemoryOrder] = [:]
    var stack = [weights]
    while let node = stack.popLast() {
      guard region[node] == nil, orders[node] != order, !isRepeatable(node) else { continue }
      guard orders[node] == nil, node.shape == order.shape else { return nil }
      region[node] = order
      switch node.op {
      case .input:
        guard reads[node] != nil else { return nil }
        if let value = updates[node] { stack.append(value) }
      case .convolutionKernelGradient(let c): guard c.layout != nil else { return nil }
      case .barrier: stack.append(node.inputs[0])
      case let op:
        guard op.isElementwise else { return nil }
        stack += node.inputs
      }
    }
    return region
  }

  /// One value for all elements: the same in every order.
  private func isRepeatable(_ node: Node) -> Bool {
    switch node.op {
    case .constant(.splat): true
    case .broadcast: node.inputs[0].shape.elementCount == 1
    default: false
    }
  }

  // MARK: Rewriting

  private mutating func rewritten() -> (Program, [ObjectIdentifier: MemoryOrder]) {
    var result = program
    var kept: [ObjectIdentifier: MemoryOrder] = [:]
    for (input, position) in reads {
      guard let order = orders[input] else { continue }
      let moved = Node(input.op, [], shape: order.physical, dtype: input.dtype)
      ordered[input] = moved
      result.reads[position].input = moved
      kept[ObjectIdentifier(result.reads[position].variable)] = order
    }
    for node in nodes { visit(node) }
    result.results = program.results.map { inRows($0) }
    for i in result.updates.indices {
      let old = program.updates[i]
      let input = program.reads.first { $0.variable === old.variable }!.input
      result.updates[i].value = orders[input].map { inOrder(old.value, $0) } ?? inRows(old.value)
    }
    return (result, kept)
  }

  private mutating func visit(_ node: Node) {
    if orders[node] == nil, node.op.isElementwise { orders[node] = commonOrder(of: node.inputs) }
    guard let order = orders[node] else {
      plain[node] = rebuilt(node)
      return
    }
    switch node.op {
    case .input: break
    case .convolutionKernelGradient(var c):
      c.layout!.weights = order
      let inputs = node.inputs.map { inRows($0) }
      ordered[node] = Node(.convolutionKernelGradient(c), inputs, shape: order.physical, dtype: node.dtype)
    case .barrier:
      let inputs = [inOrder(node.inputs[0], order)] + node.inputs.dropFirst().map { inRows($0) }
      ordered[node] = Node(node.op, inputs, shape: order.physical, dtype: node.dtype)
    default:
      ordered[node] = Node(
        node.op, node.inputs.map { inOrder($0, order) }, shape: order.physical, dtype: node.dtype)
    }
  }

  /// The order of those inputs that have one, if the others can have it for nothing.
  private func commonOrder(of inputs: [Node]) -> MemoryOrder? {
    let known = Set(inputs.compactMap { orders[$0] })
    guard known.count == 1, inputs.allSatisfy({ orders[$0] != nil || isRepeatable($0) }) else { return nil }
    return known.first
  }

  private mutating func rebuilt(_ node: Node) -> Node {
    switch node.op {
    case .convolution(var c), .convolutionInputGradient(var c):
      guard c.layout != nil, let order = orders[node.inputs[1]] else { break }
      c.layout!.weights = order
      let inputs = [inRows(node.inputs[0]), inOrder(node.inputs[1], order)]
      if case .convolution = node.op {
        return Node(.convolution(c), inputs, shape: node.shape, dtype: node.dtype)
      }
      return Node(.convolutionInputGradient(c), inputs, shape: node.shape, dtype: node.dtype)
    // Over all elements in whatever order: a norm.
    case .reduce(let r, let axes):
      guard axes.count == node.inputs[0].shape.rank, let order = orders[node.inputs[0]] else { break }
      let input = inOrder(node.inputs[0], order)
      return Node(.reduce(r, axes: Array(input.shape.indices)), [input], shape: node.shape, dtype: node.dtype)
    default: break
    }
    let inputs = node.inputs.map { inRows($0) }
    return inputs == node.inputs ? node : Node(node.op, inputs, shape: node.shape, dtype: node.dtype)
  }

  private mutating func inRows(_ node: Node) -> Node {
    if let known = plain[node] { return known }
    let result = orders[node]!.restored(Tensor(ordered[node]!)).node
    plain[node] = result
    return result
  }

  private mutating func inOrder(_ node: Node, _ order: MemoryOrder) -> Node {
    if orders[node] == order { return ordered[node]! }
    if case .broadcast = node.op {
      let scalar = Tensor(inRows(node.inputs[0])).reshaped([])
      return Node(.broadcast(axes: []), [scalar.node], shape: order.physical, dtype: node.dtype)
    }
    return Node(node.op, [], shape: order.physical, dtype: node.dtype)
  }
}
