import DescentGraph

/// The order of the elements along an axis: an argsort of each line.
struct SortUnit: OpaqueUnit {
  let node: Node
  let descending: Bool
  /// The node whose buffer holds what is sorted.
  let input: Node
  /// Extents: before the axis, the axis itself, after the axis.
  let outer: Int
  let count: Int
  let inner: Int
  /// Working memory: i64 words.
  let scratch: Node

  var operands: [Node] { [input] }
  var results: [Node] { [node, scratch] }

  init(_ node: Node, axis: Int, descending: Bool, buffered: BufferedNodes) throws(KernelBuilder.NeedsBuffer) {
    guard let owner = buffered.owner(of: node.inputs[0]) else { throw .init(node: node.inputs[0]) }
    self.node = node
    self.descending = descending
    input = owner
    let shape = node.shape.extents
    outer = shape[..<axis].reduce(1, *)
    count = shape[axis]
    inner = shape[(axis + 1)...].reduce(1, *)
    let shares = SortRoutine.shares(lines: outer * inner)
    scratch = Tensor.zeros([shares * SortRoutine.scratchWords(count: count)], dtype: .int64).node
  }

  func title(names: (Node) -> String) -> String {
    let order = descending ? "descending" : "ascending"
    return "argsort → \(names(node)) of \(names(input))   [\(outer * inner) × \(count), \(order)]"
  }

  func bind(_ binder: Binder) throws(EngineError) -> any Routine {
    SortRoutine(self, binder)
  }
}
