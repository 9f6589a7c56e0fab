/// The gradient of a loop: a loop in the other direction, which carries the cotangents of the carries.
///
/// Each step takes the values that the forward loop's step began with, and what that loop offers: its carries and the
/// results of its products, stacked. The rest of the step is computed again.
struct ScanGradient {
  private let scan: Scan
  private let x: [Tensor]
  private let given: [Int: Tensor]
  /// For a node of the forward body, the tensor that holds its values in all steps.
  private var stacked: [Node: Tensor] = [:]

  private var body: Subgraph { scan.body }
  private var carryCount: Int { scan.carryCount }
  private var captured: Range<Int> { (carryCount + scan.sequenceCount)..<x.count }

  init(_ scan: Scan, _ x: [Tensor], _ given: [Int: Tensor]) {
    var scan = scan
    // A loop that was built without offers runs once more, with them.
    let missing = scan.body.parameters[..<scan.carryCount].filter {
      !scan.body.results[scan.carryCount...].contains($0)
    }
    if !missing.isEmpty {
      scan.body = Subgraph(parameters: scan.body.parameters, results: scan.body.results + missing)
    }
    self.scan = scan
    self.x = x
    // What comes out of a step that is not run does not matter.
    self.given = Dictionary(
      uniqueKeysWithValues: given.map { result, cotangent in
        guard scan.isMasked, result >= scan.carryCount else { return (result, cotangent) }
        let mask = x[scan.carryCount].reshaped([cotangent.shape[0]] + cotangent.shape.dropFirst().map { _ in 1 })
        return (result, select(mask.broadcast(to: cotangent.shape), cotangent, .zeros(like: cotangent)))
      })
    for i in scan.body.results.indices.dropFirst(scan.carryCount) {
      stacked[scan.body.results[i]] = Tensor(.scan(scan, result: i), x)
    }
    for i in 0..<scan.sequenceCount { stacked[scan.body.parameters[scan.carryCount + i]] = x[scan.carryCount + i] }
  }

  func cotangents() -> [Tensor?] {
    // One step backwards, on the nodes of the forward body.
    let carried = (0..<carryCount).filter { body.parameters[$0].dtype.isFloat }
    let seeds = carried.map { Subgraph.parameter("cotangent\($0)", like: body.results[$0]) }
    let outputs = given.keys.filter { $0 >= carryCount && body.results[$0].dtype.isFloat }.sorted()
    let outputSeeds = outputs.map { Subgraph.parameter("cotangent\($0)", like: body.results[$0]) }
    let found = pullback(
      zip(carried + outputs, seeds + outputSeeds).map { (Tensor(body.results[$0]), Tensor($1)) },
      to: body.parameters.map(Tensor.init))
    func cotangent(_ i: Int) -> Node {
      let parameter = Tensor(body.parameters[i])
      return (found[i] ?? .zeros(like: parameter)).node
    }

    // What each step delivers.
    let sequenceIndices = (carryCount..<captured.lowerBound).filter { found[$0] != nil && x[$0].dtype.isFloat }
    let capturedIndices = captured.filter { found[$0] != nil && x[$0].dtype.isFloat }
    var total = StepTotal(
      invariant: invariants(besides: seeds + outputSeeds), known: Set(stacked.keys).union(outputSeeds))
    for i in capturedIndices { total.prepare(found[i]!.node) }
    let accumulators = total.accumulated.enumerated().map {
      (parameter: Subgraph.parameter("sum\($0.offset)", like: $0.element), term: $0.element)
    }
    let next =
      carried.map(cotangent) + accumulators.map { (Tensor($0.parameter) + Tensor($0.term)).node }
    let delivered = sequenceIndices.map { found[$0]!.node } + total.stacked

    // In the new body, forward values are elements of sequences, and captured values the outer ones.
    var sequences: [(parameter: Node, whole: Node)] = []
    var replacement = Dictionary(uniqueKeysWithValues: captured.map { (body.parameters[$0], x[$0].node) })
    let mask = scan.isMasked ? [body.parameters[carryCount]] : []
    for node in mask + body.parameters[..<captured.lowerBound] + body.results[carryCount...]
    where replacement[node] == nil {
      let element = Subgraph.parameter("element\(sequences.count)", like: node)
      replacement[node] = element
      sequences.append((element, stacked[node]!.node))
    }
    for (i, seed) in zip(outputs, outputSeeds) { sequences.append((seed, given[i]!.node)) }
    let carries =
      zip(carried, seeds).map { (parameter: $1, initial: (given[$0] ?? .zeros(like: x[$0])).node) }
      + accumulators.map { (parameter: $0.parameter, initial: Tensor.zeros(like: Tensor($0.parameter)).node) }
    let rebuilt = Node.replacing(replacement, in: next + delivered)
    let loop = Loop(carries: carries, sequences: sequences, isReversed: !scan.isReversed, isMasked: scan.isMasked)
    let results = loop.closed(next: Array(rebuilt[..<next.count]), outputs: Array(rebuilt[next.count...]))

    // Put together outside.
    var cotangents = [Tensor?](repeating: nil, count: x.count)
    for (i, result) in zip(carried, results.carries) { cotangents[i] = result }
    for (i, result) in zip(sequenceIndices, results.outputs) { cotangents[i] = result }
    var values = stacked
    for (i, seed) in zip(outputs, outputSeeds) { values[seed] = given[i]! }
    for (node, result) in zip(total.stacked, results.outputs.dropFirst(sequenceIndices.count)) { values[node] = result }
    let sums = Dictionary(
      zip(accumulators.map(\.term), results.carries.dropFirst(carried.count)), uniquingKeysWith: { first, _ in first })
    let outer = Dictionary(uniqueKeysWithValues: captured.map { (body.parameters[$0], x[$0].node) })
    for i in capturedIndices { cotangents[i] = total.value(of: found[i]!.node, sums, values, outer) }
    return cotangents
  }

  /// The tests "does this node stay the same in every step?".
  private func invariants(besides seeds: [Node]) -> (Node) -> Bool {
    let moving = Set(Array(body.parameters[..<captured.lowerBound]) + seeds)
    return { node in !Node.topologicalOrder(of: [node]).contains(where: moving.contains) }
  }
}

/// The sum over all steps of a cotangent that each step adds to.
///
/// A matrix product in every step that only feeds the sum becomes one product over all steps: its operands are stacked
/// and the step is contracted over with the other axes. Anything else is added up in a carry.
private struct StepTotal {
  let invariant: (Node) -> Bool
  /// Nodes whose values in all steps exist anyway.
  let known: Set<Node>
  /// Nodes that the loop has to deliver for every step.
  private(set) var stacked: [Node] = []
  /// Nodes that the loop has to add up.
  private(set) var accumulated: [Node] = []

  init(invariant: @escaping (Node) -> Bool, known: Set<Node>) {
    self.invariant = invariant
    self.known = known
  }

  /// Whether the sum of `node` is better taken apart: a product lies on the way.
  private func leadsToProduct(_ node: Node) -> Bool {
    switch node.op {
    case .dot: true
    case .binary(.add): node.inputs.contains(where: leadsToProduct)
    case .transpose, .reshape: leadsToProduct(node.inputs[0])
    default: false  // Not linear, or no cheaper outside.
    }
  }

  mutating func prepare(_ node: Node) {
    guard leadsToProduct(node) else {
      if !accumulated.contains(node) { accumulated.append(node) }
      return
    }
    if case .dot = node.op {
      let free = node.inputs.indices.filter { invariant(node.inputs[$0]) }
      if free.isEmpty {
        for input in node.inputs where !known.contains(input) && !stacked.contains(input) { stacked.append(input) }
      } else {
        prepare(node.inputs[1 - free[0]])
      }
    } else {
      for input in node.inputs { prepare(input) }
    }
  }

  func value(of node: Node, _ sums: [Node: Tensor], _ values: [Node: Tensor], _ outer: [Node: Node]) -> Tensor {
    func sum(_ node: Node) -> Tensor { value(of: node, sums, values, outer) }
    guard leadsToProduct(node) else { return sums[node]! }
    guard case .dot(let axes) = node.op else {
      return Tensor(node.op, node.inputs.map(sum), shape: node.shape, dtype: node.dtype)
    }
    if let free = node.inputs.indices.first(where: { invariant(node.inputs[$0]) }) {
      let fixed = Tensor(Node.replacing(outer, in: [node.inputs[free]])[0])
      let moving = sum(node.inputs[1 - free])
      return dot(free == 0 ? fixed : moving, free == 0 ? moving : fixed, axes)
    }
    func behindSteps(_ axes: [Int]) -> [Int] { axes.map { $0 + 1 } }
    return dot(
      values[node.inputs[0]]!, values[node.inputs[1]]!,
      DotAxes(
        lhsBatch: behindSteps(axes.lhsBatch), rhsBatch: behindSteps(axes.rhsBatch),
        lhsContracting: [0] + behindSteps(axes.lhsContracting), rhsContracting: [0] + behindSteps(axes.rhsContracting)))
  }
}
