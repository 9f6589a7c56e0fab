import DescentText

/// A comparison as plain text for a terminal.
public struct ComparisonTable: Sendable {
  /// Widest method name shown in full; longer ones lose their middle, so that both ends still tell them apart.
  static let widestName = 20

  private let comparison: Comparison
  private let summary: ComparisonSummary

  /// The table of a comparison and its summary.
  public init(_ comparison: Comparison) {
    self.comparison = comparison
    summary = ComparisonSummary(comparison)
  }

  /// The table under its headline, best method first, ending in a line break.
  ///
  /// - Parameter width: columns of the terminal; less than 80 is taken as 80.
  public func text(width: Int = 100) -> String {
    let width = max(80, width)
    var lines = TextLayout.wrap(setting, width: width)
    lines.append("")
    lines += table(width: width)
    lines.append("")
    lines += TextLayout.wrap(summary.headline, width: width)
    lines += TextLayout.wrap(legend, width: width)
    return lines.joined(separator: "\n") + "\n"
  }

  private var setting: String {
    var parts = [comparison.task, "network \(comparison.network)", "batch \(comparison.batch)"]
    parts.append("\(comparison.epochs) epochs")
    parts.append(ComparisonHeadline.seeds(comparison.seeds.count))
    if let target = comparison.target { parts.append("target \(comparison.metric.targetText(target))") }
    return parts.joined(separator: " · ")
  }

  private var legend: String {
    guard summary.hasSeveralSeeds else { return "" }
    return "± is the sample standard deviation over seeds; steps and seconds to target are medians over the runs "
      + "that reached it; losses are means. What is shown is about other seeds of this task with these hyper-parameters, "
      + "not about other rates or tasks."
  }

  private func table(width: Int) -> [String] {
    var rows: [[String]] = [
      ["", comparison.metric.title, "steps", "seconds", "final", ""],
      ["method", summary.hasSeveralSeeds ? "mean ± std" : "at the end", "to target", "to target", "loss", "note"],
    ]
    var notes: [[String]] = []
    for method in summary.methods {
      rows.append([
        TextLayout.shorten(method.method, to: Self.widestName),
        method.metric.map(comparison.metric.text) ?? "–",
        method.stepsToTarget.map(NumberText.count) ?? "–",
        method.secondsToTarget.map(NumberText.seconds) ?? "–",
        method.finalLoss.map { NumberText.significant($0.mean) } ?? "–",
        "",
      ])
      notes.append(method.notes(in: comparison))
    }
    let columns = 5
    let widths = (0..<columns).map { column in rows.map { TextLayout.width($0[column]) }.max() ?? 0 }
    let indent = widths.reduce(0) { $0 + $1 + 2 }
    var lines: [String] = []
    for (index, row) in rows.enumerated() {
      let cells = (0..<columns).map { column in
        TextLayout.pad(row[column], to: widths[column], alignRight: column > 0)
      }
      let start = cells.joined(separator: "  ")
      guard index >= 2 else {
        lines.append(TextLayout.trimEnd(start + "  " + row[5]))
        if index == 1 { lines.append(String(repeating: "─", count: width)) }
        continue
      }
      let wrapped = TextLayout.wrap(notes[index - 2].joined(separator: "; "), width: max(12, width - indent))
      lines.append(TextLayout.trimEnd(start + "  " + (wrapped.first ?? "")))
      lines += wrapped.dropFirst().map { String(repeating: " ", count: indent) + $0 }
    }
    return lines
  }
}
