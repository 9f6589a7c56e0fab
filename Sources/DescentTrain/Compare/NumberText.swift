import Foundation

/// Numbers as people read them, the same on every machine: no locale takes part.
package enum NumberText {
  /// `value` with `digits` significant digits; scientific below 0.0001 and from a million on.
  package static func significant(_ value: Double, _ digits: Int = 4) -> String {
    guard value.isFinite else { return "–" }
    guard value != 0 else { return "0" }
    let magnitude = abs(value)
    if magnitude < 1e-4 || magnitude >= 1e6 { return String(format: "%.\(max(0, digits - 1))e", value) }
    return fixed(value, decimals: decimals(for: value, digits))
  }

  /// Decimals that give `value` the wanted number of significant digits.
  static func decimals(for value: Double, _ digits: Int) -> Int {
    guard value.isFinite, value != 0 else { return max(0, digits - 1) }
    return min(12, max(0, digits - 1 - Int(floor(log10(abs(value))))))
  }

  static func fixed(_ value: Double, decimals: Int) -> String {
    let text = String(format: "%.\(decimals)f", value)
    // "-0.00" is a rounded zero.
    return text.hasPrefix("-") && !text.contains { ("1"..."9").contains($0) } ? String(text.dropFirst()) : text
  }

  /// `0.500` as `0.5`, `96.00` as `96`.
  static func withoutTrailingZeros(_ text: String) -> String {
    guard text.contains(".") else { return text }
    var text = text
    while text.last == "0" { text.removeLast() }
    if text.last == "." { text.removeLast() }
    return text
  }

  /// A count with separated thousands, with one decimal where a median falls between two counts.
  package static func count(_ value: Double) -> String {
    let whole = value.rounded(.down)
    guard value.isFinite, abs(whole) < 1e15 else { return significant(value) }
    let digits = String(Int(abs(whole)))
    var grouped = ""
    for (offset, digit) in digits.enumerated() {
      if offset > 0, (digits.count - offset) % 3 == 0 { grouped.append(",") }
      grouped.append(digit)
    }
    return (whole < 0 ? "-" : "") + grouped + (value == whole ? "" : ".5")
  }

  package static func seconds(_ value: Double) -> String {
    guard value.isFinite else { return "–" }
    if value >= 1000 { return count(value.rounded()) }
    return value < 0.001 ? significant(value, 2) : fixed(value, decimals: min(4, decimals(for: max(value, 0.1), 3)))
  }

  package static func mebibytes(_ bytes: Int) -> String { "\(count((Double(bytes) / 1_048_576).rounded())) MiB" }
}

extension Comparison.Metric {
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
  public func text(_ spread: Spread) -> String {
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
