/// A loop over the leading axis of `sequences`, all `[steps, …]`, with state that goes from step to step.
///
/// `body` is traced once. It gets the carries and one element of each sequence, and gives the next carries, of the same
/// shapes and dtypes, and outputs. Tensors from outside, parameters too, may be used in it; variables must not be written.
/// The loop can be differentiated any number of times; what an iteration computes beside its matrix products is computed
/// again for the gradient.
///
/// - Parameters:
///   - sequences: what the loop runs over, each `[steps, …]`.
///   - initial: the carries before the first step.
///   - reversed: whether the loop runs from the last element to the first. Outputs stay at their element's place.
///   - mask: bool `[steps]`. A step where it is false costs nothing: the carries stay, its outputs are zeros.
///   - body: one step.
/// - Returns: the carries after the last step, and each output of every step, `[steps, …]`.
public func scan(
  over sequences: [Tensor], from initial: [Tensor], reversed: Bool = false, where mask: Tensor? = nil,
  _ body: (_ carries: [Tensor], _ elements: [Tensor]) throws -> (carries: [Tensor], outputs: [Tensor])
) rethrows -> (carries: [Tensor], outputs: [Tensor]) {
  let masks = mask.map { [$0] } ?? []
  require(
    masks.allSatisfy { $0.dtype == .bool && $0.rank == 1 },
    "scan: the mask \(masks.map { TensorType($0.node) }) is not a bool for each step")
  let sequences = masks + sequences
  require(
    !sequences.isEmpty && sequences.allSatisfy { $0.rank > 0 && $0.shape[0] == sequences[0].shape[0] },
    "scan: the sequences \(sequences.map(\.shape)) have no common leading extent to loop over")
  let carries = initial.enumerated().map { Subgraph.parameter("carry\($0.offset)", like: $0.element.node) }
  let elements = sequences.enumerated().map {
    Subgraph.parameter("element\($0.offset)", Shape(Array($0.element.shape.dropFirst())), $0.element.dtype)
  }
  let (next, outputs) = try Trace.withinLoop(of: sequences[0].shape[0]) {
    try body(carries.map(Tensor.init), elements.dropFirst(masks.count).map(Tensor.init))
  }
  require(
    next.map { TensorType($0.node) } == carries.map { TensorType($0) },
    "scan: the carries \(carries.map { TensorType($0) }) became \(next.map { TensorType($0.node) }) in the body; "
      + "their number, shapes and dtypes must stay")
  let loop = Loop(
    carries: zip(carries, initial).map { ($0, $1.node) }, sequences: zip(elements, sequences).map { ($0, $1.node) },
    isReversed: reversed, isMasked: mask != nil)
  return loop.closed(next: next.map(\.node), outputs: outputs.map(\.node))
}

/// What `body` computes, if `condition` (a bool scalar) holds, else `values`, of the same shapes and dtypes. The body is run
/// only if the condition holds; it may use tensors from outside, and variables that it writes keep their values otherwise.
///
/// It is a loop of one step under a mask. Where the gradient needs values of the body again, it computes them either way.
public func when(
  _ condition: Tensor, otherwise values: [Tensor], _ body: () throws -> [Tensor]
) rethrows -> [Tensor] {
  require(
    condition.dtype == .bool && condition.shape.isScalar,
    "when: the condition is \(TensorType(condition.node)), not a bool scalar")
  let recorder = NodeRecorder()
  let (results, writes) = try NodeRecorder.$current.withValue(recorder) { try Trace.collectingWrites(body) }
  NodeRecorder.current?.nodes.formUnion(recorder.nodes)
  require(
    results.map { TensorType($0.node) } == values.map { TensorType($0.node) },
    "when: the body gives \(results.map { TensorType($0.node) }), otherwise it is \(values.map { TensorType($0.node) })"
  )
  // Variables are further results, and stay what they were otherwise.
  let otherwise = values + writes.map(\.before)
  let loop = Loop(
    carries: otherwise.enumerated().map { (Subgraph.parameter("otherwise\($0)", like: $1.node), $1.node) },
    sequences: [(Subgraph.parameter("condition", like: condition.node), condition.reshaped([1]).node)],
    isReversed: false, isMasked: true)
  let next = (results + writes.map(\.value)).map(\.node)
  let outside = loop.closed(next: next, outputs: [], inside: recorder.nodes).carries
  for (write, value) in zip(writes, outside[results.count...]) { Trace.current?.write(write.variable, value) }
  return Array(outside[..<results.count])
}

/// The parameters of a loop's body with what they stand for.
struct Loop {
  var carries: [(parameter: Node, initial: Node)]
  var sequences: [(parameter: Node, whole: Node)]
  var isReversed: Bool
  /// Whether the first sequence is the mask.
  var isMasked: Bool

  /// The loop whose body computes `next` and `outputs` from the parameters and from what it captures.
  ///
  /// The body also offers its carries and the results of its products, for a gradient to use. Nothing that nobody asks
  /// for is stored in the end. The nodes `inside` are computed in the body even where they could be outside.
  func closed(
    next: [Node], outputs: [Node], inside: Set<Node> = []
  ) -> (carries: [Tensor], outputs: [Tensor]) {
    let needed = Set(Node.topologicalOrder(of: next + outputs))
    // A sequence that nobody reads is dropped, but the first has to say how many steps there are, or which.
    let sequences = self.sequences.enumerated().filter { needed.contains($1.parameter) || $0 == 0 }.map(\.element)
    let parameters = carries.map(\.parameter) + sequences.map(\.parameter)
    let (graph, captured) = Subgraph.closing(next + outputs, over: parameters, inside: inside)
    let given = Set(graph.results.dropFirst(carries.count))
    let offers =
      Array(graph.parameters[..<carries.count]) + Node.topologicalOrder(of: graph.results).filter(Self.isDear)
    let body = Subgraph(
      parameters: graph.parameters, results: graph.results + offers.filter { !given.contains($0) })
    let scan = Scan(
      body: body, carryCount: carries.count, sequenceCount: sequences.count, isReversed: isReversed,
      isMasked: isMasked)
    let inputs = carries.map(\.initial) + sequences.map(\.whole) + captured
    let results = (0..<(next.count + outputs.count)).map { Tensor(Node(.scan(scan, result: $0), inputs)) }
    return (Array(results[..<next.count]), Array(results[next.count...]))
  }

  /// Whether a value is rather kept for the gradient than computed again.
  private static func isDear(_ node: Node) -> Bool {
    switch node.op {
    case .dot, .convolution, .convolutionInputGradient, .convolutionKernelGradient: true
    default: false  // Element-wise chains and sums are quick next to the memory they would take.
    }
  }
}
