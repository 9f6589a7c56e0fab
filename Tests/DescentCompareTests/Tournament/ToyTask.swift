import DescentRuntime
import DescentTrain
import DescentData
import DescentGraph
import Foundation
import Synchronization

@testable import DescentCompare

/// ½x² in one dimension: every step can be worked out by hand.
enum ToyTask {
  /// What a problem was loaded with, in order.
  final class Log: Sendable {
    let seeds = Mutex<[UInt64]>([])
  }

  /// - Parameter spread: how far from 1 the start is moved at most by the seed.
  static func problem(examples: Int = 0, batch: Int = 1, spread: Double = 0, log: Log? = nil) -> Problem {
    let x = Variable(shape: [], name: "x")
    return Problem(
      parameters: [x], examples: examples, batch: batch,
      load: { seed in
        log?.seeds.withLock { $0.append(seed) }
        var random = SeededGenerator(seed: seed)
        x.assign(Storage([Float(1 + spread * (2 * random.nextUniform() - 1))], shape: []))
      },
      loss: { _ in 0.5 * x.value * x.value }, metric: { _ in abs(x.value) })
  }

  static let metric = Metric(name: "distance", title: "distance", higherIsBetter: false, format: .number)

  static func task(
    _ name: String = "toy", target: Double?, budget: Int = 60, spread: Double = 0, log: Log? = nil
  ) -> ComparisonTask {
    ComparisonTask(
      name: name, title: "Toy <\(name)>", summary: "½x² & no more.", metric: metric, target: target, budget: budget
    ) { problem(spread: spread, log: log) }
  }
}
