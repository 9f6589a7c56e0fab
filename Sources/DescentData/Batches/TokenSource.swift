import DescentGraph

/// A long sequence of tokens, cut into windows: `tokens` `[batch, context]` and `targets`, the same one token later.
///
/// The windows of an epoch do not overlap, and begin at another offset in each. The sequence stays where it is, and the
/// step gathers its windows itself.
public final class TokenSource: BatchSource {
  private var rows: RowBatches
  private let tokens: Tensor
  private let context: Int
  private let seed: UInt64

  /// - Parameters:
  ///   - tokens: at least `context + 1`.
  ///   - context: the length of a window.
  ///   - batch: windows in a batch; a last batch that is not full is left out.
  ///   - seed: of the order of the windows and of where they begin.
  public init(_ tokens: [Int32], context: Int, batch: Int, seed: Int = 0) {
    require(
      context > 0 && batch > 0 && tokens.count > context,
      "TokenSource: \(tokens.count) tokens do not make windows of \(context) in batches of \(batch)")
    self.tokens = Tensor(tokens)
    self.context = context
    self.seed = UInt64(bitPattern: Int64(seed))
    // One window less than there could be, so that each epoch may begin somewhere else.
    let windows = max(1, (tokens.count - 1) / context - 1)
    rows = RowBatches(
      BatchOrder(count: windows, batchSize: min(batch, windows), seed: self.seed, dropsPartialBatch: true))
  }

  /// The number of windows.
  public var exampleCount: Int? { rows.order.count }
  /// Which batch comes next.
  public var position: BatchPosition { rows.position }
  /// Goes on at a position. Traps for one that an epoch of this source does not have.
  public func restore(_ position: BatchPosition) { rows.restore(position) }

  /// The numbers of the next windows, and where the epoch's first one begins.
  public func next() -> Batch? {
    let epoch = position.epoch
    guard let windows = rows.next() else { return nil }
    var generator = SeededGenerator(seed: seed, stream: UInt64(epoch) | 1 << 63)
    let room = min(context, tokens.shape[0] - rows.order.count * context)
    let offset = Int32(generator.next() % UInt64(room))
    return Batch(windows.fields + [("offset", Tensor([offset], shape: []))])
  }

  /// Gathers the windows.
  public var assembly: @Sendable (_ batch: Batch) -> Batch {
    let (tokens, context) = (tokens, context)
    return { batch in
      let windows = batch["rows"]
      let starts = (windows * Double(context) + batch["offset"]).expanded(axis: 1)
      let places = starts + Tensor.iota([context]).expanded(axis: 0)
      return Batch(["tokens": tokens.gathering(places), "targets": tokens.gathering(places + 1)])
    }
  }
}
