import DescentGraph
import DescentText
import Foundation

/// Maps values to positions along an axis and chooses where its ticks go.
struct ChartScale: Equatable {
  enum Kind: String {
    case linear
    /// Logarithmic; both bounds must be positive.
    case log
  }

  struct Tick: Equatable {
    let value: Double
    let label: String
  }

  let kind: Kind
  let lower: Double
  let upper: Double

  /// - Parameter range: a range of no width is widened, so that one value still has an axis.
  init(_ kind: Kind, _ range: ClosedRange<Double>) {
    require(kind == .linear || range.lowerBound > 0, "a log axis needs positive bounds, got \(range)")
    self.kind = kind
    if range.upperBound > range.lowerBound {
      lower = range.lowerBound
      upper = range.upperBound
    } else if kind == .log {
      lower = range.lowerBound / 2
      upper = range.upperBound * 2
    } else {
      let half = max(abs(range.lowerBound) * 0.05, 1e-6)
      lower = range.lowerBound - half
      upper = range.upperBound + half
    }
  }

  /// 0 at the lower bound and 1 at the upper one; beyond them outside `0...1`. `nil` where a log axis has no place.
  func position(_ value: Double) -> Double? {
    guard value.isFinite else { return nil }
    switch kind {
    case .linear: return (value - lower) / (upper - lower)
    case .log: return value > 0 ? (log10(value) - log10(lower)) / (log10(upper) - log10(lower)) : nil
    }
  }

  func contains(_ value: Double) -> Bool { value >= lower && value <= upper }

  /// Ticks on round numbers within the bounds.
  ///
  /// - Parameter wanted: about how many.
  func ticks(_ wanted: Int) -> [Tick] {
    switch kind {
    case .linear: linearTicks(wanted)
    case .log: logTicks(wanted)
    }
  }

  private func linearTicks(_ wanted: Int) -> [Tick] {
    let rough = (upper - lower) / Double(max(1, wanted))
    let power = pow(10, floor(log10(rough)))
    let step = [1, 2, 2.5, 5, 10].map { $0 * power }.first { $0 >= rough * 0.999 } ?? 10 * power
    let first = Int((lower / step - 1e-9).rounded(.up))
    let last = Int((upper / step + 1e-9).rounded(.down))
    guard first <= last else { return [] }
    // 2.5 needs one decimal more than 2 does.
    let fraction = step / pow(10, floor(log10(step) + 1e-9))
    let isHalf = abs(fraction - 2.5) < 1e-6
    let decimals = max(0, -Int(floor(log10(step) + 1e-9)) + (isHalf ? 1 : 0))
    return (first...last).map { index in
      let value = Double(index) * step
      let isCount = decimals == 0 && abs(value) >= 1000 && abs(value) < 1e9
      return Tick(value: value, label: isCount ? NumberText.count(value) : Self.plain(value, decimals: decimals))
    }
  }

  private func logTicks(_ wanted: Int) -> [Tick] {
    let first = Int(floor(log10(lower)))
    let last = Int(ceil(log10(upper)))
    let decades = log10(upper / lower)
    let multiples: [Double] = decades < 1.2 ? [1, 2, 3, 5, 7] : decades < 3.2 ? [1, 2, 5] : [1]
    let stride = max(1, Int((decades / Double(max(1, wanted))).rounded(.up)))
    var places: [(value: Double, multiple: Double, exponent: Int)] = []
    for exponent in first...last where (exponent - first) % stride == 0 || multiples.count > 1 {
      for multiple in multiples {
        let value = multiple * pow(10, Double(exponent))
        if contains(value) { places.append((value, multiple, exponent)) }
      }
    }
    // All in one notation.
    let asPowers = places.contains { !(-4...5).contains($0.exponent) }
    return places.map { Tick(value: $0.value, label: Self.label($0.multiple, $0.exponent, asPower: asPowers)) }
  }

  private static func plain(_ value: Double, decimals: Int) -> String {
    decimals > 6 || abs(value) >= 1e9 ? NumberText.significant(value, 3) : NumberText.fixed(value, decimals: decimals)
  }

  /// `0.02`, `500`, or `2·10⁻⁶`.
  private static func label(_ multiple: Double, _ exponent: Int, asPower: Bool) -> String {
    if !asPower || exponent == 0 {
      return exponent >= 3
        ? NumberText.count(multiple * pow(10, Double(exponent)))
        : NumberText.fixed(multiple * pow(10, Double(exponent)), decimals: max(0, -exponent))
    }
    let superscript: [Character: Character] = [
      "-": "⁻", "0": "⁰", "1": "¹", "2": "²", "3": "³", "4": "⁴", "5": "⁵", "6": "⁶", "7": "⁷", "8": "⁸", "9": "⁹",
    ]
    let digits = String(String(exponent).map { superscript[$0] ?? $0 })
    return (multiple == 1 ? "" : "\(Int(multiple))·") + "10" + digits
  }
}
