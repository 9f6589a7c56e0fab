import DescentTrain
import DescentText

/// A tournament as plain text for a terminal: the ranking, then each task.
public struct TournamentTable: Sendable {
  private let tournament: Tournament
  private let summary: TournamentSummary

  /// The table of a tournament and its summary.
  public init(_ tournament: Tournament) {
    self.tournament = tournament
    summary = TournamentSummary(tournament)
  }

  /// - Parameter width: columns of the terminal; less than 80 is taken as 80.
  public func text(width: Int = 100) -> String {
    let width = max(80, width)
    var lines = TextLayout.wrap(setting, width: width) + [""]
    if !summary.scoredTasks.isEmpty { lines += ranking(width) + [""] }
    for (task, standings) in zip(tournament.tasks, summary.tasks) { lines += self.task(task, standings, width) + [""] }
    lines += TextLayout.wrap(summary.headline(tournament), width: width)
    lines += TextLayout.wrap(legend, width: width)
    return lines.joined(separator: "\n") + "\n"
  }

  private var setting: String {
    let (plan, count) = (tournament.plan, tournament.tasks.count)
    let draws = "\(tournament.draws) draw\(tournament.draws == 1 ? "" : "s")"
    let trials = "\(plan.trials) trial\(plan.trials == 1 ? "" : "s")"
    let tuning =
      plan.trials == 0 ? "defaults, no tuning" : "\(draws) of \(trials) of tuning for each method and task"
    return "\(count) task\(count == 1 ? "" : "s") · \(tuning) · \(ComparisonHeadline.seeds(plan.seeds)) · cost in "
      + plan.cost.title
  }

  private var legend: String {
    let (what, others) = summary.exchangesTasks ? ("tasks", "other tasks of this kind") : ("draws", "no other tasks")
    return
      "Score: mean over tasks and draws of max(0, 4 − r)/3, r the median cost to the target over the best one's; in "
      + "brackets 95 % intervals over \(what). Differences are claimed after an exchange of \(what), "
      + "corrected for all methods, and only above those of a method with itself; they are about other seeds, "
      + "other draws of the tuning, and \(others)."
  }

  private func ranking(_ width: Int) -> [String] {
    var rows = [
      ["", "method", "score", "with itself", "solved", "missed", "seconds", "CPU s", "evaluations", "against the best"]
    ]
    for standing in summary.standings {
      rows.append([
        "\(standing.rank)", TextLayout.shorten(standing.title, to: 26), TournamentSummary.text(standing),
        standing.selfDifference.map { "±" + NumberText.fixed($0, decimals: 2) } ?? "–",
        "\(standing.solved)/\(summary.scoredTasks.count)", "\(standing.misses)/\(standing.runs)",
        NumberText.seconds(standing.seconds), NumberText.seconds(standing.cpuSeconds),
        NumberText.count(Double(standing.evaluations)),
        Self.verdict(standing.verdict) { NumberText.fixed($0, decimals: 2) },
      ])
    }
    return Self.aligned(rows, leading: [1, 9], width)
  }

  private func task(
    _ task: Tournament.TaskResult, _ standings: [TournamentSummary.TaskStanding], _ width: Int
  ) -> [String] {
    let cost = tournament.plan.cost
    let title =
      "\(task.title) (\(task.name)): target \(task.metric.title) \(task.metric.targetText(task.target)), budget "
      + "\(NumberText.count(Double(task.budget))) gradient evaluations"
    var rows = [["method", task.metric.title, cost.title, "ratio", "reached", "note"]]
    for standing in standings {
      rows.append([
        TextLayout.shorten(standing.title, to: 26), standing.metric.map(task.metric.text) ?? "–",
        standing.runs == 0 ? "–" : cost.text(standing.cost),
        standing.ratio.isFinite ? NumberText.fixed(standing.ratio, decimals: 2) : "–",
        "\(standing.reached)/\(standing.runs)", Self.note(standing, task.metric),
      ])
    }
    return TextLayout.wrap(title, width: width) + Self.aligned(rows, leading: [0, 5], width)
  }

  private static func note(_ standing: TournamentSummary.TaskStanding, _ metric: Metric) -> String {
    guard standing.runs > 0 else { return "not judged" }
    if standing.diverged > 0 { return "diverged on \(standing.diverged) of \(standing.runs) seeds" }
    return standing.verdict == .best
      ? "best \(metric.title)" : verdict(standing.verdict) { metric.differenceText($0) }
  }

  static func verdict(_ verdict: ComparisonSummary.Verdict, _ text: (Double) -> String) -> String {
    func difference(_ difference: PairedDifference) -> String {
      "\(text(difference.mean)) [\(text(difference.interval.lowerBound)), \(text(difference.interval.upperBound))]"
    }
    return switch verdict {
    case .best: "best"
    case .differenceShown(let shown): difference(shown)
    case .noDifferenceShown(let other): "\(difference(other)), no claim"
    case .nothingCanBeClaimed: "no claim"
    }
  }

  /// Columns of equal width, a rule under the first row.
  ///
  /// - Parameter leading: columns of words, which begin at the left.
  private static func aligned(_ rows: [[String]], leading: Set<Int>, _ width: Int) -> [String] {
    let widths = rows[0].indices.map { column in rows.map { TextLayout.width($0[column]) }.max() ?? 0 }
    var lines = rows.map { row in
      TextLayout.trimEnd(
        row.indices.map { TextLayout.pad(row[$0], to: widths[$0], alignRight: !leading.contains($0)) }
          .joined(separator: "  "))
    }
    lines.insert(String(repeating: "─", count: min(width, lines.map(TextLayout.width).max() ?? width)), at: 1)
    return lines
  }
}
