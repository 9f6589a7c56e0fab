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
  package static func decimals(for value: Double, _ digits: Int) -> Int {
    guard value.isFinite, value != 0 else { return max(0, digits - 1) }
    return min(12, max(0, digits - 1 - Int(floor(log10(abs(value))))))
  }

  package static func fixed(_ value: Double, decimals: Int) -> String {
    let text = String(format: "%.\(decimals)f", value)
    // "-0.00" is a rounded zero.
    return text.hasPrefix("-") && !text.contains { ("1"..."9").contains($0) } ? String(text.dropFirst()) : text
  }

  /// `0.500` as `0.5`, `96.00` as `96`.
  package static func withoutTrailingZeros(_ text: String) -> String {
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
