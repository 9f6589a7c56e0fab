import DescentGraph

/// Where a training loop gets its batches from, epoch after epoch: data in memory, files, generators.
///
/// A source belongs to one task at a time.
public protocol BatchSource: AnyObject {
  /// How many examples an epoch has, if that is known beforehand.
  var exampleCount: Int? { get }

  /// Which batch comes next: what a checkpoint keeps.
  var position: BatchPosition { get }

  /// Goes on at a position that this source, or one made in the same way, has had.
  ///
  /// - Throws: what reading throws.
  func restore(_ position: BatchPosition) throws

  /// The epoch's next batch, as data; nil once at its end, after which the next epoch begins.
  ///
  /// - Throws: what reading throws.
  func next() throws -> Batch?

  /// Makes the batch that a step computes with out of what ``next()`` gives; it is traced as a part of the step.
  ///
  /// Sources in memory give the numbers of rows only, and the step gathers them itself. Others need not say anything.
  var assembly: @Sendable (_ batch: Batch) -> Batch { get }
}

extension BatchSource {
  /// What ``next()`` gives is what the step computes with.
  public var assembly: @Sendable (_ batch: Batch) -> Batch { { $0 } }
}

/// A place in the sequence of a source's batches.
public struct BatchPosition: Codable, Hashable, Sendable {
  /// Counted from 0.
  public var epoch: Int
  /// Of the epoch's batches, the one that comes next, counted from 0.
  public var batch: Int

  /// The start of the first epoch, unless others are given.
  public init(epoch: Int = 0, batch: Int = 0) {
    self.epoch = epoch
    self.batch = batch
  }
}
