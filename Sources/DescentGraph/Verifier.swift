/// Checks that every node's type follows from its inputs and that updates fit their variables.
///
/// Passes run it on their result in debug builds; a violation is a bug in the pass and traps with the node named.
public enum Verifier {
  public static func verify(_ program: Program) {
    let order = Node.topologicalOrder(of: program.roots)
    let known = Set(program.arguments + program.feeds.map(\.input) + program.reads.map(\.input))
    for node in order {
      node.op.check(node.inputs, shape: node.shape, dtype: node.dtype)
      if case .input(let id) = node.op {
        require(
          known.contains(node), "input \(id) belongs to another program: a tensor escaped from its traced function")
      }
    }
    for update in program.updates {
      require(
        update.value.shape == update.variable.shape && update.value.dtype == update.variable.dtype,
        "variable \(update.variable.name) is \(update.variable.dtype)\(update.variable.shape), its update is "
          + "\(TensorType(update.value))")
    }
  }
}
