import DescentOptim

/// What a method's update alone takes, its gradient given, beside the bandwidth that the machine has at the same time.
package struct UpdateTiming: Sendable {
  package let method: MethodEntry
  /// The tensor's elements.
  package let count: Int
  package let kernelCount: Int
  /// What a single pass over parameter, gradient and state moves, and what the plan's kernels move.
  package let leastByteCount: Int, byteCount: Int
  /// Seconds of each update, in rising order.
  package let seconds: [Double]
  /// 10⁹ bytes a second of the triads, and of the same in place (axpy), that ran in turn with the updates; in rising order.
  package let triads: [Double], axpys: [Double]

  package var milliseconds: Double { Self.median(seconds) * 1e3 }
  /// 10⁹ bytes a second that the update has to move.
  package var gigabytesPerSecond: Double { Double(leastByteCount) / Self.median(seconds) / 1e9 }
  /// Of the triads between the updates: what the machine could do at that time.
  package var triadGigabytesPerSecond: Double { Self.median(triads) }
  package var shareOfTriad: Double { gigabytesPerSecond / triadGigabytesPerSecond }
  /// An update works in place as axpy does, so this does not go much beyond 1, while it may be 4/3 of a triad.
  package var shareOfAxpy: Double { gigabytesPerSecond / Self.median(axpys) }

  static func median(_ sorted: [Double]) -> Double {
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }

  /// Measures methods one after another.
  package struct Bench {
    private let triad: Yardstick, axpy: Yardstick
    package let count: Int

    /// - Parameter count: of the elements of the tensor that is updated.
    /// - Throws: `EngineError` when an engine library is missing.
    package init(count: Int) throws {
      self.count = count
      (triad, axpy) = (try .triad(), try .axpy())
    }

    /// Triads, updates and axpys in turn, for about `seconds`: whatever else the machine does slows both down.
    ///
    /// - Parameter method: one that needs no loss.
    /// - Returns: nil when it was cancelled before an update was timed.
    package func measure(_ method: MethodEntry, seconds: Double, isCancelled: () -> Bool) throws -> UpdateTiming? {
      let prepared = try Workload.update(
        method.name, method.title, method.make(.constant(method.learningRate)), count: count
      )
      .prepare()
      let clock = ContinuousClock()
      // The first step touches new memory, and some methods' first step is not like the others.
      for _ in 0..<3 where !isCancelled() { try prepared.step() }
      let end = clock.now + .seconds(seconds)
      var (updates, triads, axpys): ([Double], [Double], [Double]) = ([], [], [])
      while clock.now < end || updates.isEmpty, !isCancelled() {
        triads.append(triad.gigabytesPerSecond())
        updates.append(try clock.measure { try prepared.step() } / .seconds(1))
        axpys.append(axpy.gigabytesPerSecond())
      }
      let plan = prepared.executable.plan
      return updates.isEmpty
        ? nil
        : UpdateTiming(
          method: method, count: count, kernelCount: plan.kernelCount, leastByteCount: plan.leastByteCount,
          byteCount: plan.cost.bytes, seconds: updates.sorted(), triads: triads.sorted(), axpys: axpys.sorted())
    }
  }
}
