/// A graph as a value: what a loop repeats, or what a gradient computes again. Compared by identity.
public final class Subgraph: Sendable, Hashable {
  /// Input nodes that stand for what the graph is applied to.
  public let parameters: [Node]
  public let results: [Node]
  public init(parameters: [Node], results: [Node]) {
    self.parameters = parameters
    self.results = results
  }
  public var nodeCount: Int { Node.topologicalOrder(of: results).count }
  public static func == (a: Subgraph, b: Subgraph) -> Bool { a === b }
  public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}

/// A loop over the leading axis of sequences with carried state.
///
/// The body's parameters are the carries, one element of each sequence, and what it captures; its results are the next
/// carries, then outputs. Result `i` of the loop is the last value of carry `i`, or output `i` of every step, stacked.
public struct Scan: Hashable, Sendable {
  public var body: Subgraph
  public var carryCount: Int
  public var sequenceCount: Int
  /// Whether the loop runs from the last element to the first.
  public var isReversed: Bool
  public init(body: Subgraph, carryCount: Int, sequenceCount: Int, isReversed: Bool = false) {
    self.body = body
    self.carryCount = carryCount
    self.sequenceCount = sequenceCount
    self.isReversed = isReversed
  }
}
