import Foundation

/// A tournament as one self-contained HTML page: ranking, profile, and for each task curves, sensitivity and a table.
///
/// The page loads nothing from anywhere and is complete without scripts. All text is escaped.
public struct TournamentReport: Sendable {
  let tournament: Tournament
  let summary: TournamentSummary

  public init(_ tournament: Tournament) {
    self.tournament = tournament
    summary = TournamentSummary(tournament)
  }

  /// The whole page.
  public func html() -> String {
    let methods = tournament.contestants.count { !$0.isRepeat }
    let title =
      "\(methods) method\(methods == 1 ? "" : "s") compared on \(tournament.tasks.count) "
      + "task\(tournament.tasks.count == 1 ? "" : "s")"
    return """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <title>\(title)</title>
      <style>
      \(ReportStyle.css)
      \(ReportStyle.tournament)
      \(ReportPalette.style(used: tournament.contestants.count))
      </style>
      </head>
      <body>
      <main>
      <header>
      <h1>\(title)</h1>
      <p class="headline">\(Markup.escape(summary.headline(tournament)))</p>
      \(facts)
      </header>
      \(TournamentRanking(tournament: tournament, summary: summary).html())
      \(legend)
      \(profile)
      \(tournament.tasks.indices.map(task).joined(separator: "\n"))
      \(procedure)
      \(origin)
      </main>
      <div id="tip" role="status" hidden></div>
      <script>
      \(ReportScript.source)
      </script>
      </body>
      </html>

      """
  }

  private var facts: String {
    let plan = tournament.plan
    return Self.list([
      ("Tuning", plan.trials == 0 ? "none" : "\(plan.trials) trials × \(plan.tuningSeeds) seeds"),
      ("Judging", ComparisonHeadline.seeds(plan.seeds)), ("Cost", plan.cost.title),
      ("Tasks", tournament.tasks.map(\.name).joined(separator: ", ")),
    ])
  }

  private var legend: String {
    let keys = tournament.contestants.enumerated().map { index, contestant in
      "<li class=\"key \(ReportPalette.className(index))\" data-key=\"\(index)\">"
        + "<svg width=\"26\" height=\"10\" aria-hidden=\"true\"><path class=\"line\" d=\"M0 5H26\"/></svg>"
        + "\(Markup.escape(contestant.title))</li>"
    }
    return "<ul class=\"legend sticky\">\(keys.joined())</ul>"
  }

  private var profile: String {
    guard let chart = TournamentCharts(tournament: tournament, summary: summary).profile() else { return "" }
    return """
      <section>
      <h2>Performance profile</h2>
      <p class="note">The share of tasks that a method solved within a multiple of the least cost of any method: at 1 the \
      tasks it was best on, at 4 those that it solved in four times the best one's \(tournament.plan.cost.title) or less. \
      The area under the line is the score.</p>
      <figure class="wide">\(chart)</figure>
      </section>
      """
  }

  private func task(_ index: Int) -> String {
    let task = tournament.tasks[index]
    let charts = TournamentCharts(tournament: tournament, summary: summary)
    let empty = "<p class=\"empty\">No finite value to draw.</p>"
    var figures = TournamentCharts.Progress.allCases.map { charts.curve(task, against: $0) ?? empty }
    if tournament.plan.trials > 0 { figures.append(charts.sensitivity(task) ?? empty) }
    let direction = task.metric.higherIsBetter ? "higher is better" : "lower is better"
    var notes =
      "Lines are means over judged seeds, bands span the smallest to the largest; "
      + "\(task.metric.title): \(direction)."
    if tournament.plan.trials > 0 {
      notes +=
        " Sensitivity: the final metric on the validation part. Lines are the chosen setting with other rates, dots the "
        + "trials of the search; diverged runs have no mark."
    }
    return """
      <section>
      <h2>\(Markup.escape(task.title))</h2>
      <p class="about">\(Markup.escape(task.summary)) Target: \(Markup.escape(task.metric.title)) \
      \(Markup.escape(task.metric.targetText(task.target))). Budget: \(NumberText.count(Double(task.budget))) gradient \
      evaluations.</p>
      <p class="note">\(Markup.escape(notes))</p>
      <div class="charts">
      \(figures.map { "<figure>\($0)</figure>" }.joined(separator: "\n"))
      </div>
      \(TournamentTables(tournament: tournament, summary: summary).task(index))
      </section>
      """
  }

  private var procedure: String {
    let statements = TournamentProtocol(tournament).statements.map { statement -> String in
      let parts = statement.split(separator: ":", maxSplits: 1)
      guard parts.count == 2, parts[0].count < 12 else { return "<li>\(Markup.escape(statement))</li>" }
      return "<li><b>\(Markup.escape(String(parts[0])))</b>:\(Markup.escape(String(parts[1])))</li>"
    }
    let tables = TournamentTables(tournament: tournament, summary: summary)
    return """
      <section>
      <h2>Protocol</h2>
      <ul class="protocol">\(statements.joined(separator: "\n"))</ul>
      \(tables.targets())
      \(tables.spaces())
      </section>
      """
  }

  private var origin: String {
    """
    <section>
    <h2>Run it again</h2>
    <pre><code>\(Markup.escape(tournament.commandLine))</code></pre>
    \(Self.list(
      [("Date", tournament.date.ISO8601Format()), ("Machine", tournament.machine)]
        + tournament.versions.map { ($0.name, $0.value) }))
    </section>
    """
  }

  private static func list(_ rows: [(String, String)]) -> String {
    let items = rows.map { "<div><dt>\(Markup.escape($0.0))</dt><dd>\(Markup.escape($0.1))</dd></div>" }
    return "<dl class=\"facts\">\(items.joined())</dl>"
  }
}
