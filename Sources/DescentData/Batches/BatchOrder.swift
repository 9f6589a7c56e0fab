import DescentGraph

/// The order in which the examples of a dataset are visited: one seeded permutation per epoch, cut into batches.
///
/// Only indices are permuted; features and targets stay where they are and are gathered by the same indices, so they
/// cannot come apart. The order depends on `seed` and the epoch alone, so a run resumed at epoch 7 sees what the
/// uninterrupted run saw.
///
///     let order = BatchOrder(count: 1437, batchSize: 32, seed: 0)
///     var rows: [Int32] = []
///     order.fill(&rows, epoch: 0)
///     for batch in 0..<order.batchCount { use(rows[order.range(ofBatch: batch)]) }
public struct BatchOrder: Sendable, Equatable {
  /// The number of examples.
  public let count: Int
  /// The number of examples in a batch; the last batch of an epoch may have fewer.
  public let batchSize: Int
  /// The seed of all permutations.
  public let seed: UInt64
  /// Whether a last batch with fewer than `batchSize` examples is left out. The epoch's permutation decides which
  /// examples it holds, so they differ from epoch to epoch.
  public let dropsPartialBatch: Bool

  /// - Parameters:
  ///   - count: number of examples, in `0 ... Int32.max`
  ///   - batchSize: examples per batch, at least 1
  ///   - seed: any number; the same seed gives the same orders
  ///   - dropsPartialBatch: leave out a last batch that is not full
  public init(count: Int, batchSize: Int, seed: UInt64, dropsPartialBatch: Bool = false) {
    require(count >= 0 && count <= Int32.max, "count \(count) is outside 0 ... \(Int32.max)")
    require(batchSize >= 1, "batch size \(batchSize) is below 1")
    self.count = count
    self.batchSize = batchSize
    self.seed = seed
    self.dropsPartialBatch = dropsPartialBatch
  }

  /// The number of batches in an epoch.
  public var batchCount: Int {
    dropsPartialBatch ? count / batchSize : count / batchSize + (count % batchSize == 0 ? 0 : 1)
  }

  /// The places of batch number `batch` in the epoch's order.
  public func range(ofBatch batch: Int) -> Range<Int> {
    require(batch >= 0 && batch < batchCount, "batch \(batch) is outside 0 ..< \(batchCount)")
    let start = batch * batchSize
    return start..<min(start + batchSize, count)
  }

  /// Writes the permutation of `0 ..< count` that belongs to `epoch` into `order`, without allocating.
  ///
  /// - Parameters:
  ///   - order: room for exactly `count` indices; what it held does not matter
  ///   - epoch: number of the epoch, from 0
  public func fill(_ order: UnsafeMutableBufferPointer<Int32>, epoch: Int) {
    require(order.count == count, "the buffer holds \(order.count) indices, the order has \(count)")
    require(epoch >= 0, "epoch \(epoch) is below 0")
    for index in 0..<count { order.initializeElement(at: index, to: Int32(truncatingIfNeeded: index)) }
    var generator = SeededGenerator(seed: seed, stream: UInt64(epoch))
    generator.shuffle(order)
  }

  /// Writes the permutation of `0 ..< count` that belongs to `epoch` into `order`.
  ///
  /// Allocates only if `order` does not hold `count` indices yet, that is in the first epoch.
  public func fill(_ order: inout [Int32], epoch: Int) {
    if order.count != count { order = [Int32](repeating: 0, count: count) }
    order.withUnsafeMutableBufferPointer { fill($0, epoch: epoch) }
  }
}
