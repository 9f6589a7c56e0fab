import DescentCPU
import DescentText
import Foundation

/// A tournament as one self-contained HTML page: ranking, profile, and for each task curves, sensitivity and a table.
///
/// The page loads nothing from anywhere and is complete without scripts. All text is escaped.
public struct TournamentReport: Sendable {
  let tournament: Tournament
  let summary: TournamentSummary

  /// The page of a tournament and its summary.
  public init(_ tournament: Tournament) {
    self.tournament = tournament
    summary = TournamentSummary(tournament)
  }

  /// The whole page.
  public func html() -> String {
    let methods = tournament.contestants.count
    let title =
      "\(methods) method\(methods == 1 ? "" : "s") compared on \(tournament.tasks.count) "
      + "task\(tournament.tasks.count == 1 ? "" : "s")"
    let main = """
      <header>
      <h1>\(title)</h1>
      <p class="headline">\(Markup.escape(summary.headline(tournament)))</p>
      \(facts)
      </header>
      \(TournamentRanking(tournament: tournament, summary: summary).html())
      \(ReportPage.legend(tournament.contestants.map(\.title), isSticky: true))
      \(profile)
      \(tournament.tasks.indices.map(task).joined(separator: "\n"))
      \(procedure)
      \(origin)
      """
    return ReportPage.html(title: title, colors: tournament.contestants.count, main: main)
  }

  private var facts: String {
    let plan = tournament.plan
    return ReportPage.facts([
      ("Tuning", plan.trials == 0 ? "none" : "\(plan.trials) trials, drawn \(tournament.draws) times"),
      ("Judging", ComparisonHeadline.seeds(plan.seeds)), ("Cost", plan.cost.title),
      ("Tasks", tournament.tasks.map(\.name).joined(separator: ", ")),
    ])
  }

  private var profile: String {
    guard let chart = TournamentCharts(tournament: tournament, summary: summary).profile() else { return "" }
    return """
      <section>
      <h2>Performance profile</h2>
      <p class="note">The share of draws on all tasks that a method solved within a multiple of the least cost of any \
      method: at 1 those it was best in, at 4 those that it solved in four times the best one's \(tournament.plan.cost.title) or less. \
      The area under the line is the score.</p>
      <figure class="wide">\(chart)</figure>
      </section>
      """
  }

  private func task(_ index: Int) -> String {
    let task = tournament.tasks[index]
    let charts = TournamentCharts(tournament: tournament, summary: summary)
    var figures = TournamentCharts.Progress.allCases.map { charts.curve(task, against: $0) ?? ReportPage.nothingToDraw }
    if tournament.plan.trials > 0 { figures.append(charts.sensitivity(task) ?? ReportPage.nothingToDraw) }
    let direction = task.metric.higherIsBetter ? "higher is better" : "lower is better"
    var notes =
      "Lines are means over judged seeds, bands span the smallest to the largest; "
      + "\(task.metric.title): \(direction)."
    if tournament.plan.trials > 0 {
      notes +=
        " Sensitivity: the final metric on the validation part. Lines are the first draw's choice with other rates, dots the "
        + "trials of all draws; diverged runs have no mark."
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
    ReportPage.origin(
      tournament.commandLine,
      [("Date", tournament.date.ISO8601Format()), ("Machine", tournament.machine)]
        + tournament.versions.map { ($0.name, $0.value) })
  }
}
