/// The ranking: one row per method with its mean, its 95 % interval and one dot per seed, on a common axis.
///
/// Horizontal coordinates are percentages, so that the rows fill any window without their text being scaled.
struct RankingChart {
  let comparison: Comparison
  let summary: ComparisonSummary

  private static let rowHeight = 34.0

  /// The rows as HTML; `nil` when no run finished.
  func html() -> String? {
    guard let scale else { return nil }
    let ticks = scale.ticks(7)
    let rows = summary.methods.map { row($0, scale: scale, ticks: ticks) }
    let labels = ticks.compactMap { tick in
      scale.position(tick.value).map {
        "<text class=\"tick\" x=\"\(Markup.percent($0))\" y=\"13\" text-anchor=\"middle\">\(tick.label)</text>"
      }
    }
    let unit = comparison.metric.format == .percent ? " (%)" : ""
    return """
      <div class="ranking">
      \(rows.joined(separator: "\n"))
      <div class="rankrow axisrow"><span class="rankname"></span>\
      <svg class="rank" width="100%" height="18" aria-hidden="true">\(labels.joined())</svg>\
      <span class="rankvalue muted">\(Markup.escape(comparison.metric.title + unit))</span></div>
      </div>
      """
  }

  private var scale: ChartScale? {
    let metric = comparison.metric
    let factor = metric.displayFactor
    let finished = summary.methods.compactMap(\.metric)
    let whiskers = finished.compactMap { $0.interval() }.flatMap { [$0.lowerBound, $0.upperBound] }
    let dots = finished.flatMap { [$0.minimum, $0.maximum] }
    let range = ChartDomain.zoomed(
      finals: finished.map { $0.mean * factor }, values: (whiskers + dots).map { $0 * factor },
      target: nil, higherIsBetter: metric.higherIsBetter)
    return range.map { ChartScale(.linear, $0) }
  }

  private func row(_ method: ComparisonSummary.Method, scale: ChartScale, ticks: [ChartScale.Tick]) -> String {
    let rank = method.rank.map { "\($0)" } ?? "–"
    let value = method.metric.map(comparison.metric.text) ?? "no run finished"
    return """
      <div class="rankrow \(ReportPalette.className(method.index))"><span class="rankname"><i class="place">\(rank)</i>\
      <b>\(Markup.escape(method.title))</b></span>\
      <svg class="rank" width="100%" height="\(Markup.coordinate(Self.rowHeight))" role="img" \
      aria-label="\(Markup.escape(method.title + ": " + value))">\(grid(scale, ticks))\(marks(method, scale))</svg>\
      <span class="rankvalue"><b>\(Markup.escape(value))</b>\
      <small>\(Markup.escape(verdict(method)))</small></span></div>
      """
  }

  private func grid(_ scale: ChartScale, _ ticks: [ChartScale.Tick]) -> String {
    ticks.compactMap { tick in
      scale.position(tick.value).map { position in
        let x = Markup.percent(position)
        return "<line class=\"grid\" x1=\"\(x)\" x2=\"\(x)\" y1=\"0\" y2=\"\(Markup.coordinate(Self.rowHeight))\"/>"
      }
    }.joined()
  }

  private func marks(_ method: ComparisonSummary.Method, _ scale: ChartScale) -> String {
    guard let spread = method.metric else { return "" }
    let factor = comparison.metric.displayFactor
    let middle = Self.rowHeight / 2
    func position(_ value: Double) -> Double { scale.position(value * factor) ?? 0 }
    let mean = position(spread.mean)
    let isShown = (0...1).contains(mean)
    var parts: [String] = []
    // What is beside the axis is named in words, which a whisker would cross.
    if isShown, let interval = spread.interval() {
      let ends = [position(interval.lowerBound), position(interval.upperBound)]
      let shown = ends.map { min(max($0, 0), 1) }
      if shown[0] < shown[1] {
        parts.append(
          "<line class=\"whisker\" x1=\"\(Markup.percent(shown[0]))\" x2=\"\(Markup.percent(shown[1]))\" "
            + "y1=\"\(middle)\" y2=\"\(middle)\"/>")
      }
      // An end beyond the axis has no cap: the interval goes on.
      for end in ends where (0...1).contains(end) {
        let x = Markup.percent(end)
        parts.append("<line class=\"whisker\" x1=\"\(x)\" x2=\"\(x)\" y1=\"\(middle - 5)\" y2=\"\(middle + 5)\"/>")
      }
    }
    for seed in method.metricBySeed where (0...1).contains(position(seed.value)) {
      let title = "seed \(seed.seed): \(comparison.metric.text(seed.value))"
      parts.append(
        "<circle class=\"seed\" cx=\"\(Markup.percent(position(seed.value)))\" cy=\"\(middle)\" r=\"4\">"
          + "<title>\(Markup.escape(title))</title></circle>")
    }
    if isShown {
      let x = Markup.percent(mean)
      parts.append("<line class=\"mean\" x1=\"\(x)\" x2=\"\(x)\" y1=\"\(middle - 10)\" y2=\"\(middle + 10)\"/>")
    } else {
      let isLow = mean < 0
      parts.append(
        "<text class=\"tick\" x=\"\(isLow ? "0%" : "100%")\" y=\"\(middle)\" dy=\".35em\" "
          + "text-anchor=\"\(isLow ? "start" : "end")\">\(isLow ? "◂ off the axis" : "off the axis ▸")</text>")
    }
    return parts.joined()
  }

  private func verdict(_ method: ComparisonSummary.Method) -> String {
    switch method.verdict {
    case .best:
      let count = method.metric?.count ?? 0
      if summary.methods.count == 1 { return ComparisonHeadline.seeds(count) }
      return (count > 1 ? "best mean, " : "best value, ") + ComparisonHeadline.seeds(count)
    case .differenceShown(let difference): return "to best \(unbroken(difference))"
    case .noDifferenceShown(let difference): return "no difference shown \(unbroken(difference))"
    case .nothingCanBeClaimed(let reason):
      if method.metric == nil { return reasonWithoutRun(method) }
      // With one seed everywhere the caption says it once for all rows.
      return summary.hasSeveralSeeds ? reason : ""
    }
  }

  /// The difference and its interval, which a narrow window must not break in two.
  private func unbroken(_ difference: PairedDifference) -> String {
    comparison.metric.text(difference).replacing(" ", with: "\u{A0}")
  }

  private func reasonWithoutRun(_ method: ComparisonSummary.Method) -> String {
    method.notes(in: comparison).first ?? ""
  }
}
