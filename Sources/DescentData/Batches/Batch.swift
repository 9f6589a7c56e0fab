import DescentGraph

/// Some examples as named tensors, the examples along their first axes: data on the host, and in a compiled step what the
/// step computes with.
public struct Batch: Sendable {
  /// The tensors, in the order in which the source gives them.
  public let fields: [(name: String, tensor: Tensor)]
  /// Held by whoever has the batch; its source writes into the same memory again when nobody does.
  private let lease: AnyObject & Sendable

  private final class Nothing: Sendable {}
  private static let unleased = Nothing()

  /// - Parameter fields: at least one, with names of their own.
  public init(_ fields: [(name: String, tensor: Tensor)]) { self.init(fields, lease: Self.unleased) }
  /// The same from a literal: `["tokens": x, "targets": y]`.
  public init(_ fields: KeyValuePairs<String, Tensor>) { self.init(fields.map { (name: $0.key, tensor: $0.value) }) }

  package init(_ fields: [(name: String, tensor: Tensor)], lease: AnyObject & Sendable) {
    self.fields = fields
    self.lease = lease
  }

  /// The tensor called `name`. Traps, naming those that there are, when there is none.
  public subscript(name: String) -> Tensor {
    for field in fields where field.name == name { return field.tensor }
    fatalError("the batch has no '\(name)'; it has \(fields.map { "'\($0.name)'" }.joined(separator: ", "))")
  }

  /// What a network reads, where the source calls it so.
  public var features: Tensor { self["features"] }
  /// What it is to predict, where the source calls it so.
  public var targets: Tensor { self["targets"] }

  /// The number of examples: the first extent of the first tensor.
  public var count: Int {
    guard let first = fields.first?.tensor, first.rank > 0 else { return 1 }
    return first.shape[0]
  }
}
