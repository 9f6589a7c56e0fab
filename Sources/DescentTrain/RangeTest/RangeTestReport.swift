/// A range test as one self-contained HTML page with its plot.
public struct RangeTestReport: Sendable {
  let title: String
  let result: LearningRateRangeTest.Result
  let commandLine: String

  /// - Parameters:
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

  public func html() -> String {
    let suggestions = Self.named(result.suggestions).map { "\($0.name): \(NumberText.significant($0.rate, 3))" }
    let names = ["smoothed loss"] + suggestions
    let keys = names.enumerated().map { index, name in
      "<li class=\"key \(ReportPalette.className(index))\" data-key=\"\(index)\">"
        + "<svg width=\"26\" height=\"10\" aria-hidden=\"true\"><path class=\"line\" d=\"M0 5H26\"/></svg>\(name)</li>"
    }
    return """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <title>Learning rates for \(Markup.escape(title))</title>
      <style>
      \(ReportStyle.css)
      \(ReportStyle.tournament)
      \(ReportPalette.style(used: 5))
      </style>
      </head>
      <body>
      <main>
      <h1>Learning rates for \(Markup.escape(title))</h1>
      <p class="note">The training loss while the rate grows from step to step (Smith 2015). Dots: each step's loss. Line: \
      their smoothed course. A rate to train with lies where the loss falls, well before its minimum.</p>
      <ul class="legend">\(keys.joined())</ul>
      <figure class="wide">\(plot() ?? "<p class=\"empty\">No finite value to draw.</p>")</figure>
      <section><h2>Run it again</h2><pre><code>\(Markup.escape(commandLine))</code></pre></section>
      </main>
      <div id="tip" role="status" hidden></div>
      <script>
      \(ReportScript.source)
      </script>
      </body>
      </html>

      """
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
