/// Batches from whatever can be begun anew for each epoch: a file that is read, a pipe, a generator.
///
/// ```swift
/// let source = StreamSource { epoch in
///   let lines = try LineReader(path)
///   return { try lines.nextBatch().map { Batch(["features": $0.x, "targets": $0.y]) } }
/// }
/// ```
///
/// Its position is a count: going on within an epoch reads what came before again and drops it.
public final class StreamSource: BatchSource {
  /// Gives the batches of an epoch one after another, then nil.
  public typealias Reader = () throws -> Batch?

  /// As the caller says.
  public let exampleCount: Int?
  /// Which batch comes next.
  public private(set) var position = BatchPosition()
  private let open: (_ epoch: Int) throws -> Reader
  private var reader: Reader?

  /// - Parameters:
  ///   - exampleCount: of an epoch, if that is known.
  ///   - open: begins an epoch, counted from 0.
  public init(exampleCount: Int? = nil, _ open: sending @escaping (_ epoch: Int) throws -> Reader) {
    self.exampleCount = exampleCount
    self.open = open
  }

  /// Goes on at a position.
  ///
  /// - Throws: what reading throws, and ``BatchSourceError`` where the epoch has fewer batches.
  public func restore(_ position: BatchPosition) throws {
    let reader = try open(position.epoch)
    for batch in 0..<position.batch where try reader() == nil {
      throw BatchSourceError.positionBeyondEnd(position: position, batches: batch)
    }
    (self.reader, self.position) = (reader, position)
  }

  /// The epoch's next batch; nil once at its end.
  ///
  /// - Throws: what reading throws.
  public func next() throws -> Batch? {
    let reader = try self.reader ?? open(position.epoch)
    self.reader = reader
    guard let batch = try reader() else {
      self.reader = nil
      position = BatchPosition(epoch: position.epoch + 1)
      return nil
    }
    position.batch += 1
    return batch
  }
}
