extension Program {
  /// The graph as text, one node a line, for people to read. The body of a loop or call stands indented below the first
  /// of its results.
  package func printed() -> String {
    var printer = GraphPrinter()
    printer.add(roots, indent: "")
    let names = printer.names
    let ends =
      results.map { "result \(names[$0]!) : \(TensorType($0))" }
      + updates.map { "update \($0.variable.name) = \(names[$0.value]!) : \(TensorType($0.value))" }
    return (printer.lines + ends).joined(separator: "\n")
  }
}

private struct GraphPrinter {
  var names: [Node: String] = [:]
  var lines: [String] = []
  private var number = 0
  private var bodies: Set<Subgraph> = []

  mutating func add(_ roots: [Node], indent: String) {
    for node in Node.topologicalOrder(of: roots) {
      switch node.op {
      case .input(let id):
        names[node] = "%" + id.name
        lines.append("\(indent)\(names[node]!) = input : \(TensorType(node))")
      case .constant(.splat(let value)):
        names[node] = Self.short(value)
      case .constant(.data), .iota, .randomBits, .unary, .binary, .compare, .select, .cast, .bitcast, .stopGradient,
        .reduce,
        .argmax, .reshape, .transpose, .broadcast, .slice, .pad, .concatenate, .reverse, .dot, .gather, .scatterAdd,
        .convolution, .convolutionInputGradient, .convolutionKernelGradient, .windows, .foldWindows, .argsort,
        .cumulativeSum, .attention, .attentionGradient, .factorization, .triangularSolve, .call, .scan, .barrier:
        names[node] = "%\(number)"
        number += 1
        let inputs = node.inputs.map { names[$0]! }.joined(separator: ", ")
        lines.append(
          "\(indent)\(names[node]!) = \(node.op.name)(\(inputs))\(node.op.attributes) : \(TensorType(node))")
        switch node.op {
        case .call(let graph, _): add(graph, "body", carries: 0, indent)
        case .scan(let scan, _):
          let order = scan.isReversed ? ", last step first" : ""
          add(scan.body, "body" + order + (scan.isMasked ? ", masked" : ""), carries: scan.carryCount, indent)
        default: break  // Has no graph within.
        }
      }
    }
  }

  private mutating func add(_ graph: Subgraph, _ title: String, carries: Int, _ indent: String) {
    guard bodies.insert(graph).inserted else { return }
    lines.append("\(indent)  \(title):")
    add(graph.results, indent: indent + "    ")
    for (i, result) in graph.results.enumerated() {
      lines.append("\(indent)    \(i < carries ? "carry" : "result") \(names[result]!) : \(TensorType(result))")
    }
  }

  private static func short(_ value: Double) -> String {
    value == value.rounded() && value.magnitude < 1e6 ? String(Int(value)) : String(value)
  }
}

extension Op {
  /// What a printed node says beside its inputs.
  package var attributes: String {
    switch self {
    case .constant, .input, .randomBits, .unary, .binary, .compare, .select, .cast, .bitcast, .stopGradient, .reshape,
      .barrier:
      ""
    case .iota(let axis), .argmax(let axis), .concatenate(let axis), .gather(let axis), .scatterAdd(let axis):
      " axis \(axis)"
    case .reduce(_, let axes), .broadcast(let axes), .reverse(let axes): " axes \(axes)"
    case .transpose(let permutation): " \(permutation)"
    case .slice(let starts, let limits, let strides): " \(starts)..<\(limits) by \(strides)"
    case .pad(let low, let high, let interior): " low \(low) high \(high) interior \(interior)"
    case .dot(let axes):
      " contracting \(axes.lhsContracting)×\(axes.rhsContracting)"
        + (axes.lhsBatch.isEmpty ? "" : " batch \(axes.lhsBatch)×\(axes.rhsBatch)")
    case .convolution(let c), .convolutionInputGradient(let c), .convolutionKernelGradient(let c): " \(c)"
    case .windows(let w), .foldWindows(let w): " \(w)"
    case .argsort(let axis, let descending): " axis \(axis)\(descending ? " descending" : "")"
    case .cumulativeSum(let axis): " axis \(axis)"
    case .attention(let a), .attentionGradient(let a): a.isCausal ? " causal" : ""
    case .factorization: ""
    case .triangularSolve(let solve): (solve.isLower ? " lower" : " upper") + (solve.isTransposed ? " transposed" : "")
    case .call(let graph, let result): " result \(result) of \(graph.results.count)"
    case .scan(let scan, let result): " result \(result) of \(scan.body.results.count)"
    }
  }
}
