import DescentCPU
import DescentTrain
import DescentText

/// The tables of a tournament's report.
struct TournamentTables {
  let tournament: Tournament
  let summary: TournamentSummary

  /// One task: a row per method, the least cost first.
  func task(_ index: Int) -> String {
    let task = tournament.tasks[index]
    let cost = tournament.plan.cost
    let points = task.metric.format == .percent ? " (points)" : ""
    let isJudged = tournament.draws >= ExchangeTest.leastBlocks
    let heads =
      ["#", "Method", "Final " + Markup.escape(task.metric.title)] + (isJudged ? ["Difference to best" + points] : [])
      + [
        Self.capitalized(cost.title) + " to target", "Ratio", "Reached", "Steps", "Evaluations", "Seconds", "CPU s",
      ]
    let rows = summary.tasks[index].enumerated().map { place, standing -> [String] in
      let entry = task.entries[standing.index]
      return [
        "\(place + 1)", name(standing, entry), metric(standing, task),
      ] + (isJudged ? [difference(standing, task)] : []) + [
        standing.runs > 0 ? cost.text(standing.cost) : "–",
        standing.ratio.isFinite ? NumberText.fixed(standing.ratio, decimals: 2) : "–",
        "\(standing.reached) of \(standing.runs)",
        Self.median(entry, { Double($0.steps) }, NumberText.count),
        Self.median(entry, { $0.gradientEvaluations.map(Double.init) }, NumberText.count),
        Self.median(entry, { $0.seconds }, NumberText.seconds),
        Self.median(entry, { $0.cpuSeconds }, NumberText.seconds),
      ]
    }
    return Self.table(heads, rows)
      + "<p class=\"note\">\(intervals) To target: the median over all runs, those that missed it counted as infinite. "
      + "Steps, evaluations and times: medians of whole runs.</p>"
  }

  private var intervals: String {
    tournament.draws >= ExchangeTest.leastBlocks
      ? "In brackets 95 % intervals over draws of the tuning."
      : "Each method: mean ± standard deviation over all runs. \(tournament.draws) draws of the tuning are too few to say "
        + "anything of the differences on one task."
  }

  /// What each task was to reach, and why.
  func targets() -> String {
    let rows = tournament.tasks.map { task in
      [
        "", Markup.escape(task.name),
        Markup.escape("\(task.metric.title) \(task.metric.targetText(task.target))"),
        NumberText.count(Double(task.budget)),
        "<span class=\"words\">\(Markup.escape(task.targetOrigin))</span>",
      ]
    }
    return "<h3>Targets and budgets</h3>" + Self.table(["", "Task", "Target", "Budget", "How it was chosen"], rows)
  }

  /// What each search could choose from.
  func spaces() -> String {
    guard tournament.plan.trials > 0 else { return "" }
    let rows = tournament.contestants.map { contestant in
      ["", Markup.escape(contestant.title), "<span class=\"words\">\(Markup.escape(contestant.space))</span>"]
    }
    return "<h3>Search spaces</h3>" + Self.table(["", "Method", "Ranges, drawn evenly in their logarithms"], rows)
  }

  private func name(_ standing: TournamentSummary.TaskStanding, _ entry: Tournament.Entry) -> String {
    let swatch =
      "<svg class=\"swatch\" width=\"18\" height=\"10\" aria-hidden=\"true\"><path class=\"line\" d=\"M0 5H18\"/></svg>"
    var notes: [String] = []
    if standing.diverged > 0 { notes.append("diverged on \(standing.diverged) of \(standing.runs) seeds") }
    if standing.runs == 0 { notes.append("not judged") }
    notes += chosen(entry)
    return "<span class=\"\(ReportPalette.className(standing.index)) nowrap\">\(swatch)"
      + "\(Markup.escape(standing.title))</span><small>\(Markup.escape(notes.joined(separator: "; ")))</small>"
  }

  /// What the draws chose, by hyper-parameter: `learningRate 0.010 … 0.013`.
  private func chosen(_ entry: Tournament.Entry) -> [String] {
    let choices = entry.draws.compactMap(\.chosen)
    guard let first = choices.first else { return [] }
    let settings = first.indices.map { i in
      let values = choices.map { $0[i].value }
      let ends = [values.min() ?? first[i].value, values.max() ?? first[i].value].map { NumberText.significant($0, 3) }
      return "\(first[i].name) " + (ends[0] == ends[1] ? ends[0] : ends.joined(separator: " … "))
    }
    return [settings.joined(separator: ", ")]
  }

  private func metric(_ standing: TournamentSummary.TaskStanding, _ task: Tournament.TaskResult) -> String {
    guard let spread = standing.metric else { return "–" }
    guard let interval = standing.metricInterval else { return task.metric.text(spread) }
    return task.metric.text(spread.mean)
      + "<br>[\(task.metric.text(interval.lowerBound)), \(task.metric.text(interval.upperBound))]"
  }

  private func difference(_ standing: TournamentSummary.TaskStanding, _ task: Tournament.TaskResult) -> String {
    switch standing.verdict {
    case .best: "best"
    case .differenceShown(let difference): Markup.escape(task.metric.text(difference)) + "<br>shown"
    case .noDifferenceShown(let difference): Markup.escape(task.metric.text(difference)) + "<br>not shown"
    case .nothingCanBeClaimed: "–"
    }
  }

  private static func median(
    _ entry: Tournament.Entry, _ value: (RunRecord) -> Double?, _ text: (Double) -> String
  ) -> String {
    SampleSummary.median(entry.runs.compactMap(value)).map(text) ?? "–"
  }

  private static func capitalized(_ text: String) -> String {
    Markup.escape(text.prefix(1).uppercased() + text.dropFirst())
  }

  /// - Parameter rows: cells as markup.
  private static func table(_ heads: [String], _ rows: [[String]]) -> String {
    let head = heads.map { "<th scope=\"col\">\($0)</th>" }.joined()
    let body = rows.map { "<tr><td>\($0.joined(separator: "</td><td>"))</td></tr>" }
    return "<div class=\"scroll\"><table><thead><tr>\(head)</tr></thead><tbody>\(body.joined(separator: "\n"))</tbody>"
      + "</table></div>"
  }
}
