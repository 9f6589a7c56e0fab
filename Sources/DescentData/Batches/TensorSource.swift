import DescentGraph

/// Tensors in memory, whose rows along the first axis are the examples: several inputs and outputs, of any shapes.
///
/// They stay where they are: a batch is the numbers of its rows, and the step gathers these itself.
///
/// ```swift
/// let source = TensorSource(["images": images, "ages": ages, "labels": labels], batch: 32, seed: 0)
/// ```
public final class TensorSource: BatchSource {
  private var rows: RowBatches
  private let tensors: [(name: String, tensor: Tensor)]

  /// - Parameters:
  ///   - tensors: data (evaluated) with the same number of rows.
  ///   - batch: examples in a batch, the last one of an epoch may have fewer; nil takes all of them.
  ///   - seed: of the order of the examples, which differs from epoch to epoch.
  ///   - dropsPartialBatch: whether a last batch with fewer examples is left out.
  public convenience init(
    _ tensors: KeyValuePairs<String, Tensor>, batch: Int?, seed: Int = 0, dropsPartialBatch: Bool = false
  ) {
    self.init(
      tensors.map { (name: $0.key, tensor: $0.value) }, batch: batch, seed: seed, dropsPartialBatch: dropsPartialBatch)
  }

  /// The same for tensors that are not written out.
  public init(
    _ tensors: [(name: String, tensor: Tensor)], batch: Int?, seed: Int = 0, dropsPartialBatch: Bool = false
  ) {
    let count = tensors.first?.tensor.shape.first ?? 0
    for (name, tensor) in tensors {
      require(
        tensor.isData && tensor.shape.first == count,
        "TensorSource: '\(name)' \(tensor.dtype)\(tensor.shape) should be evaluated data with \(count) rows, as "
          + "'\(tensors[0].name)' has them")
    }
    require(batch.map { $0 > 0 } ?? true, "TensorSource: a batch has at least one example, not \(batch ?? 0)")
    self.tensors = tensors
    rows = RowBatches(
      BatchOrder(
        count: count, batchSize: max(1, min(batch ?? count, count)), seed: UInt64(bitPattern: Int64(seed)),
        dropsPartialBatch: dropsPartialBatch))
  }

  /// The number of rows.
  public var exampleCount: Int? { rows.order.count }
  /// Which batch comes next.
  public var position: BatchPosition { rows.position }
  /// Goes on at a position. Traps for one that an epoch of this source does not have.
  public func restore(_ position: BatchPosition) { rows.restore(position) }
  /// The numbers of the next batch's rows.
  public func next() -> Batch? { rows.next() }

  /// Gathers the rows.
  public var assembly: @Sendable (_ batch: Batch) -> Batch {
    let tensors = tensors
    return { batch in Batch(tensors.map { ($0.name, $0.tensor.gathering(batch["rows"])) }) }
  }
}

extension Dataset {
  /// The examples as batches with the fields `features` `[batch, featureShape…]` and `targets` `[batch]`.
  ///
  /// - Parameters:
  ///   - batch: examples in a batch; nil takes all of them.
  ///   - seed: of the order of the examples.
  public func source(batch: Int?, seed: Int = 0) -> TensorSource {
    TensorSource(["features": featureTensor, "targets": targetTensor], batch: batch, seed: seed)
  }
}
