/// Writes calls out, and cuts loops down to what is asked of them. Both run before anything else looks at a program.
enum SubgraphPasses {
  /// The program without calls: each is replaced by the graph it calls, applied to its inputs; in loops' bodies too.
  static func inliningCalls(_ roots: [Node]) -> [Node] {
    var written: [Subgraph: Subgraph] = [:]
    return inliningCalls(roots, &written)
  }

  private static func inliningCalls(_ roots: [Node], _ written: inout [Subgraph: Subgraph]) -> [Node] {
    let order = Node.topologicalOrder(of: roots)
    guard order.contains(where: \.appliesSubgraph) else { return roots }
    var replacement: [Node: Node] = [:]
    var results: [Application: [Node]] = [:]
    for node in order {
      let inputs = node.inputs.map { replacement[$0]! }
      switch node.op {
      case .call(let graph, let result):
        let application = Application(kind: .call(graph), inputs: inputs)
        if results[application] == nil {
          results[application] = body(graph, &written).applied(to: inputs)
        }
        replacement[node] = results[application]![result]
      case .scan(var scan, let result):
        scan.body = body(scan.body, &written)
        replacement[node] = rebuilt(node, .scan(scan, result: result), inputs)
      default: replacement[node] = rebuilt(node, node.op, inputs)  // Has no graph within.
      }
    }
    return roots.map { replacement[$0]! }
  }

  /// The graph without calls; the same one for all results of an application.
  private static func body(_ graph: Subgraph, _ written: inout [Subgraph: Subgraph]) -> Subgraph {
    if let known = written[graph] { return known }
    let results = inliningCalls(graph.results, &written)
    let new = results == graph.results ? graph : Subgraph(parameters: graph.parameters, results: results)
    written[graph] = new
    return new
  }

  private static func rebuilt(_ node: Node, _ op: Op, _ inputs: [Node]) -> Node {
    op == node.op && inputs == node.inputs ? node : Node(op, inputs, shape: node.shape, dtype: node.dtype)
  }

  /// The program whose loops compute only results that somebody uses, with the carries and inputs that these need.
  static func pruningLoops(_ roots: [Node]) -> [Node] {
    var roots = roots
    while true {
      var used: [Application: Set<Int>] = [:]
      let order = Node.topologicalOrder(of: roots)
      guard order.contains(where: \.appliesSubgraph) else { return roots }
      for node in order {
        if let (application, result) = Application.of(node) { used[application, default: []].insert(result) }
      }
      var pruned: [Application: PrunedLoop] = [:]
      for (application, results) in used { pruned[application] = PrunedLoop(application, using: results) }
      if pruned.isEmpty { return roots }
      // One loop's inputs are another one's results: what became unused is found in the next round.
      var replacement: [Node: Node] = [:]
      for node in order {
        var inputs = node.inputs.map { replacement[$0]! }
        var op = node.op
        if let (application, result) = Application.of(node), let loop = pruned[application] {
          inputs = loop.inputs.map { inputs[$0] }
          op = .scan(loop.scan, result: loop.results.firstIndex(of: result)!)
        }
        replacement[node] = rebuilt(node, op, inputs)
      }
      roots = roots.map { replacement[$0]! }
    }
  }
}

extension Node {
  fileprivate var appliesSubgraph: Bool {
    switch op {
    case .call, .scan: true
    default: false
    }
  }
}

/// A loop that computes less.
private struct PrunedLoop {
  let scan: Scan
  /// Which of the old loop's inputs and results are left.
  let inputs: [Int]
  let results: [Int]

  /// nil when all of the loop is needed.
  init?(_ application: Application, using used: Set<Int>) {
    guard case .scan(let old) = application.kind else { return nil }
    let (parameters, body) = (old.body.parameters, old.body.results)
    let position = Dictionary(uniqueKeysWithValues: parameters.enumerated().map { ($1, $0) })
    var kept = used
    // A carry is needed when its last value is, or when something that is needed reads it.
    var reached: Set<Int> = []
    while true {
      reached = Set(Node.topologicalOrder(of: kept.sorted().map { body[$0] }).compactMap { position[$0] })
      let carries = reached.filter { $0 < old.carryCount && !kept.contains($0) }
      if carries.isEmpty { break }
      kept.formUnion(carries)
    }
    results = kept.sorted()
    let bodies = SubgraphPasses.pruningLoops(results.map { body[$0] })
    reached = Set(Node.topologicalOrder(of: bodies).compactMap { position[$0] })
    let carries = results.filter { $0 < old.carryCount }
    let sequences = old.carryCount..<(old.carryCount + old.sequenceCount)
    // The first sequence is the mask, or says how many steps there are when no other one is needed.
    if old.isMasked || !sequences.contains(where: reached.contains) { reached.insert(sequences.lowerBound) }
    let keptSequences = sequences.filter(reached.contains)
    inputs = carries + keptSequences + parameters.indices.dropFirst(sequences.upperBound).filter(reached.contains)
    if inputs.count == parameters.count && results.count == body.count && bodies == body { return nil }
    scan = Scan(
      body: Subgraph(parameters: inputs.map { parameters[$0] }, results: bodies), carryCount: carries.count,
      sequenceCount: keptSequences.count, isReversed: old.isReversed, isMasked: old.isMasked)
  }
}
