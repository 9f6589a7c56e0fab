import DescentTrain

/// The four learning curves of a report: training loss and metric, each against steps and against seconds.
struct LearningCurves {
  enum Quantity: String {
    case loss, metric
  }

  enum Progress: String {
    case step, seconds
  }

  let comparison: Comparison
  let summary: ComparisonSummary

  /// The chart as SVG; `nil` when there is no finite value to draw.
  func chart(_ quantity: Quantity, against progress: Progress) -> String? {
    let series = self.series(quantity, against: progress)
    guard let y = yScale(quantity, series) else { return nil }
    let ends = series.compactMap { ($0.line + $0.thin.flatMap { $0 }).map(\.x).max() }
    let starts = series.compactMap { ($0.line + $0.thin.flatMap { $0 }).map(\.x).filter { $0 > 0 }.min() }
    guard let x = ChartDomain.progress(ends: ends, starts: starts) else { return nil }
    let metric = comparison.metric
    let yName = quantity == .loss ? "training loss" : metric.title
    let xName = progress == .step ? "steps" : "seconds of training"
    let unit = quantity == .metric && metric.format == .percent ? " (%)" : ""
    var reference: (value: Double, label: String)?
    if quantity == .metric, let target = comparison.target {
      reference = (target * metric.displayFactor, "target \(metric.targetText(target))")
    }
    return SVGChart(
      identifier: "clip-\(quantity.rawValue)-\(progress.rawValue)",
      description: "\(yName) against \(xName), one line per method",
      xTitle: xName + (x.kind == .log ? " (log scale)" : ""),
      yTitle: yName + unit + (y.kind == .log ? " (log scale)" : ""),
      xUnit: progress == .step ? " steps" : " s", yUnit: quantity == .metric ? metric.displayUnit : "",
      x: x, y: y, series: series, reference: reference
    ).svg()
  }

  /// Methods whose curve ends beyond the worse end of the metric's axis, with where it ends, for a note.
  func offAxis() -> [String] {
    let series = self.series(.metric, against: .step)
    guard let y = yScale(.metric, series) else { return [] }
    return series.compactMap { series in
      guard series.crosses.isEmpty, let last = series.line.last?.y, !y.contains(last) else { return nil }
      return "\(series.label) (\(comparison.metric.text(last / comparison.metric.displayFactor)))"
    }
  }

  private func yScale(_ quantity: Quantity, _ series: [SVGChart.Series]) -> ChartScale? {
    switch quantity {
    case .loss:
      let values = series.flatMap { $0.line.map(\.y) + $0.thin.flatMap { $0.map(\.y) } }
      let range = ChartDomain.loss(starts: series.compactMap { $0.line.first?.y }, values: values)
      return range.map { ChartScale(.log, $0) }
    case .metric:
      let metric = comparison.metric
      let values = series.flatMap { $0.line.map(\.y) + $0.band.flatMap { [$0.low, $0.high] } }
      let rest = series.flatMap { $0.thin.flatMap { $0.map(\.y) } }
      let range = ChartDomain.zoomed(
        finals: series.filter { $0.crosses.isEmpty }.compactMap { $0.line.last?.y },
        values: values.isEmpty ? rest : values, target: comparison.target.map { $0 * metric.displayFactor },
        higherIsBetter: metric.higherIsBetter, ceiling: metric.format == .percent ? 100 : nil)
      return range.map { ChartScale(.linear, $0) }
    }
  }

  private func series(_ quantity: Quantity, against progress: Progress) -> [SVGChart.Series] {
    comparison.methods.enumerated().map { index, result in
      let runs = result.runs.map { run in run.points.map { sample($0, quantity, progress) } }
      return Self.series(
        index: index, label: result.title, runs: runs,
        diverged: result.runs.map { run in
          run.divergedAtStep != nil
        })
    }
  }

  private func sample(_ point: RunRecord.Point, _ quantity: Quantity, _ progress: Progress) -> SVGChart.Sample {
    let y = quantity == .loss ? point.trainLoss : point.metric * comparison.metric.displayFactor
    return SVGChart.Sample(x: progress == .step ? Double(point.step) : point.seconds, y: y)
  }

  /// Mean and band over the runs' k-th points for as long as every run has one that is finite. From there on the runs
  /// that are left are drawn one by one: a mean over survivors would jump.
  static func series(index: Int, label: String, runs: [[SVGChart.Sample]], diverged: [Bool]) -> SVGChart.Series {
    // What was not measured yet when the run began (a training loss before the first step) is no gap in the curve.
    let finite = runs.map { run in
      Array(run.drop { $0.y.isNaN }.prefix { $0.y.isFinite && $0.x.isFinite })
    }
    let shared = finite.map(\.count).min() ?? 0
    var line: [SVGChart.Sample] = []
    var band: [(x: Double, low: Double, high: Double)] = []
    for k in 0..<shared {
      let xs = SampleSummary(finite.map { $0[k].x })
      guard let ys = SampleSummary(finite.map { $0[k].y }), let xs else { continue }
      line.append(.init(x: xs.mean, y: ys.mean))
      if ys.count > 1 { band.append((xs.mean, ys.minimum, ys.maximum)) }
    }
    let thin = finite.filter { $0.count > shared }.map { Array($0[max(0, shared - 1)...]) }
    let crosses = zip(finite, diverged).compactMap { run, diverged in diverged ? run.last : nil }
    return SVGChart.Series(
      index: index, label: label, line: thinned(line), band: thinned(band), thin: thin.map(thinned), crosses: crosses)
  }

  /// At most about 400 of the elements, the first and the last among them: more than a chart has room for.
  private static func thinned<Element>(_ elements: [Element]) -> [Element] {
    let stride = (elements.count + 399) / 400
    guard stride > 1 else { return elements }
    return elements.indices.filter { $0 % stride == 0 || $0 == elements.count - 1 }.map { elements[$0] }
  }
}
