/// A graph as a value: what a loop repeats, or what a gradient computes again. Compared by identity.
package final class Subgraph: Sendable, Hashable {
  /// Input nodes that stand for what the graph is applied to.
  package let parameters: [Node]
  package let results: [Node]
  package init(parameters: [Node], results: [Node]) {
    self.parameters = parameters
    self.results = results
  }
  package var nodeCount: Int { Node.topologicalOrder(of: results).count }
  package static func == (a: Subgraph, b: Subgraph) -> Bool { a === b }
  package func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}

/// A loop over the leading axis of sequences with carried state.
///
/// The body's parameters are the carries, one element of each sequence, and what it captures; its results are the next
/// carries, then outputs. Result `i` of the loop is the last value of carry `i`, or output `i` of every step, stacked.
///
/// In a masked loop the first sequence is a bool for each step. A step where it is false is not run: it hands the carries
/// on, and its outputs are zeros.
package struct Scan: Hashable, Sendable {
  package var body: Subgraph
  package var carryCount: Int
  package var sequenceCount: Int
  /// Whether the loop runs from the last element to the first.
  package var isReversed: Bool
  package var isMasked: Bool
  package init(
    body: Subgraph, carryCount: Int, sequenceCount: Int, isReversed: Bool = false, isMasked: Bool = false
  ) {
    self.isMasked = isMasked
    self.body = body
    self.carryCount = carryCount
    self.sequenceCount = sequenceCount
    self.isReversed = isReversed
  }
  /// The steps of a loop over `inputs`: the leading extent of its sequences.
  package func length(_ inputs: [Node]) -> Int { inputs[carryCount].shape[0] }
}

/// One use of a graph. Each of its results is a node of its own, and all of them have the same application.
package struct Application: Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    case call(Subgraph)
    case scan(Scan)
  }
  package let kind: Kind
  package let inputs: [Node]
  /// The application that `node` is a result of, and which one; nil for other nodes.
  package static func of(_ node: Node) -> (application: Application, result: Int)? {
    switch node.op {
    case .call(let graph, let result): (Application(kind: .call(graph), inputs: node.inputs), result)
    case .scan(let scan, let result): (Application(kind: .scan(scan), inputs: node.inputs), result)
    default: nil  // Every other op has one result.
    }
  }
}

extension Subgraph {
  static func parameter(_ name: String, like node: Node) -> Node { parameter(name, node.shape, node.dtype) }
  static func parameter(_ name: String, _ shape: Shape, _ dtype: DType) -> Node {
    Node(.input(InputID(index: 0, name: name)), [], shape: shape, dtype: dtype)
  }

  /// The graph of `results` over `parameters`, and the outside values that it captures: they become parameters too,
  /// after the given ones.
  ///
  /// What depends on no parameter, nor on one of the nodes `inside`, is computed outside, once, except for constants and
  /// for movement, which costs nothing inside and would make the captured value larger.
  static func closing(
    _ results: [Node], over parameters: [Node], inside own: Set<Node> = []
  ) -> (graph: Subgraph, captured: [Node]) {
    let order = Node.topologicalOrder(of: results)
    var inside = own.union(parameters)
    var constant: Set<Node> = []
    for node in order {
      // A variable that is read for the first time is new, but comes from outside.
      if case .input = node.op, !parameters.contains(node) { inside.remove(node) }
      if node.inputs.contains(where: inside.contains) { inside.insert(node) }
      switch node.op {
      case .constant, .iota: constant.insert(node)
      case .broadcast, .reshape, .transpose, .cast: if constant.contains(node.inputs[0]) { constant.insert(node) }
      default: break  // Whatever else is made of constants is better computed once.
      }
    }
    var captured: [Node] = []
    var replacement = Dictionary(uniqueKeysWithValues: parameters.map { ($0, $0) })
    func stays(_ node: Node) -> Bool {
      if inside.contains(node) || constant.contains(node) { return true }
      switch node.op {
      case .broadcast, .reshape, .transpose: return true
      default: return false
      }
    }
    // Depth first from the results; what does not stay is replaced by a parameter and not looked into.
    var stack = Array(results.reversed())
    while let node = stack.last {
      if replacement[node] != nil {
        stack.removeLast()
      } else if !stays(node) {
        captured.append(node)
        replacement[node] = parameter("captured\(captured.count - 1)", like: node)
      } else if let open = node.inputs.first(where: { replacement[$0] == nil }) {
        stack.append(open)
      } else {
        let inputs = node.inputs.map { replacement[$0]! }
        replacement[node] =
          inputs == node.inputs ? node : Node(node.op, inputs, shape: node.shape, dtype: node.dtype)
      }
    }
    let graph = Subgraph(
      parameters: parameters + captured.map { replacement[$0]! }, results: results.map { replacement[$0]! })
    return (graph, captured)
  }

  /// The graph for itself, its parameters as arguments.
  package var program: Program {
    Program(arguments: parameters, feeds: [], reads: [], results: results, updates: [])
  }

  /// The results with `inputs` in the parameters' places: the graph written out.
  package func applied(to inputs: [Node]) -> [Node] {
    Node.replacing(Dictionary(uniqueKeysWithValues: zip(parameters, inputs)), in: results)
  }
}

extension Node {
  /// `roots` with every key of `replacement` replaced by its value.
  package static func replacing(_ replacement: [Node: Node], in roots: [Node]) -> [Node] {
    var new = replacement
    for node in topologicalOrder(of: roots) where new[node] == nil {
      let inputs = node.inputs.map { new[$0]! }
      new[node] = inputs == node.inputs ? node : Node(node.op, inputs, shape: node.shape, dtype: node.dtype)
    }
    return roots.map { new[$0]! }
  }
}

/// `results` computed from `values` in the places of `originals`: a function of them, evaluated at another point.
public func replacing(_ originals: [Tensor], with values: [Tensor], in results: [Tensor]) -> [Tensor] {
  for (original, value) in zip(originals, values) {
    require(
      original.shape == value.shape && original.dtype == value.dtype,
      "replacing(_:with:in:): \(value.dtype)\(value.shape) cannot stand for \(original.dtype)\(original.shape)")
  }
  let replacement = Dictionary(uniqueKeysWithValues: zip(originals.map(\.node), values.map(\.node)))
  return Node.replacing(replacement, in: results.map(\.node)).map(Tensor.init)
}
