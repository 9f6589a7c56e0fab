import DescentText

/// The report's tables: results, single seeds, and the settings of every method.
struct ReportTables {
  let comparison: Comparison
  let summary: ComparisonSummary

  /// One row per method, best first.
  func results() -> String {
    let metric = comparison.metric
    let showsMemory = comparison.methods.contains { $0.runs.contains { $0.peakMemoryBytes != nil } }
    let unit = metric.format == .percent ? " (points)" : ""
    var heads = ["#", "Method", metric.title.prefix(1).uppercased() + metric.title.dropFirst()]
    if summary.hasSeveralSeeds { heads.append("Difference to best\(unit)") }
    if comparison.target != nil { heads += ["Steps to target", "Seconds to target", "Reached"] }
    heads += ["Final loss", "Steps", "Seconds"]
    if showsMemory { heads.append("Peak memory") }
    let rows = summary.methods.map { line -> String in
      let result = comparison.methods[line.index]
      var cells = [
        line.rank.map { "\($0)" } ?? "–", name(line) + notes(line), text(line.metric.map(metric.text)),
      ]
      if summary.hasSeveralSeeds { cells.append(difference(line)) }
      if comparison.target != nil {
        cells += [
          text(line.stepsToTarget.map(NumberText.count)), text(line.secondsToTarget.map(NumberText.seconds)),
          "\(line.reached) of \(line.runs)",
        ]
      }
      let steps = SampleSummary.median(result.runs.map { Double($0.steps) })
      let seconds = SampleSummary.median(result.runs.map(\.seconds))
      cells.append(text(line.finalLoss.map { NumberText.significant($0.mean) }))
      cells += [text(steps.map(NumberText.count)), text(seconds.map(NumberText.seconds))]
      if showsMemory { cells.append(text(result.runs.compactMap(\.peakMemoryBytes).max().map(NumberText.mebibytes))) }
      return row(cells)
    }
    let caption =
      "± is the sample standard deviation over seeds. Steps and seconds to target are medians over the "
      + "runs that reached it; the last steps and seconds are medians of whole runs; losses are means. Methods that "
      + "did not finish on every seed are ranked after those that did."
    return table(heads: heads, rows: rows, className: "results") + "<p class=\"note\">\(caption)</p>"
  }

  /// The final metric of every run.
  func seeds() -> String {
    var seeds = comparison.seeds
    for run in comparison.methods.flatMap(\.runs) where !seeds.contains(run.seed) { seeds.append(run.seed) }
    guard seeds.count > 1 else { return "" }
    let rows = summary.methods.map { line in
      let bySeed = Dictionary(line.metricBySeed.map { ($0.seed, $0.value) }, uniquingKeysWith: { first, _ in first })
      return row(["", name(line)] + seeds.map { seed in text(bySeed[seed].map(comparison.metric.text)) })
    }
    let heads = ["", "Method"] + seeds.map { "Seed \($0)" }
    return "<details><summary>Final \(Markup.escape(comparison.metric.title)) of every run</summary>"
      + table(heads: heads, rows: rows, className: "seeds") + "</details>"
  }

  /// What every method does and the hyper-parameters it ran with, in the order the user named them.
  func settings() -> String {
    let rows = comparison.methods.enumerated().map { index, method in
      let settings = method.hyperparameters.map { entry in
        "<span class=\"setting\">\(Markup.escape(entry.name))&nbsp;<b>\(Markup.escape(entry.value))</b></span>"
      }
      let family = method.family.isEmpty ? "" : "<small>\(Markup.escape(method.family))</small>"
      return "<div class=\"method \(ReportPalette.className(index))\"><h3>\(Self.swatch)\(Markup.escape(method.title)) "
        + "<code>\(Markup.escape(method.method))</code></h3>\(family)<p>\(Markup.escape(method.oneLine))</p>"
        + "<p class=\"settings\"><span class=\"setting\">batch&nbsp;<b>\(NumberText.count(Double(method.batch)))</b>"
        + "</span>\(settings.joined())</p></div>"
    }
    return "<div class=\"methods\">\(rows.joined(separator: "\n"))</div>"
  }

  private static let swatch =
    "<svg class=\"swatch\" width=\"18\" height=\"10\" aria-hidden=\"true\"><path class=\"line\" d=\"M0 5H18\"/></svg>"

  private func name(_ line: ComparisonSummary.Method) -> String {
    "<span class=\"\(ReportPalette.className(line.index)) nowrap\">\(Self.swatch)\(Markup.escape(line.title))</span>"
  }

  private func notes(_ line: ComparisonSummary.Method) -> String {
    let notes = line.notes(in: comparison)
    return notes.isEmpty ? "" : "<small>\(Markup.escape(notes.joined(separator: "; ")))</small>"
  }

  private func difference(_ line: ComparisonSummary.Method) -> String {
    switch line.verdict {
    case .best: "best"
    case .differenceShown(let difference), .noDifferenceShown(let difference):
      Markup.escape(comparison.metric.text(difference))
    case .nothingCanBeClaimed: "–"
    }
  }

  private func text(_ value: String?) -> String { Markup.escape(value ?? "–") }

  private func row(_ cells: [String]) -> String { "<tr><td>\(cells.joined(separator: "</td><td>"))</td></tr>" }

  private func table(heads: [String], rows: [String], className: String) -> String {
    let head = heads.map { "<th scope=\"col\">\(Markup.escape($0))</th>" }.joined()
    return "<div class=\"scroll\"><table class=\"\(className)\"><thead><tr>\(head)</tr></thead>"
      + "<tbody>\(rows.joined(separator: "\n"))</tbody></table></div>"
  }
}
