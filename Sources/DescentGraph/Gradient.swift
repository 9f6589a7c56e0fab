/// Reverse-mode differentiation of `loss`, a scalar, with respect to each of `variables`.
///
/// The result is graph like any other and can be differentiated again. A variable the loss does not depend on gets zeros.
public func gradients(of loss: Tensor, withRespectTo variables: [Tensor]) -> [Tensor] {
  require(
    loss.shape.isScalar && loss.dtype.isFloat,
    "gradients(of:): the loss must be a float scalar, not \(loss.dtype)\(loss.shape); take its mean or sum")
  let found = pullback([(loss, .ones(like: loss))], to: variables)
  return zip(found, variables).map { $0 ?? .zeros(like: $1) }
}

/// How a function changes with each of `variables`, given how it changes with each output (its cotangent); nil where it
/// does not.
func pullback(_ outputs: [(value: Tensor, cotangent: Tensor)], to variables: [Tensor]) -> [Tensor?] {
  let order = Node.topologicalOrder(of: outputs.map(\.value.node))

  // Only nodes on a way from a variable to an output get a cotangent.
  var relevant = Set(variables.map(\.node))
  for node in order where node.op != .stopGradient && node.inputs.contains(where: relevant.contains) {
    relevant.insert(node)
  }

  // The results of one application are differentiated together, when the first of them is reached: everything that
  // uses any of them comes after it.
  var results: [Application: [(node: Node, result: Int)]] = [:]
  for node in order where relevant.contains(node) {
    if let (application, result) = Application.of(node) { results[application, default: []].append((node, result)) }
  }

  var cotangents: [Node: Tensor] = [:]
  func add(_ cotangent: Tensor, to node: Node) {
    cotangents[node] = cotangents[node].map { $0 + cotangent } ?? cotangent
  }
  for (value, cotangent) in outputs { add(cotangent, to: value.node) }
  for node in order.reversed() where relevant.contains(node) {
    let inputs = node.inputs.map(Tensor.init)
    let gradients: [Tensor?]
    if let (application, _) = Application.of(node) {
      let siblings = results[application]!
      guard node === siblings[0].node else { continue }
      var given: [Int: Tensor] = [:]
      for (sibling, result) in siblings {
        guard let g = cotangents[sibling] else { continue }
        given[result] = given[result].map { $0 + g } ?? g
      }
      if given.isEmpty { continue }
      gradients = SubgraphRules.gradients(application.kind, inputs, given)
    } else {
      guard let g = cotangents[node] else { continue }
      gradients = node.op.gradients(of: Tensor(node), inputs: inputs, cotangent: g)
    }
    for (input, gradient) in zip(node.inputs, gradients) {
      guard let gradient, relevant.contains(input) else { continue }
      require(
        gradient.shape == input.shape && gradient.dtype == input.dtype,
        "the gradient rule of \(node.op.name) gives \(gradient.dtype)\(gradient.shape) for an input "
          + "\(input.dtype)\(input.shape)")
      add(gradient, to: input)
    }
  }
  return variables.map { cotangents[$0.node] }
}
