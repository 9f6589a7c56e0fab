import DescentData
import Foundation

/// Intervals for a statistic of a few values, by resampling them (Efron 1979).
struct Bootstrap {
  var resamples = 2000
  var confidence = 0.95
  var seed: UInt64 = 0

  /// The places of each resample: `count` numbers in 0..<count, the same ones for the same seed.
  func draws(count: Int) -> [[Int]] {
    var random = SeededGenerator(seed: seed, stream: UInt64(count))
    return (0..<resamples).map { _ in (0..<count).map { _ in Int(random.next(below: UInt64(count))) } }
  }

  /// The percentile interval of `statistic`, widened for few values as Hesterberg proposes (2015, "What teachers should know
  /// about the bootstrap", section 4): percentiles are taken farther out, by as much as Student's interval is wider than
  /// the normal one with a biased deviation. For a mean of normal values it then has the length of Student's interval.
  ///
  /// - Returns: nil for fewer than two values, and when the statistic is not a number for some resample; an end may be
  ///   infinite.
  func interval(_ values: [Double], of statistic: ([Double]) -> Double) -> ClosedRange<Double>? {
    guard values.count >= 2 else { return nil }
    return interval(draws(count: values.count).map { draw in statistic(draw.map { values[$0] }) }, count: values.count)
  }

  /// The interval that resampled values of a statistic span.
  ///
  /// - Parameter count: how many values each of them came from.
  func interval(_ statistics: [Double], count: Int) -> ClosedRange<Double>? {
    guard count >= 2, !statistics.isEmpty, !statistics.contains(where: \.isNaN) else { return nil }
    let sorted = statistics.sorted()
    let tail = tailProbability(count: count)
    return Self.quantile(tail, sorted)...Self.quantile(1 - tail, sorted)
  }

  /// The probability that each end leaves out: Φ(−t·√(n / (n − 1))).
  func tailProbability(count: Int) -> Double {
    let n = Double(count)
    let t = StudentT.twoSidedQuantile(confidence, degreesOfFreedom: count - 1)
    return 0.5 * erfc(t * (n / (n - 1)).squareRoot() / 2.0.squareRoot())
  }

  /// The value with a share of about `probability` of the sorted values below it, between two of them in proportion.
  static func quantile(_ probability: Double, _ sorted: [Double]) -> Double {
    let position = probability * Double(sorted.count - 1)
    let low = Int(position.rounded(.down))
    let high = min(low + 1, sorted.count - 1)
    let share = position - Double(low)
    // Infinite neighbours have no proportion.
    if sorted[low] == sorted[high] || share == 0 { return sorted[low] }
    return sorted[low] + share * (sorted[high] - sorted[low])
  }
}
