/// What `body` computes, without keeping its intermediate values for the gradient: they are computed again when the
/// gradient needs them (Chen et al. 2016, arXiv 1604.06174).
///
/// Results and gradients are those of the body itself, bit for bit. Only what the body uses from outside and what it
/// returns is kept. Variables must not be written in it.
public func checkpoint(_ body: () throws -> Tensor) rethrows -> Tensor {
  try checkpoint([]) { _ in [try body()] }[0]
}
/// `body(input)` as a checkpoint.
public func checkpoint(_ input: Tensor, _ body: (Tensor) throws -> Tensor) rethrows -> Tensor {
  try checkpoint([input]) { [try body($0[0])] }[0]
}
/// `body(inputs)` as a checkpoint with several results.
public func checkpoint(_ inputs: [Tensor], _ body: ([Tensor]) throws -> [Tensor]) rethrows -> [Tensor] {
  let recorder = NodeRecorder()
  let results = try NodeRecorder.$current.withValue(recorder) { try Trace.withinBody { try body(inputs) } }
  NodeRecorder.current?.nodes.formUnion(recorder.nodes)
  let (graph, captured) = Subgraph.closing(results.map(\.node), over: [], inside: recorder.nodes)
  return results.indices.map { Tensor(Node(.call(graph, result: $0), captured)) }
}

/// Collects the nodes that come into being, so that a checkpoint knows which of them are its own.
///
/// `@unchecked Sendable`: it is task-local and only the task that binds it touches it.
final class NodeRecorder: @unchecked Sendable {
  @TaskLocal static var current: NodeRecorder?
  var nodes: Set<Node> = []
}
