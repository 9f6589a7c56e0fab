/// The quantity methods are ranked by.
public struct Metric: Codable, Sendable, Equatable {
  /// How values of the metric are written for people.
  public enum Format: String, Codable, Sendable {
    /// A fraction in `0...1`, written as a percentage.
    case percent
    /// A plain number.
    case number
  }

  /// Key of the metric in JSON output: `testAccuracy`.
  public var name: String
  /// Name in running text, lower case: `test accuracy`.
  public var title: String
  /// Whether larger values are better, as for accuracy and unlike for an error.
  public var higherIsBetter: Bool
  /// How values are written.
  public var format: Format

  /// A quantity of one's own.
  public init(name: String, title: String, higherIsBetter: Bool, format: Format) {
    self.name = name
    self.title = title
    self.higherIsBetter = higherIsBetter
    self.format = format
  }

  /// Fraction of held-out rows classified correctly, in `0...1`.
  public static let testAccuracy = Metric(
    name: "testAccuracy", title: "test accuracy", higherIsBetter: true, format: .percent)

  /// Root of the mean squared error on held-out rows, in the label's unit.
  public static let testRMSE = Metric(
    name: "testRMSE", title: "test RMSE", higherIsBetter: false, format: .number)

  /// Whether `value` is as good as `target` or better.
  public func reaches(_ target: Double, with value: Double) -> Bool {
    higherIsBetter ? value >= target : value <= target
  }

  /// Whether `value` is strictly better than `other`.
  public func isBetter(_ value: Double, than other: Double) -> Bool {
    higherIsBetter ? value > other : value < other
  }
}
