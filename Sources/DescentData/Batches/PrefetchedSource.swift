import DescentGraph
import Foundation

/// A source that is read ahead on a thread of its own, a few batches at most, so that a step does not wait for reading.
///
/// ```swift
/// let source = PrefetchedSource(StreamSource { … }, depth: 4)
/// ```
public final class PrefetchedSource: BatchSource {
  /// As the source inside says.
  public let exampleCount: Int?
  /// As the source inside says.
  public let assembly: @Sendable (_ batch: Batch) -> Batch
  /// Of the batches that were taken, not of those that were read ahead.
  public private(set) var position: BatchPosition
  private let reading: Reading
  private let depth: Int

  /// - Parameters:
  ///   - base: belongs to the thread that reads from now on.
  ///   - depth: how many batches are read ahead, at least 1.
  public init(_ base: sending any BatchSource, depth: Int = 2) {
    require(depth > 0, "PrefetchedSource: a depth of \(depth) reads nothing ahead")
    exampleCount = base.exampleCount
    assembly = base.assembly
    position = base.position
    self.depth = depth
    reading = Reading(base, depth: depth)
    reading.start()
  }

  deinit { reading.stop() }

  /// Forgets what was read ahead and goes on at a position.
  ///
  /// - Throws: what reading throws.
  public func restore(_ position: BatchPosition) throws {
    try reading.restore(position)
    self.position = position
  }

  /// The next batch; waits until it is there.
  ///
  /// - Throws: what reading it has thrown.
  public func next() throws -> Batch? {
    let item = try reading.take()
    position = item.after
    return item.batch
  }

  /// What the reading thread and the one that trains share.
  ///
  /// `@unchecked Sendable`: the queue is only touched under the condition's lock, and the source only while `isReading` is
  /// true by the thread that set it.
  private final class Reading: @unchecked Sendable {
    struct Item {
      let batch: Batch?
      let after: BatchPosition
    }
    private let base: any BatchSource
    private let depth: Int
    private let condition = NSCondition()
    private var queue: [Result<Item, any Error>] = []
    private var isStopped = false
    /// Whether somebody uses the source at this moment.
    private var isReading = false
    /// After an error nothing is read until the position is set again.
    private var hasFailed = false

    init(_ base: any BatchSource, depth: Int) {
      self.base = base
      self.depth = depth
    }

    func start() {
      let thread = Thread { [self] in run() }
      thread.name = "descent.prefetch"
      thread.start()
    }

    func stop() {
      condition.lock()
      isStopped = true
      condition.broadcast()
      condition.unlock()
    }

    private func run() {
      condition.lock()
      defer { condition.unlock() }
      while true {
        while !isStopped && (queue.count >= depth || hasFailed || isReading) { condition.wait() }
        if isStopped { return }
        isReading = true
        condition.unlock()
        let item = Result { Item(batch: try base.next(), after: base.position) }
        condition.lock()
        isReading = false
        if case .failure = item { hasFailed = true }
        queue.append(item)
        condition.broadcast()
      }
    }

    func take() throws -> Item {
      condition.lock()
      defer { condition.unlock() }
      while queue.isEmpty { condition.wait() }
      // An error stays, so that whoever asks again gets it again.
      if case .failure(let error) = queue[0] { throw error }
      let item = try queue.removeFirst().get()
      condition.broadcast()
      return item
    }

    func restore(_ position: BatchPosition) throws {
      condition.lock()
      defer { condition.unlock() }
      while isReading { condition.wait() }
      queue = []
      try base.restore(position)
      hasFailed = false
      condition.broadcast()
    }
  }
}
