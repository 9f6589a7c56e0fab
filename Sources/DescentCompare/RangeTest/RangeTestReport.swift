import DescentGraph
import DescentText

/// A range test as one self-contained HTML page with its plot.
public struct RangeTestReport: Sendable {
  let title: String
  let result: LearningRateRangeTest.Result
  let commandLine: String

  /// - Parameters:
  ///   - result: what the test gave.
  ///   - title: method and data: `AdamW on digits`.
  ///   - commandLine: what made it.
  public init(_ result: LearningRateRangeTest.Result, title: String, commandLine: String) {
    (self.result, self.title, self.commandLine) = (result, title, commandLine)
  }

  /// The suggestions by name, those that exist.
  public static func named(_ suggestions: LearningRateRangeTest.Suggestions) -> [(name: String, rate: Double)] {
    [("valley", suggestions.valley), ("steepest", suggestions.steepest), ("minimum / 10", suggestions.minimum)]
      .compactMap { name, rate in rate.map { (name, $0) } }
  }

  /// The whole page. It loads nothing from anywhere.
  public func html() -> String {
    let suggestions = Self.named(result.suggestions).map { "\($0.name): \(NumberText.significant($0.rate, 3))" }
    let page = "Learning rates for \(title)"
    let main = """
      <h1>\(Markup.escape(page))</h1>
      <p class="note">The training loss while the rate grows from step to step (Smith 2015). Dots: each step's loss. Line: \
      their smoothed course. A rate to train with lies where the loss falls, well before its minimum.</p>
      \(ReportPage.legend(["smoothed loss"] + suggestions))
      <figure class="wide">\(plot() ?? ReportPage.nothingToDraw)</figure>
      \(ReportPage.origin(commandLine))
      """
    return ReportPage.html(title: page, colors: 1 + suggestions.count, main: main)
  }

  private func plot() -> String? {
    let points = result.points
    guard let first = points.first, let last = points.last, first.rate < last.rate else { return nil }
    let smoothed = points.map(\.smoothed)
    let (least, start) = (smoothed.min() ?? first.smoothed, first.smoothed)
    let top = min(smoothed.max() ?? start, max(start, least) + 0.5 * max(start - least, 0.05 * abs(start)))
    let range = (least - 0.05 * (top - least))...(top + 0.05 * (top - least))
    var series = [
      SVGChart.Series(
        index: 0, label: "loss", line: points.map { .init(x: $0.rate, y: $0.smoothed) }, band: [], thin: [],
        crosses: [], dots: points.map { .init(x: $0.rate, y: $0.loss) }.filter { range.contains($0.y) })
    ]
    for (i, suggestion) in Self.named(result.suggestions).enumerated() {
      series.append(
        SVGChart.Series(
          index: i + 1, label: suggestion.name,
          line: [.init(x: suggestion.rate, y: range.upperBound), .init(x: suggestion.rate, y: range.lowerBound)],
          band: [],
          thin: [], crosses: []))
    }
    return SVGChart(
      identifier: "clip-range", description: "smoothed training loss against the learning rate",
      xTitle: "learning rate (log scale)", yTitle: "training loss", xUnit: "", yUnit: "",
      x: ChartScale(.log, first.rate...last.rate), y: ChartScale(.linear, range), series: series, reference: nil
    ).svg()
  }
}
