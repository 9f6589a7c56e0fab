/// The line charts of a tournament's report.
struct TournamentCharts {
  enum Progress: String, CaseIterable {
    case evaluations, seconds
  }

  let tournament: Tournament
  let summary: TournamentSummary

  /// ρ(τ) from 1 to 4, as stairs; nil without scores.
  func profile() -> String? {
    guard !summary.scoredTasks.isEmpty else { return nil }
    let end = PerformanceProfile.greatestRatio
    let series = tournament.contestants.enumerated().map { index, contestant in
      var line = [SVGChart.Sample(x: 1, y: summary.profile.share(of: index, within: 1))]
      for ratio in summary.profile.ratios[index].sorted() where ratio > 1 && ratio <= end {
        line.append(.init(x: ratio, y: line[line.count - 1].y))
        line.append(.init(x: ratio, y: summary.profile.share(of: index, within: ratio)))
      }
      line.append(.init(x: end, y: line[line.count - 1].y))
      return SVGChart.Series(index: index, label: contestant.title, line: line, band: [], thin: [], crosses: [])
    }
    return SVGChart(
      identifier: "clip-profile", description: "share of draws solved within a multiple of the least cost",
      xTitle: "multiple of the least \(tournament.plan.cost.title)", yTitle: "share of draws solved", xUnit: " times",
      yUnit: "", x: ChartScale(.linear, 1...end), y: ChartScale(.linear, 0...1.02), series: series, reference: nil
    ).svg()
  }

  /// The metric along the judged runs; nil when there is nothing to draw.
  func curve(_ task: Tournament.TaskResult, against progress: Progress) -> String? {
    let factor = task.metric.displayFactor
    let series = task.entries.enumerated().map { index, entry in
      LearningCurves.series(
        index: index, label: tournament.contestants[index].title,
        runs: entry.runs.map { run in
          let perStep = Double(run.gradientEvaluations ?? run.steps) / Double(max(run.steps, 1))
          return run.points.map {
            .init(x: progress == .seconds ? $0.seconds : Double($0.step) * perStep, y: $0.metric * factor)
          }
        },
        diverged: entry.runs.map { $0.divergedAtStep != nil })
    }
    let values = series.flatMap { $0.line.map(\.y) + $0.band.flatMap { [$0.low, $0.high] } }
    let y = ChartDomain.zoomed(
      finals: series.filter { $0.crosses.isEmpty }.compactMap { $0.line.last?.y }, values: values,
      target: task.target * factor, higherIsBetter: task.metric.higherIsBetter,
      ceiling: task.metric.format == .percent ? 100 : nil)
    let x = ChartDomain.progress(
      ends: series.compactMap { $0.line.last?.x }, starts: series.compactMap { $0.line.first { $0.x > 0 }?.x })
    guard let x, let y else { return nil }
    return SVGChart(
      identifier: "clip-\(task.name)-\(progress.rawValue)",
      description: "\(task.metric.title) against \(progress.rawValue)",
      xTitle: (progress == .seconds ? "seconds of training" : "gradient evaluations")
        + (x.kind == .log ? " (log scale)" : ""),
      yTitle: task.metric.title + unit(task), xUnit: progress == .seconds ? " s" : " evaluations",
      yUnit: task.metric.displayUnit, x: x, y: ChartScale(.linear, y), series: series, reference: reference(task)
    ).svg()
  }

  /// The final metric on the validation part against the learning rate; nil when there is nothing to draw.
  func sensitivity(_ task: Tournament.TaskResult) -> String? {
    let factor = task.metric.displayFactor
    let series = task.entries.enumerated().map { index, entry in
      let draw = entry.draws.first
      let chosen = draw?.trials.first { $0.values == draw?.chosen }
      // The sweep has one seed: the tuning's first.
      let line = (entry.sweep + (chosen.map { [$0] } ?? [])).map {
        SVGChart.Sample(x: $0.learningRate, y: ($0.metrics.first ?? .nan) * factor)
      }
      return SVGChart.Series(
        index: index, label: tournament.contestants[index].title,
        line: line.filter { $0.y.isFinite }.sorted { $0.x < $1.x }, band: [], thin: [], crosses: [],
        dots: entry.trials.map { .init(x: $0.learningRate, y: $0.metric * factor) }.filter { $0.y.isFinite })
    }
    let samples = series.flatMap { $0.line + $0.dots }
    let y = ChartDomain.zoomed(
      finals: series.compactMap { series in
        task.metric.higherIsBetter ? series.line.map(\.y).max() : series.line.map(\.y).min()
      },
      values: samples.map(\.y), target: task.target * factor, higherIsBetter: task.metric.higherIsBetter,
      ceiling: task.metric.format == .percent ? 100 : nil)
    guard let least = samples.map(\.x).min(), let greatest = samples.map(\.x).max(), let y else { return nil }
    // Wider than the best values, since what sensitivity shows is how they are lost.
    let span = y.upperBound - y.lowerBound
    let range =
      task.metric.higherIsBetter ? (y.lowerBound - span)...y.upperBound : y.lowerBound...(y.upperBound + span)
    return SVGChart(
      identifier: "clip-\(task.name)-sensitivity", description: "final \(task.metric.title) against the learning rate",
      xTitle: "learning rate (log scale)", yTitle: "final metric, validation" + unit(task), xUnit: "",
      yUnit: task.metric.displayUnit, x: ChartScale(.log, least...greatest), y: ChartScale(.linear, range),
      series: series, reference: reference(task)
    ).svg()
  }

  private func unit(_ task: Tournament.TaskResult) -> String { task.metric.format == .percent ? " (%)" : "" }

  private func reference(_ task: Tournament.TaskResult) -> (value: Double, label: String) {
    (task.target * task.metric.displayFactor, "target \(task.metric.targetText(task.target))")
  }
}
