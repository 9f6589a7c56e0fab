import DescentGraph

/// A convolution, or one of its gradients, by oneDNN; a forward one may add a bias and a tensor like its result, and end
/// in a ReLU.
struct ConvolutionUnit: OpaqueUnit {
  private let x: Node
  private let kernel: Node
  private let bias: Node?
  private let summand: Node?
  private let y: Node
  private let result: Node
  /// Working memory for as many threads as the process has.
  private let scratchpad: Node?
  private let descriptor: ConvolutionPrimitive.Descriptor
  private let implementation: String

  init(_ node: Node, epilogue: MatrixEpilogue?, buffered: BufferedNodes) throws(KernelBuilder.NeedsBuffer) {
    func stored(_ node: Node) throws(KernelBuilder.NeedsBuffer) -> Node {
      guard let owner = buffered.owner(of: node) else { throw .init(node: node) }
      return owner
    }
    guard let shapes = ConvolutionShapes(node), let c = node.convolution, let layout = c.layout else {
      fatalError("\(node.op.name)\(node.shape) has no layout")
    }
    result = epilogue?.result ?? node
    let (a, b) = (try stored(node.inputs[0]), try stored(node.inputs[1]))
    switch shapes.kind {
    case .forward: (x, kernel, y) = (a, b, result)
    case .inputGradient: (x, kernel, y) = (result, b, a)
    case .kernelGradient: (x, kernel, y) = (a, result, b)
    }
    var descriptor = shapes.descriptor(c, layout)
    bias = try epilogue?.bias.map(stored)
    summand = try epilogue?.summand.map(stored)
    if let epilogue { descriptor.include(epilogue) }
    self.descriptor = descriptor
    // The layout pass has chosen a layout that there is a kernel for.
    let primitive = try? ConvolutionPrimitive(descriptor)
    implementation = primitive?.implementation ?? "none"
    let floats = ((primitive?.scratchpadSize ?? 0) + 3) / 4
    scratchpad =
      floats == 0 ? nil : Node(.constant(.splat(0)), [], shape: Shape([floats]), dtype: .float32)
  }

  var operands: [Node] { [x, kernel, y, bias, summand].compactMap { $0 }.filter { $0 !== result } }
  /// The result is computed where the summand lies, if nobody wants that any more.
  var overwritten: Node? { summand }
  var results: [Node] { [result] + (scratchpad.map { [$0] } ?? []) }

  func title(names: (Node) -> String) -> String {
    let sum = [bias, summand].compactMap { $0 }.map { " + \(names($0))" }.joined()
    let parts: String =
      switch descriptor.kind {
      case .forward: "\(names(x)) * \(names(kernel))\(sum)"
      case .inputGradient: "\(names(y)) * \(names(kernel)) transposed"
      case .kernelGradient: "\(names(x)) * \(names(y))"
      }
    return "convolution → \(names(result)) = \(parts)\(descriptor.hasRelu ? ", relu" : "")   "
      + "[\(descriptor) by \(implementation)]"
  }

  var cost: Cost {
    Cost(
      operations: descriptor.floatingPointOperations, bytesRead: operands.reduce(0) { $0 + $1.byteCount },
      bytesWritten: result.byteCount)
  }

  func bind(_ binder: Binder) throws(EngineError) -> any Routine {
    var descriptor = descriptor
    descriptor.threads = Binder.threads(forFlops: descriptor.floatingPointOperations, of: binder.threads)
    let primitive = try ConvolutionPrimitive(descriptor)
    func floats(_ node: Node) -> UnsafeMutablePointer<Float> {
      binder.pointers[node]!.assumingMemoryBound(to: Float.self)
    }
    // Another number of threads may need more working memory than was planned.
    let planned = scratchpad.flatMap { primitive.scratchpadSize <= $0.byteCount ? binder.pointers[$0] : nil }
    primitive.bind(
      x: floats(x), kernel: floats(kernel), bias: bias.map(floats), y: floats(y), summand: summand.map(floats),
      scratchpad: planned)
    return primitive
  }
}
