/// Checks that every node's type follows from its inputs and that updates fit their variables.
///
/// Passes run it on their result in debug builds; a violation is a bug in the pass and traps with the node named.
public enum Verifier {
  public static func verify(_ program: Program) {
    let inputs = program.arguments + program.feeds.map(\.input) + program.reads.map(\.input)
    verify(program.roots, inputs: Set(inputs))
    for update in program.updates {
      let order = program.reads.first { $0.variable === update.variable }?.order
      require(
        update.value.shape == order?.physical ?? update.variable.shape && update.value.dtype == update.variable.dtype,
        "variable \(update.variable.name) is \(update.variable.dtype)\(update.variable.shape), its update is "
          + "\(TensorType(update.value))")
    }
  }
  private static func verify(_ roots: [Node], inputs: Set<Node>) {
    var bodies: Set<Subgraph> = []
    for node in Node.topologicalOrder(of: roots) {
      node.op.check(node.inputs, shape: node.shape, dtype: node.dtype)
      if case .input(let id) = node.op {
        require(
          inputs.contains(node), "input \(id) belongs to another program: a tensor escaped from its traced function")
      }
      let body: Subgraph? =
        switch Application.of(node)?.application.kind {
        case .call(let graph): graph
        case .scan(let scan): scan.body
        case nil: nil
        }
      if let body, bodies.insert(body).inserted { verify(body.results, inputs: Set(body.parameters)) }
    }
  }
}
