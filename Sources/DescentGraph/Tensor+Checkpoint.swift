/// What `body` computes, without keeping its intermediate values for the gradient: they are computed again when the
/// gradient needs them (Chen et al. 2016, arXiv 1604.06174).
///
/// Results and gradients are those of the body itself, bit for bit. Only what the body uses from outside and what it
/// returns is kept. What it writes to variables, such as running statistics, is written once: computing its values
/// again writes nothing.
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
  let (results, writes) = try NodeRecorder.$current.withValue(recorder) {
    try Trace.collectingWrites { try body(inputs) }
  }
  NodeRecorder.current?.nodes.formUnion(recorder.nodes)
  // The values of variables leave the body as further results.
  let values = (results + writes.map(\.value)).map(\.node)
  let (graph, captured) = Subgraph.closing(values, over: [], inside: recorder.nodes)
  let outside = values.indices.map { Tensor(Node(.call(graph, result: $0), captured)) }
  for (write, value) in zip(writes, outside[results.count...]) { Trace.current?.write(write.variable, value) }
  return Array(outside[..<results.count])
}

/// Collects the nodes that come into being, so that a checkpoint knows which of them are its own.
///
/// `@unchecked Sendable`: it is task-local and only the task that binds it touches it.
final class NodeRecorder: @unchecked Sendable {
  @TaskLocal static var current: NodeRecorder?
  var nodes: Set<Node> = []
}
