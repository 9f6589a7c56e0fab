import DescentGraph
import DescentText

/// A line chart with bands, drawn as one SVG element.
///
/// Colours come from the page's style sheet through class names, so that one drawing serves light, dark and print.
struct SVGChart {
  /// A value pair in the units of the axes.
  struct Sample {
    var x: Double
    var y: Double
  }

  /// A place in the coordinates of the view box.
  struct Place {
    var x: Double
    var y: Double
  }

  /// One method's drawing.
  struct Series {
    /// Number of the method, which decides colour and dash.
    var index: Int
    var label: String
    /// Mean over seeds.
    var line: [Sample]
    /// Smallest and largest value over seeds along `line`; empty for one seed.
    var band: [(x: Double, low: Double, high: Double)]
    /// Seeds that went on after another seed had diverged.
    var thin: [[Sample]]
    /// Last finite measurement of every run that diverged.
    var crosses: [Sample]
    /// Single measurements that no line joins.
    var dots: [Sample] = []
  }

  /// Unique on the page; letters and hyphens only.
  var identifier: String
  /// What the chart shows, read out to those who cannot see it.
  var description: String
  var xTitle: String
  var yTitle: String
  var xUnit: String
  var yUnit: String
  var x: ChartScale
  var y: ChartScale
  var series: [Series]
  /// A horizontal line with its name.
  var reference: (value: Double, label: String)?

  static let width = 560.0
  static let height = 372.0
  static let lineHeight = 15.0
  private static let left = 50.0
  private static let top = 28.0
  private static let bottom = 46.0

  /// Width of `text` in the page's font, estimated: no font is at hand here.
  static func estimatedWidth(_ text: String) -> Double {
    Double(TextLayout.width(text)) * 8.6 + Double(text.count { "mMwW".contains($0) }) * 4.5
  }

  func svg() -> String {
    let labels = series.map { TextLayout.shorten($0.label, to: 18) }
    let atRight = series.indices.filter { index in
      guard let last = series[index].line.last, let position = x.position(last.x) else { return false }
      return position > 0.94 && y.contains(series[index].line.last?.y ?? .nan)
    }
    let widest = atRight.map { Self.estimatedWidth(labels[$0]) }.max() ?? 0
    let right = atRight.isEmpty ? 16 : min(172, widest + 22)
    let plot = LabelPlacement.Box(
      x: Self.left, y: Self.top, width: Self.width - Self.left - right, height: Self.height - Self.top - Self.bottom)
    let drawing = Drawing(chart: self, plot: plot)
    var parts = [drawing.opening, drawing.axes()]
    parts += series.map(drawing.body)
    parts.append(SVGLabels(drawing: drawing, labels: labels, atRight: atRight).svg())
    parts.append("</svg>")
    return parts.joined(separator: "\n")
  }

  /// The chart together with the rectangle its lines are drawn in.
  struct Drawing {
    let chart: SVGChart
    let plot: LabelPlacement.Box

    /// Where a sample lies; beyond the plot when it is off an axis, `nil` when it has no place at all.
    func place(_ sample: Sample) -> Place? {
      guard let px = chart.x.position(sample.x), let py = chart.y.position(sample.y) else { return nil }
      // Far outside values would make coordinates that renderers handle badly.
      return Place(x: plot.x + plot.width * min(max(px, -2), 3), y: plot.y + plot.height * (1 - min(max(py, -2), 3)))
    }

    /// The place moved to the nearest one within the plot.
    func clamped(_ place: Place) -> Place {
      Place(
        x: min(max(place.x, plot.x), plot.x + plot.width), y: min(max(place.y, plot.y), plot.y + plot.height))
    }

    var opening: String {
      let description = Markup.escape(chart.description)
      let frame = [plot.x, plot.y, plot.width, plot.height].map(Markup.coordinate).joined(separator: " ")
      let clip = [("x", plot.x - 1), ("y", plot.y - 2), ("width", plot.width + 2), ("height", plot.height + 4)]
        .map { "\($0.0)=\"\(Markup.coordinate($0.1))\"" }.joined(separator: " ")
      return """
        <svg class="chart" viewBox="0 0 \(Markup.coordinate(SVGChart.width)) \(Markup.coordinate(SVGChart.height))" \
        role="img" aria-label="\(description)" data-plot="\(frame)" \
        data-x="\(chart.x.kind.rawValue) \(chart.x.lower) \(chart.x.upper)" data-xunit="\(Markup.escape(chart.xUnit))" \
        data-y="\(chart.y.kind.rawValue) \(chart.y.lower) \(chart.y.upper)" data-yunit="\(Markup.escape(chart.yUnit))">
        <clipPath id="\(chart.identifier)"><rect \(clip)/></clipPath>
        """
    }

    func axes() -> String {
      var parts: [String] = []
      let bottom = plot.y + plot.height
      for tick in chart.y.ticks(6) {
        guard let position = chart.y.position(tick.value) else { continue }
        let height = Markup.coordinate(plot.y + plot.height * (1 - position))
        parts.append(
          "<line class=\"grid\" x1=\"\(Markup.coordinate(plot.x))\" x2=\"\(Markup.coordinate(plot.x + plot.width))\" "
            + "y1=\"\(height)\" y2=\"\(height)\"/><text class=\"tick\" x=\"\(Markup.coordinate(plot.x - 8))\" "
            + "y=\"\(height)\" dy=\".35em\" text-anchor=\"end\">\(tick.label)</text>")
      }
      for tick in chart.x.ticks(5) {
        guard let position = chart.x.position(tick.value) else { continue }
        let across = Markup.coordinate(plot.x + plot.width * position)
        parts.append(
          "<line class=\"axis\" x1=\"\(across)\" x2=\"\(across)\" y1=\"\(Markup.coordinate(bottom))\" "
            + "y2=\"\(Markup.coordinate(bottom + 5))\"/><text class=\"tick\" x=\"\(across)\" "
            + "y=\"\(Markup.coordinate(bottom + 18))\" text-anchor=\"middle\">\(tick.label)</text>")
      }
      parts.append(
        "<line class=\"axis\" x1=\"\(Markup.coordinate(plot.x))\" x2=\"\(Markup.coordinate(plot.x + plot.width))\" "
          + "y1=\"\(Markup.coordinate(bottom))\" y2=\"\(Markup.coordinate(bottom))\"/>")
      parts.append("<text class=\"name\" x=\"4\" y=\"14\">\(Markup.escape(chart.yTitle))</text>")
      parts.append(
        "<text class=\"name\" x=\"\(Markup.coordinate(plot.x + plot.width / 2))\" "
          + "y=\"\(Markup.coordinate(bottom + 39))\" text-anchor=\"middle\">\(Markup.escape(chart.xTitle))</text>")
      return parts.joined(separator: "\n")
    }

    /// Band, lines and crosses of one method.
    func body(_ series: Series) -> String {
      var parts: [String] = []
      let high = series.band.compactMap { place(Sample(x: $0.x, y: $0.high)) }
      let low = series.band.compactMap { place(Sample(x: $0.x, y: $0.low)) }
      if high.count > 1, low.count > 1 {
        parts.append("<path class=\"band\" d=\"\(path(high + low.reversed()))Z\"/>")
      }
      for thin in series.thin {
        let places = thin.compactMap(place)
        if places.count > 1 { parts.append("<path class=\"thin\" d=\"\(path(places))\"/>") }
      }
      let line = series.line.compactMap(place)
      if line.count > 1 {
        parts.append("<path class=\"line\" d=\"\(path(line))\"/>")
      } else if let only = line.first {
        parts.append(
          "<circle class=\"dot\" cx=\"\(Markup.coordinate(only.x))\" cy=\"\(Markup.coordinate(only.y))\" r=\"3\"/>")
      }
      parts += series.dots.compactMap(place).map { at in
        "<circle class=\"dot\" cx=\"\(Markup.coordinate(at.x))\" cy=\"\(Markup.coordinate(at.y))\" r=\"2\"/>"
      }
      let crosses = series.crosses.compactMap(place).map(clamped).map { at in
        "<path class=\"cross\" d=\"M\(Markup.coordinate(at.x - 4)) \(Markup.coordinate(at.y - 4))l8 8m0-8l-8 8\"/>"
      }
      let style = "series \(ReportPalette.className(series.index))"
      return "<g class=\"\(style)\" data-s=\"\(series.index)\" data-name=\"\(Markup.escape(series.label))\">"
        + "<g clip-path=\"url(#\(chart.identifier))\">\(parts.joined())</g>\(crosses.joined())</g>"
    }

    private func path(_ places: [Place]) -> String {
      var text = ""
      for (index, place) in places.enumerated() {
        text += (index == 0 ? "M" : "L") + Markup.coordinate(place.x) + " " + Markup.coordinate(place.y)
      }
      return text
    }
  }
}
