import DescentGraph

/// Work that no loop kernel does: a convolution, a sort, a loop over a graph. It reads whole buffers and writes whole
/// ones.
///
/// Working memory is a result too: a node of the unit's own making that nobody reads gets its place in the arena.
protocol OpaqueUnit: Sendable {
  /// The nodes whose buffers it reads.
  var operands: [Node] { get }
  /// The nodes whose buffers it writes.
  var results: [Node] { get }
  /// An operand whose memory the first result may take over, if nobody wants it afterwards.
  var overwritten: Node? { get }
  /// One line for people.
  func title(names: (Node) -> String) -> String
  /// What it has to do, for judging how fast it does it.
  var cost: Cost { get }
  /// The unit behind its buffers, ready to run again and again.
  func bind(_ binder: Binder) throws(EngineError) -> any Routine
}

extension OpaqueUnit {
  var overwritten: Node? { nil }
}

/// Something that runs once a step. It must not allocate when it does.
protocol Routine: AnyObject {
  func execute()
}
