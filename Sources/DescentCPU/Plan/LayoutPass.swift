import DescentGraph
import DescentRuntime

/// Puts convolutions and what surrounds them into the layouts that oneDNN's fast kernels want.
///
/// The layouts are written in the graph itself: a convolution in blocks takes and gives tensors of rank 5, and a reorder is a
/// reshape and a transposition, which fuse like any others. A node that reads blocks gives blocks where its op allows, so
/// that bias, ReLU, normalization, residual sums and pooling between two convolutions run on blocks as well; reorders
/// remain where an image comes in and where it is flattened.
struct LayoutPass {
  /// Each node of the program as it was rebuilt first, and the blocking of that form.
  private var primary: [Node: (node: Node, blocking: Blocking?)] = [:]
  /// Other forms that somebody wanted.
  private var others: [Form: Node] = [:]
  private struct Form: Hashable {
    var node: Node
    var blocking: Blocking?
  }
  private let precision: Precision

  /// Convolutions that oneDNN has no good kernel for stay as they are.
  static func laidOut(_ program: Program, precision: Precision) -> Program {
    let order = Node.topologicalOrder(of: program.roots)
    guard order.contains(where: { $0.convolution != nil }) else { return program }
    var pass = LayoutPass(precision: precision)
    return program.mapRoots { roots in
      for node in order { pass.visit(node) }
      return roots.map { pass.form(of: $0, nil) }
    }
  }

  private init(precision: Precision) { self.precision = precision }

  private mutating func visit(_ node: Node) {
    if node.convolution != nil, let laidOut = convolution(node) {
      primary[node] = laidOut
      return
    }
    for (i, input) in node.inputs.enumerated() {
      guard let given = primary[input]!.blocking else { continue }
      if let blocking = given.carried(through: node, input: i), let blocked = rebuilt(node, as: blocking) {
        primary[node] = (blocked, blocking)
        return
      }
      // A reduction over the blocks' axis as well takes the blocks as they come.
      if case .reduce(let r, let axes) = node.op, axes.contains(given.axis) {
        let input = form(of: input, given)
        let reduced = Node(
          .reduce(r, axes: axes + [node.inputs[0].shape.rank]), [input], shape: node.shape, dtype: node.dtype)
        primary[node] = (reduced, nil)
        return
      }
    }
    let inputs = node.inputs.map { form(of: $0, nil) }
    let isSame = zip(inputs, node.inputs).allSatisfy { $0 === $1 }
    primary[node] = (isSame ? node : Node(node.op, inputs, shape: node.shape, dtype: node.dtype), nil)
  }

  /// The node's value in the given blocks, or in row-major order.
  mutating func form(of node: Node, _ blocking: Blocking?) -> Node {
    let main = primary[node]!
    if main.blocking == blocking { return main.node }
    let key = Form(node: node, blocking: blocking)
    if let known = others[key] { return known }
    let result: Node
    if let blocking {
      // What costs nothing is rather computed in blocks than reordered.
      if main.blocking == nil, node.isRepeatable, let blocked = rebuilt(node, as: blocking) {
        result = blocked
      } else {
        result = blocking.blocked(form(of: node, nil))
      }
    } else {
      result = main.blocking!.unblocked(main.node, to: node.shape)
    }
    others[key] = result
    return result
  }

  // MARK: Convolutions

  private mutating func convolution(_ node: Node) -> (Node, Blocking?)? {
    guard var c = node.convolution, let shapes = ConvolutionShapes(node), !shapes.isUnsafe(c) else { return nil }
    for (inputBlock, resultBlock) in shapes.blocks {
      let layout = ConvolutionLayout(
        inputBlock: inputBlock, resultBlock: resultBlock, isStrict: precision == .strict)
      guard let primitive = try? ConvolutionPrimitive(shapes.descriptor(c, layout)), !primitive.isReference else {
        continue
      }
      c.layout = layout
      let input = inputBlock == 0 ? nil : Blocking(axis: 1, size: inputBlock)
      let result = resultBlock == 0 ? nil : Blocking(axis: 1, size: resultBlock)
      func made(_ op: Op, _ inputs: [Node], _ blocking: Blocking?) -> (Node, Blocking?) {
        (Node(op, inputs, shape: blocking?.physical(node.shape) ?? node.shape, dtype: node.dtype), blocking)
      }
      let (a, b) = (node.inputs[0], node.inputs[1])
      switch shapes.kind {
      case .forward: return made(.convolution(c), [form(of: a, input), form(of: b, nil)], result)
      case .inputGradient: return made(.convolutionInputGradient(c), [form(of: a, result), form(of: b, nil)], input)
      case .kernelGradient: return made(.convolutionKernelGradient(c), [form(of: a, input), form(of: b, result)], nil)
      }
    }
    return nil
  }
}

extension Node {
  /// The attributes of a convolution or of one of its gradients.
  var convolution: Convolution? {
    if case .convolution(let c) = op { return c }
    if case .convolutionInputGradient(let c) = op { return c }
    if case .convolutionKernelGradient(let c) = op { return c }
    return nil
  }

  /// Whether a second form of the node costs no more than a reorder of the first.
  fileprivate var isRepeatable: Bool {
    switch op {
    case .constant(.splat), .iota, .reshape, .transpose, .broadcast, .slice, .reverse, .windows, .stopGradient, .unary,
      .binary, .compare, .select, .cast, .bitcast:
      true
    case .constant(.data), .input, .randomBits, .reduce, .argmax, .pad, .concatenate, .dot, .gather, .scatterAdd,
      .convolution, .convolutionInputGradient, .convolutionKernelGradient, .foldWindows, .argsort, .cumulativeSum,
      .attention, .attentionGradient, .factorization, .triangularSolve, .call, .scan, .barrier:
      false
    }
  }
}
