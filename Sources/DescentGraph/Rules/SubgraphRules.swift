/// Graphs within the graph: calls and loops.
enum SubgraphRules {
  static func type(call graph: Subgraph, _ result: Int, _ inputs: [Node]) -> TensorType {
    require(
      inputs.map { TensorType($0) } == graph.parameters.map { TensorType($0) },
      "call: inputs \(inputs.map { TensorType($0) }) do not fit parameters \(graph.parameters.map { TensorType($0) })")
    require(graph.results.indices.contains(result), "call: no result \(result) among \(graph.results.count)")
    return TensorType(graph.results[result])
  }

  static func type(_ scan: Scan, _ result: Int, _ inputs: [Node]) -> TensorType {
    let (parameters, results) = (scan.body.parameters, scan.body.results)
    let carries = scan.carryCount
    require(
      scan.sequenceCount > 0 && inputs.count == parameters.count && results.count >= carries
        && inputs[carries].shape.rank > 0,
      "scan: \(inputs.count) inputs for \(carries) carries and \(scan.sequenceCount) sequences do not fit the body")
    require(
      !scan.isMasked || TensorType(parameters[carries]) == TensorType(shape: [], dtype: .bool),
      "scan: the mask's element is \(TensorType(parameters[carries])), not a bool")
    let length = scan.length(inputs)
    for (i, (input, parameter)) in zip(inputs, parameters).enumerated() {
      let isSequence = i >= carries && i < carries + scan.sequenceCount
      let expected = isSequence ? stacked(TensorType(parameter), length) : TensorType(parameter)
      require(TensorType(input) == expected, "scan: input \(i) is \(TensorType(input)), the body takes \(expected)")
    }
    for i in 0..<carries {
      require(
        TensorType(results[i]) == TensorType(parameters[i]),
        "scan: carry \(i), \(TensorType(parameters[i])), becomes \(TensorType(results[i])) in the body")
    }
    require(results.indices.contains(result), "scan: no result \(result) among \(results.count)")
    return result < carries ? TensorType(results[result]) : stacked(TensorType(results[result]), length)
  }

  private static func stacked(_ type: TensorType, _ length: Int) -> TensorType {
    TensorType(shape: Shape([length] + type.shape.extents), dtype: type.dtype)
  }

  /// The cotangents of the inputs, given those of some results by their number.
  static func gradients(_ kind: Application.Kind, _ x: [Tensor], _ g: [Int: Tensor]) -> [Tensor?] {
    switch kind {
    case .call(let graph): gradients(call: graph, x, g)
    case .scan(let scan): ScanGradient(scan, x, g).cotangents()
    }
  }

  /// The graph's own gradient, which computes the graph's values again: from inputs that are not there before the
  /// cotangents are, so that nothing of it can be shared with the first computation or run early.
  private static func gradients(call graph: Subgraph, _ x: [Tensor], _ g: [Int: Tensor]) -> [Tensor?] {
    let given = g.keys.sorted()
    let seeds = given.map { Subgraph.parameter("cotangent\($0)", like: graph.results[$0]) }
    let found = pullback(
      zip(given, seeds).map { (Tensor(graph.results[$0]), Tensor($1)) }, to: graph.parameters.map(Tensor.init))
    let tokens = given.map { g[$0]! }
    let late = x.map { $0.splat == nil ? Tensor(.barrier, [$0] + tokens) : $0 }
    let inputs = Dictionary(
      uniqueKeysWithValues: zip(graph.parameters + seeds, (late + tokens).map(\.node)))
    let known = x.indices.filter { x[$0].dtype.isFloat && found[$0] != nil }
    let results = Node.replacing(inputs, in: known.map { found[$0]!.node })
    var cotangents = [Tensor?](repeating: nil, count: x.count)
    for (i, result) in zip(known, results) { cotangents[i] = Tensor(result) }
    return cotangents
  }
}
