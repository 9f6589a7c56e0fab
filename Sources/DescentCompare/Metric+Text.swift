import DescentText
import DescentTrain

extension Metric {
  /// Factor from the stored value to the written one.
  var displayFactor: Double { format == .percent ? 100 : 1 }

  /// Unit after a written value, with the space before it.
  var displayUnit: String { format == .percent ? " %" : "" }

  /// `value` for people: `97.41 %` or `0.5312`.
  public func text(_ value: Double) -> String {
    guard value.isFinite else { return "–" }
    switch format {
    case .percent: return NumberText.fixed(value * 100, decimals: 2) + " %"
    case .number: return NumberText.significant(value)
    }
  }

  /// A target for people, without the zeros that a measured value keeps: `96 %`.
  package func targetText(_ target: Double) -> String {
    guard target.isFinite else { return text(target) }
    return NumberText.withoutTrailingZeros(NumberText.fixed(target * displayFactor, decimals: 6)) + displayUnit
  }

  /// Mean and sample standard deviation for people: `97.41 ± 0.32 %`; the mean alone for a single value.
  public func text(_ spread: SampleSummary) -> String {
    guard let deviation = spread.standardDeviation else { return text(spread.mean) }
    switch format {
    case .percent:
      return NumberText.fixed(spread.mean * 100, decimals: 2) + " ± "
        + NumberText.fixed(deviation * 100, decimals: 2) + " %"
    case .number:
      let magnitude = abs(spread.mean)
      if magnitude != 0, magnitude < 1e-4 || magnitude >= 1e6 {
        return NumberText.significant(spread.mean) + " ± " + NumberText.significant(deviation, 2)
      }
      let decimals = NumberText.decimals(for: spread.mean, 4)
      return NumberText.fixed(spread.mean, decimals: decimals) + " ± " + NumberText.fixed(deviation, decimals: decimals)
    }
  }

  /// A difference with its sign, percentages in percentage points: `−0.31`.
  func differenceText(_ difference: Double) -> String {
    let value = difference * displayFactor
    let text = format == .percent ? NumberText.fixed(abs(value), decimals: 2) : NumberText.significant(abs(value), 3)
    let isZero = !text.contains { ("1"..."9").contains($0) }
    return (isZero ? "" : value < 0 ? "−" : "+") + text
  }

  /// A paired difference with its interval: `−0.31 [−0.62, −0.01]`.
  func text(_ difference: PairedDifference) -> String {
    let interval = difference.interval
    return "\(differenceText(difference.mean)) "
      + "[\(differenceText(interval.lowerBound)), \(differenceText(interval.upperBound))]"
  }
}
