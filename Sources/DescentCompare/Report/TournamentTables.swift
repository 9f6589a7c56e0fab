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
    let heads = [
      "#", "Method", "Final " + Markup.escape(task.metric.title), "Difference to best" + points,
      Self.capitalized(cost.title) + " to target", "Ratio", "Reached", "Steps", "Evaluations", "Seconds", "CPU s",
    ]
    var place = 0
    let rows = summary.tasks[index].map { standing -> [String] in
      let entry = task.entries[standing.index]
      let isRepeat = tournament.contestants[standing.index].isRepeat
      if !isRepeat { place += 1 }
      return [
        isRepeat ? "–" : "\(place)", name(standing, entry),
        metric(standing, task), difference(standing, task), self.cost(standing, cost),
        standing.ratio.isFinite ? NumberText.fixed(standing.ratio, decimals: 2) : "–",
        "\(standing.reached) of \(standing.runs)",
        Self.median(entry, { Double($0.steps) }, NumberText.count),
        Self.median(entry, { $0.gradientEvaluations.map(Double.init) }, NumberText.count),
        Self.median(entry, { $0.seconds }, NumberText.seconds),
        Self.median(entry, { $0.cpuSeconds }, NumberText.seconds),
      ]
    }
    return Self.table(heads, rows)
      + "<p class=\"note\">In brackets 95 % bootstrap intervals. To target: the median over all runs, those that missed it "
      + "counted as infinite. Steps, evaluations and times: medians of whole runs.</p>"
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
    let rows = tournament.contestants.filter { !$0.isRepeat }.map { contestant in
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
    if let chosen = entry.chosen {
      notes.append(chosen.map { "\($0.name) \(NumberText.significant($0.value, 3))" }.joined(separator: ", "))
    }
    return "<span class=\"\(ReportPalette.className(standing.index)) nowrap\">\(swatch)"
      + "\(Markup.escape(standing.title))</span><small>\(Markup.escape(notes.joined(separator: "; ")))</small>"
  }

  private func metric(_ standing: TournamentSummary.TaskStanding, _ task: Tournament.TaskResult) -> String {
    guard let spread = standing.metric else { return "–" }
    let interval = standing.metricInterval.map {
      "<br>[\(task.metric.text($0.lowerBound)), \(task.metric.text($0.upperBound))]"
    }
    return task.metric.text(spread.mean) + (interval ?? "")
  }

  private func difference(_ standing: TournamentSummary.TaskStanding, _ task: Tournament.TaskResult) -> String {
    switch standing.verdict {
    case .best: "best"
    case .differenceShown(let difference): Markup.escape(task.metric.text(difference)) + "<br>shown"
    case .noDifferenceShown(let difference): Markup.escape(task.metric.text(difference)) + "<br>not shown"
    case .nothingCanBeClaimed: "–"
    }
  }

  private func cost(_ standing: TournamentSummary.TaskStanding, _ cost: Tournament.Cost) -> String {
    guard standing.runs > 0 else { return "–" }
    // Where no run was near, "missed" says it all.
    let known = standing.costInterval.flatMap { $0.lowerBound.isFinite ? $0 : nil }
    let interval = known.map { "<br>[\(cost.text($0.lowerBound)), \(cost.text($0.upperBound))]" }
    return cost.text(standing.cost) + (interval ?? "")
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
