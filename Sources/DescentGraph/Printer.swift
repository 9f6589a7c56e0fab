extension Program {
  /// The graph as text, one node a line, for people to read.
  public func printed() -> String {
    let order = Node.topologicalOrder(of: roots)
    var names: [Node: String] = [:]
    var lines: [String] = []
    var number = 0
    for node in order {
      switch node.op {
      case .input(let id):
        names[node] = "%" + id.name
        lines.append("\(names[node]!) = input : \(TensorType(node))")
      case .constant(.splat(let value)):
        names[node] = Self.short(value)
      case .constant(.data), .iota, .randomBits, .unary, .binary, .compare, .select, .cast, .stopGradient, .reduce,
        .argmax, .reshape, .transpose, .broadcast, .slice, .pad, .concatenate, .reverse, .dot, .gather, .scatterAdd,
        .convolution, .convolutionInputGradient, .convolutionKernelGradient, .windows, .foldWindows, .argsort,
        .cumulativeSum, .attention, .attentionGradient, .call, .scan, .barrier:
        names[node] = "%\(number)"
        number += 1
        let inputs = node.inputs.map { names[$0]! }.joined(separator: ", ")
        lines.append("\(names[node]!) = \(node.op.name)(\(inputs))\(node.op.attributes) : \(TensorType(node))")
      }
    }
    lines += results.map { "result \(names[$0]!) : \(TensorType($0))" }
    lines += updates.map { "update \($0.variable.name) = \(names[$0.value]!) : \(TensorType($0.value))" }
    return lines.joined(separator: "\n")
  }

  private static func short(_ value: Double) -> String {
    value == value.rounded() && value.magnitude < 1e6 ? String(Int(value)) : String(value)
  }
}

extension Op {
  /// What a printed node says beside its inputs.
  public var attributes: String {
    switch self {
    case .constant, .input, .randomBits, .unary, .binary, .compare, .select, .cast, .stopGradient, .reshape, .barrier:
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
    case .call(let graph, let result): " result \(result) of a graph of \(graph.nodeCount) nodes"
    case .scan(let scan, let result): " result \(result) of a loop over a graph of \(scan.body.nodeCount) nodes"
    }
  }
}
