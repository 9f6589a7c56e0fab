import DescentGraph

/// Running sums along an axis: `result[o, i, v] = Σ input[o, 0...i, v]`.
struct CumulativeSumUnit: OpaqueUnit {
  let node: Node
  /// The node whose buffer holds what is summed up.
  let input: Node
  /// Extents: before the axis, the axis itself, after the axis.
  let outer: Int
  let count: Int
  let inner: Int

  var operands: [Node] { [input] }
  var results: [Node] { [node] }

  init(_ node: Node, axis: Int, buffered: BufferedNodes) throws(KernelBuilder.NeedsBuffer) {
    guard let owner = buffered.owner(of: node.inputs[0]) else { throw .init(node: node.inputs[0]) }
    self.node = node
    input = owner
    let shape = node.shape.extents
    outer = shape[..<axis].reduce(1, *)
    count = shape[axis]
    inner = shape[(axis + 1)...].reduce(1, *)
  }

  func title(names: (Node) -> String) -> String {
    "cumulative sum → \(names(node)) of \(names(input))   [\(outer) × \(count) × \(inner)]"
  }

  func bind(_ binder: Binder) throws(EngineError) -> any Routine {
    let code = CumulativeSumEmitter.emit(self, vectorByteCount: binder.compiler.vectorByteCount)
    let work = 4 * outer * count * inner
    return KernelRoutine(
      try binder.compiler.function(symbol: "kernel", ir: code.ir), table: binder.table([input, node], extent: nil),
      tasks: code.tasks, threads: binder.threads(forWork: work), work: work)
  }
}
