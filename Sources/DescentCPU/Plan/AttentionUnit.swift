import DescentGraph

/// Attention or its gradient as one kernel that never holds all products of queries and keys.
///
/// Its operands are read where they lie, for example as slices of one tensor that holds queries, keys and values.
struct AttentionUnit: OpaqueUnit {
  /// An operand `[batch, time, heads, width]` inside a buffer: element `(b, t, h, w)` lies at
  /// `offset + b·batch + t·time + h·heads + w`.
  struct View: Hashable {
    var node: Node
    var offset: Int
    var batch: Int
    var time: Int
    var heads: Int
  }

  let node: Node
  let attention: Attention
  let isGradient: Bool
  /// Queries, keys and values; for the gradient also the cotangent of the result.
  let views: [View]
  /// Working memory: a part for each thread.
  let scratch: Node

  var operands: [Node] { views.map(\.node) }
  var results: [Node] { [node, scratch] }
  var extents: AttentionExtents { AttentionExtents(node.inputs[0].shape) }

  /// Threads for which there is working memory.
  static let slots = ThreadTeam.threadCount

  init(_ node: Node, _ attention: Attention, buffered: BufferedNodes) throws(KernelBuilder.NeedsBuffer) {
    self.node = node
    self.attention = attention
    if case .attentionGradient = node.op { isGradient = true } else { isGradient = false }
    var views: [View] = []
    for input in node.inputs { views.append(try Self.view(of: input, buffered)) }
    self.views = views
    // The processor's vectors are known once LLVM is there: room for those that need the most.
    let isGradient = isGradient
    let counts = [4, 8, 16].map {
      AttentionTiling(AttentionExtents(node.inputs[0].shape), isGradient: isGradient, lanes: $0).scratchCount
    }
    scratch = Tensor.zeros([Self.slots * counts.max()!]).node
  }

  private static func view(of operand: Node, _ buffered: BufferedNodes) throws(KernelBuilder.NeedsBuffer) -> View {
    guard let (owner, address) = MatrixUnit.strides(of: operand, buffered) else {
      throw KernelBuilder.NeedsBuffer(node: MatrixUnit.source(of: operand, buffered))
    }
    let strides = address.coefficients
    guard strides[3] == 1 || operand.shape[3] == 1 else { throw KernelBuilder.NeedsBuffer(node: operand) }
    return View(node: owner, offset: address.offset, batch: strides[0], time: strides[1], heads: strides[2])
  }

  func title(names: (Node) -> String) -> String {
    let operands = views.map { names($0.node) }.joined(separator: ", ")
    let e = extents
    let kind = isGradient ? "attention's gradient" : "attention"
    return "\(kind) → \(names(node)) of \(operands)\(attention.isCausal ? ", causal" : "")   "
      + "[\(e.batch) × \(e.heads) heads, \(e.time) × \(e.width)]"
  }

  func bind(_ binder: Binder) throws(EngineError) -> any Routine {
    let code = binder.kernels.code(self)
    let function = try binder.compiler.function(symbol: "kernel", ir: code.ir)
    let slots = min(binder.threads(forWork: work), Self.slots, code.tasks)
    let table = binder.table(views.map(\.node) + [node, scratch], extent: slots)
    return KernelRoutine(function, table: table, tasks: slots, threads: slots, work: work)
  }

  /// Operations, as loop kernels count them: a vector instruction of a product does about sixteen multiply-adds.
  private var work: Int {
    let e = extents
    let products = (isGradient ? 5 : 2) * e.time * e.time * e.width / (attention.isCausal ? 2 : 1)
    return e.batch * e.heads * products / 4
  }
}
