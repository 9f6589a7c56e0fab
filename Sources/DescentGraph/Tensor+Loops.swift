/// A loop over the leading axis of `sequences`, all `[steps, …]`, with state that goes from step to step.
///
/// `body` is traced once. It gets the carries and one element of each sequence, and gives the next carries, of the same
/// shapes and dtypes, and outputs. Tensors from outside, parameters too, may be used in it; variables must not be written.
/// The loop can be differentiated any number of times; what an iteration computes beside its matrix products is computed
/// again for the gradient.
///
/// - Parameters:
///   - initial: the carries before the first step.
///   - reversed: whether the loop runs from the last element to the first. Outputs stay at their element's place.
/// - Returns: the carries after the last step, and each output of every step, `[steps, …]`.
public func scan(
  over sequences: [Tensor], from initial: [Tensor], reversed: Bool = false,
  _ body: (_ carries: [Tensor], _ elements: [Tensor]) throws -> (carries: [Tensor], outputs: [Tensor])
) rethrows -> (carries: [Tensor], outputs: [Tensor]) {
  require(
    !sequences.isEmpty && sequences.allSatisfy { $0.rank > 0 && $0.shape[0] == sequences[0].shape[0] },
    "scan: the sequences \(sequences.map(\.shape)) have no common leading extent to loop over")
  let carries = initial.enumerated().map { Subgraph.parameter("carry\($0.offset)", like: $0.element.node) }
  let elements = sequences.enumerated().map {
    Subgraph.parameter("element\($0.offset)", Shape(Array($0.element.shape.dropFirst())), $0.element.dtype)
  }
  let (next, outputs) = try Trace.withinLoop { try body(carries.map(Tensor.init), elements.map(Tensor.init)) }
  require(
    next.map { TensorType($0.node) } == carries.map { TensorType($0) },
    "scan: the carries \(carries.map { TensorType($0) }) became \(next.map { TensorType($0.node) }) in the body; "
      + "their number, shapes and dtypes must stay")
  let loop = Loop(
    carries: zip(carries, initial).map { ($0, $1.node) }, sequences: zip(elements, sequences).map { ($0, $1.node) },
    isReversed: reversed)
  return loop.closed(next: next.map(\.node), outputs: outputs.map(\.node))
}

/// The parameters of a loop's body with what they stand for.
struct Loop {
  var carries: [(parameter: Node, initial: Node)]
  var sequences: [(parameter: Node, whole: Node)]
  var isReversed: Bool

  /// The loop whose body computes `next` and `outputs` from the parameters and from what it captures.
  ///
  /// The body also offers its carries and the results of its products, for a gradient to use. Nothing that nobody asks
  /// for is stored in the end.
  func closed(next: [Node], outputs: [Node]) -> (carries: [Tensor], outputs: [Tensor]) {
    let needed = Set(Node.topologicalOrder(of: next + outputs))
    // A sequence that nobody reads is dropped, but the first has to say how many steps there are.
    let sequences = self.sequences.enumerated().filter { needed.contains($1.parameter) || $0 == 0 }.map(\.element)
    let parameters = carries.map(\.parameter) + sequences.map(\.parameter)
    let (graph, captured) = Subgraph.closing(next + outputs, over: parameters)
    let given = Set(graph.results.dropFirst(carries.count))
    let offers =
      Array(graph.parameters[..<carries.count]) + Node.topologicalOrder(of: graph.results).filter(Self.isDear)
    let body = Subgraph(
      parameters: graph.parameters, results: graph.results + offers.filter { !given.contains($0) })
    let scan = Scan(
      body: body, carryCount: carries.count, sequenceCount: sequences.count, isReversed: isReversed)
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
