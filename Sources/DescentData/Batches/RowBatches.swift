import DescentGraph

/// The batches' row numbers, epoch after epoch, each epoch in an order of its own: what sources in memory share.
///
/// After the first batches it allocates nothing: whoever asks for the next batch has usually given the last one back.
package struct RowBatches {
  package let order: BatchOrder
  package private(set) var position = BatchPosition()
  private var rows: [Int32] = []
  /// The epoch that `rows` are of.
  private var epoch: Int?
  private var slots: [Int: Slot] = [:]

  /// Memory for the rows of a batch.
  private struct Slot {
    var storage: Storage
    var fields: [(name: String, tensor: Tensor)]
    var lease = Lease()
  }
  private final class Lease: Sendable {}

  package init(_ order: BatchOrder) { self.order = order }

  mutating func restore(_ position: BatchPosition) {
    require(
      position.epoch >= 0 && (0...order.batchCount).contains(position.batch),
      "epoch \(position.epoch), batch \(position.batch): an epoch has \(order.batchCount) batches")
    self.position = position
  }

  /// The numbers of the next batch's rows (i32) as the field `rows`; nil once at the end of an epoch.
  package mutating func next() -> Batch? {
    guard position.batch < order.batchCount else {
      position = BatchPosition(epoch: position.epoch + 1)
      return nil
    }
    if epoch != position.epoch {
      order.fill(&rows, epoch: position.epoch)
      epoch = position.epoch
    }
    let range = order.range(ofBatch: position.batch)
    position.batch += 1
    return filled(range)
  }

  private mutating func filled(_ range: Range<Int>) -> Batch {
    if slots[range.count] == nil || !isKnownUniquelyReferenced(&slots[range.count]!.lease) {
      let storage = Storage(shape: [range.count], dtype: .int32)
      slots[range.count] = Slot(storage: storage, fields: [("rows", Tensor(storage: storage))])
    }
    let slot = slots[range.count]!
    rows.withUnsafeBytes { bytes in
      if range.isEmpty { return }
      slot.storage.pointer.copyMemory(from: bytes.baseAddress! + 4 * range.lowerBound, byteCount: 4 * range.count)
    }
    return Batch(slot.fields, lease: slot.lease)
  }
}
