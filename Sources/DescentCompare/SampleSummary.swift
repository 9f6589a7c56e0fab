import Foundation

/// Mean and spread of one number over a method's seeds.
public struct SampleSummary: Sendable, Equatable {
  /// How many values; at least 1.
  public let count: Int
  /// The sum over the count.
  public let mean: Double
  /// Sample standard deviation, with `count - 1` in the denominator; `nil` for a single value.
  public let standardDeviation: Double?
  /// The least value.
  public let minimum: Double
  /// The greatest value.
  public let maximum: Double

  /// - Parameter values: finite numbers; an empty list has no spread and gives `nil`.
  public init?(_ values: [Double]) {
    guard let minimum = values.min(), let maximum = values.max() else { return nil }
    count = values.count
    self.minimum = minimum
    self.maximum = maximum
    let mean = values.reduce(0) { $0 + $1 / Double(values.count) }
    self.mean = mean
    guard values.count > 1 else {
      standardDeviation = nil
      return
    }
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    standardDeviation = (squares / Double(values.count - 1)).squareRoot()
  }

  /// Student's interval for the mean: `mean ± t·s/√n` with `n - 1` degrees of freedom. `nil` for a single value.
  ///
  /// - Parameter confidence: in `0..<1`.
  public func interval(confidence: Double = 0.95) -> ClosedRange<Double>? {
    guard let standardDeviation else { return nil }
    let t = StudentT.twoSidedQuantile(confidence, degreesOfFreedom: count - 1)
    let half = t * standardDeviation / Double(count).squareRoot()
    guard half.isFinite, mean.isFinite else { return nil }
    return (mean - half)...(mean + half)
  }

  /// The middle value, or the mean of the two middle ones; `nil` for an empty list.
  public static func median(_ values: [Double]) -> Double? {
    guard !values.isEmpty else { return nil }
    let sorted = values.sorted()
    let half = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
  }
}

/// The differences between two methods on the seeds that both finished, or on the blocks of a tournament.
public struct PairedDifference: Sendable, Equatable {
  /// Of the differences; at least 2.
  public let count: Int
  /// Their mean, the method's value minus the best method's, in the metric's unit; or the difference
  /// of two scores.
  public let mean: Double
  /// 95 % interval of that: by Student's t with `count - 1` degrees of freedom, on several tasks by resampling.
  public let interval: ClosedRange<Double>

  /// Whether the interval contains 0, which means that no difference is shown.
  public var includesZero: Bool { interval.contains(0) }
}
