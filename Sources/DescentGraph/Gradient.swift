/// Reverse-mode differentiation of `loss`, a scalar, with respect to each of `variables`.
///
/// The result is graph like any other and can be differentiated again. A variable the loss does not depend on gets zeros.
public func gradients(of loss: Tensor, withRespectTo variables: [Tensor]) -> [Tensor] {
  require(
    loss.shape.isScalar && loss.dtype.isFloat,
    "gradients(of:): the loss must be a float scalar, not \(loss.dtype)\(loss.shape); take its mean or sum")
  let order = Node.topologicalOrder(of: [loss.node])

  // Only nodes on a way from a variable to the loss get a cotangent.
  var relevant = Set(variables.map(\.node))
  for node in order where node.inputs.contains(where: relevant.contains) { relevant.insert(node) }

  var cotangents: [Node: Tensor] = [loss.node: .ones(like: loss)]
  for node in order.reversed() where relevant.contains(node) {
    guard let g = cotangents[node] else { continue }
    let inputs = node.inputs.map(Tensor.init)
    for (input, gradient) in zip(node.inputs, node.op.gradients(of: Tensor(node), inputs: inputs, cotangent: g)) {
      guard let gradient, relevant.contains(input) else { continue }
      require(
        gradient.shape == input.shape && gradient.dtype == input.dtype,
        "the gradient rule of \(node.op.name) gives \(gradient.dtype)\(gradient.shape) for an input "
          + "\(input.dtype)\(input.shape)")
      cotangents[input] = cotangents[input].map { $0 + gradient } ?? gradient
    }
  }
  return variables.map { cotangents[$0.node] ?? .zeros(like: $0) }
}
