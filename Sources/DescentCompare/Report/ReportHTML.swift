import DescentCPU
import DescentText
import Foundation

/// A comparison as one self-contained HTML page: charts, tables and everything needed to run it again.
///
/// The page loads nothing from anywhere, is complete without scripts, follows the reader's light or dark setting, and
/// prints. All text from the comparison is escaped.
public struct ReportHTML: Sendable {
  /// There is nothing to set.
  public init() {}

  /// The whole page.
  public func html(for comparison: Comparison) -> String {
    let summary = ComparisonSummary(comparison)
    let curves = LearningCurves(comparison: comparison, summary: summary)
    let tables = ReportTables(comparison: comparison, summary: summary)
    let title = "\(comparison.task): \(Self.methods(comparison.methods.count)) compared"
    let main = """
      <header>
      <h1>\(Markup.escape(title))</h1>
      <p class="headline">\(Markup.escape(summary.headline))</p>
      \(speed(comparison, summary))
      <p class="about">\(Markup.escape(comparison.taskDescription))</p>
      \(facts(comparison))
      </header>
      \(ranking(comparison, summary))
      \(learning(comparison, curves))
      <section>
      <h2>Results</h2>
      \(tables.results())
      \(tables.seeds())
      </section>
      <section>
      <h2>Methods and settings</h2>
      \(tables.settings())
      </section>
      \(origin(comparison))
      """
    return ReportPage.html(title: title, colors: comparison.methods.count, main: main)
  }

  private static func methods(_ count: Int) -> String { count == 1 ? "1 method" : "\(count) methods" }

  /// Which method reached the target first, among those that reached it on every seed.
  private func speed(_ comparison: Comparison, _ summary: ComparisonSummary) -> String {
    guard let target = comparison.target else { return "" }
    let text = comparison.metric.targetText(target)
    let reliable = summary.methods.filter { $0.isComplete && $0.reached == $0.runs }
    let bySteps = reliable.compactMap { method in method.stepsToTarget.map { (method.title, $0) } }.min { $0.1 < $1.1 }
    let byTime = reliable.compactMap { method in method.secondsToTarget.map { (method.title, $0) } }
      .min { $0.1 < $1.1 }
    var clauses: [String] = []
    if let bySteps { clauses.append("\(bySteps.0) in the fewest steps (\(NumberText.count(bySteps.1)))") }
    if let byTime { clauses.append("\(byTime.0) in the least time (\(NumberText.seconds(byTime.1)) s)") }
    let sentence: String
    if clauses.isEmpty {
      sentence = "No method reached the target of \(text) on every seed."
    } else {
      sentence =
        "The target of \(text) was reached by \(clauses.joined(separator: ", by ")); medians of the methods "
        + "that reached it on every seed."
    }
    return "<p class=\"speed\">\(Markup.escape(sentence))</p>"
  }

  private func facts(_ comparison: Comparison) -> String {
    var facts: [(String, String)] = [
      ("Network", comparison.network), ("Loss", comparison.loss), ("Batch", NumberText.count(Double(comparison.batch))),
      ("Epochs", NumberText.count(Double(comparison.epochs))),
      ("Seeds", comparison.seeds.map(String.init).joined(separator: ", ")),
    ]
    facts.append(("Target", comparison.target.map(comparison.metric.targetText) ?? "none set"))
    return ReportPage.facts(facts)
  }

  private func ranking(_ comparison: Comparison, _ summary: ComparisonSummary) -> String {
    let chart = RankingChart(comparison: comparison, summary: summary).html()
    let metric = comparison.metric
    let direction = metric.higherIsBetter ? "higher is better" : "lower is better"
    let unit = metric.format == .percent ? ", in percentage points" : ""
    let marks =
      summary.hasSeveralSeeds
      ? "Bar: mean. Circles: one per seed. Whisker: 95 % t-interval of the mean. "
        + "In brackets: 95 % t-interval of the per-seed differences to the best method\(unit), each for one pair; a "
        + "difference is shown when the paired t-test holds, corrected for the number of methods. It is then "
        + "about other seeds of this task with these hyper-parameters, not about other rates or tasks."
      : "One seed per method: there is no spread to judge differences by."
    return """
      <section>
      <h2>Ranking by final \(Markup.escape(metric.title))</h2>
      <p class="note">Measured after the last epoch; \(direction). \(marks) The axis is zoomed and need not start at \
      0.</p>
      \(chart ?? "<p class=\"empty\">No run finished with a finite result.</p>")
      </section>
      """
  }

  private func learning(_ comparison: Comparison, _ curves: LearningCurves) -> String {
    let several = comparison.methods.contains { $0.runs.count > 1 }
    var notes = ["One seed per method."]
    if several {
      notes = [
        "Lines are means over seeds; the band spans the smallest to the largest seed and is not a confidence interval.",
        "Against time, each point stands at the seeds' mean time of its step.",
      ]
    }
    if comparison.methods.contains(where: { $0.runs.contains { $0.divergedAtStep != nil } }) {
      notes.append(
        "A cross marks the last finite measurement of a run that diverged; a method's mean ends there, and "
          + "its other seeds go on as thin lines.")
    }
    let offAxis = curves.offAxis()
    if !offAxis.isEmpty {
      notes.append("Outside the zoomed \(comparison.metric.title) axis: \(offAxis.joined(separator: ", ")).")
    }
    let charts: [(LearningCurves.Quantity, LearningCurves.Progress)] = [
      (.loss, .step), (.loss, .seconds), (.metric, .step), (.metric, .seconds),
    ]
    let figures = charts.map { quantity, progress in
      "<figure>\(curves.chart(quantity, against: progress) ?? ReportPage.nothingToDraw)</figure>"
    }
    return """
      <section>
      <h2>Learning curves</h2>
      <p class="note">\(Markup.escape(notes.joined(separator: " ")))</p>
      \(ReportPage.legend(comparison.methods.map(\.title)))
      <div class="charts">
      \(figures.joined(separator: "\n"))
      </div>
      </section>
      """
  }

  private func origin(_ comparison: Comparison) -> String {
    ReportPage.origin(
      comparison.commandLine,
      [("Date", comparison.date.ISO8601Format()), ("Machine", comparison.machine)]
        + comparison.versions.map { ($0.name, $0.value) })
  }
}
