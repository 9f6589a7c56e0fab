/// Checks that every node's type follows from its inputs and that updates fit their variables.
///
/// Passes run it on their result in debug builds; a violation is a bug in the pass and traps with the node named.
package enum Verifier {
  package static func verify(_ program: Program) {
    let inputs = program.arguments + program.feeds.map(\.input) + program.reads.map(\.input)
    verify(program.roots, inputs: Set(inputs))
    for update in program.updates {
      // What is read has the variable's type, or the one in which a back end keeps it.
      let type = program.reads.first { $0.variable === update.variable }.map { TensorType($0.input) }
      require(
        TensorType(update.value) == type,
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
