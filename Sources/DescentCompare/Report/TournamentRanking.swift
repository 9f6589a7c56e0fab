import DescentGraph
import DescentText

/// The scores: one row per method with its score, its interval and what is known about the difference to the best.
struct TournamentRanking {
  let tournament: Tournament
  let summary: TournamentSummary

  private static let rowHeight = 34.0
  private static let scale = ChartScale(.linear, 0...1)

  func html() -> String {
    guard !summary.scoredTasks.isEmpty else {
      return "<section><h2>Ranking</h2><p class=\"empty\">No task has judged runs of every method.</p></section>"
    }
    let labels = Self.scale.ticks(5).compactMap { tick in
      Self.scale.position(tick.value).map {
        "<text class=\"tick\" x=\"\(Markup.percent($0))\" y=\"13\" text-anchor=\"middle\">\(tick.label)</text>"
      }
    }
    return """
      <section>
      <h2>Ranking by score</h2>
      <p class="note">1: the least \(tournament.plan.cost.title) to the target in every draw on every task; 0: never within four \
      times the least. Bar: the score. Whisker: 95 % interval over \(summary.exchangesTasks ? "tasks" : "draws"). \
      Below the value: tasks solved by the median run, runs that missed their target, how far the method differs from itself \
      in other draws, and its difference to the best one with an interval.</p>
      <div class="ranking">
      \(summary.standings.map(row).joined(separator: "\n"))
      <div class="rankrow axisrow"><span class="rankname"></span>\
      <svg class="rank" width="100%" height="18" aria-hidden="true">\(labels.joined())</svg>\
      <span class="rankvalue muted">score</span></div>
      </div>
      </section>
      """
  }

  private func row(_ standing: TournamentSummary.Standing) -> String {
    let value = TournamentSummary.text(standing)
    let misses = standing.misses == 0 ? "no run missed" : "\(standing.misses) of \(standing.runs) runs missed"
    var facts = ["solved \(standing.solved) of \(summary.scoredTasks.count), \(misses)"]
    if let own = standing.selfDifference { facts.append("with itself ±" + NumberText.fixed(own, decimals: 2)) }
    facts.append(verdict(standing))
    let lines = facts.map { "<small>\(Markup.escape($0))</small>" }
    return """
      <div class="rankrow \(ReportPalette.className(standing.index))"><span class="rankname"><i class="place">\
      \(standing.rank)</i><b>\(Markup.escape(standing.title))</b></span>\
      <svg class="rank" width="100%" height="\(Markup.coordinate(Self.rowHeight))" role="img" \
      aria-label="\(Markup.escape(standing.title + ": " + value))">\(marks(standing))</svg>\
      <span class="rankvalue"><b>\(Markup.escape(value))</b>\(lines.joined())</span></div>
      """
  }

  private func verdict(_ standing: TournamentSummary.Standing) -> String {
    func text(_ difference: PairedDifference) -> String {
      "\(signed(difference.mean)) [\(signed(difference.interval.lowerBound)), \(signed(difference.interval.upperBound))]"
        .replacing(" ", with: "\u{A0}")
    }
    switch standing.verdict {
    case .best: return "best score"
    case .differenceShown(let difference): return "supported: \(text(difference))"
    case .noDifferenceShown(let difference): return "not supported: \(text(difference))"
    case .nothingCanBeClaimed(let reason): return "no claim: \(reason)"
    }
  }

  private func signed(_ value: Double) -> String {
    let text = NumberText.fixed(abs(value), decimals: 2)
    return text == "0.00" ? text : (value < 0 ? "−" : "+") + text
  }

  private func marks(_ standing: TournamentSummary.Standing) -> String {
    let middle = Self.rowHeight / 2
    var parts = Self.scale.ticks(5).compactMap { tick in
      Self.scale.position(tick.value).map { position in
        let x = Markup.percent(position)
        return "<line class=\"grid\" x1=\"\(x)\" x2=\"\(x)\" y1=\"0\" y2=\"\(Markup.coordinate(Self.rowHeight))\"/>"
      }
    }
    if let interval = standing.interval {
      let ends = [interval.lowerBound, interval.upperBound].map(Markup.percent)
      parts.append(
        "<line class=\"whisker\" x1=\"\(ends[0])\" x2=\"\(ends[1])\" y1=\"\(middle)\" y2=\"\(middle)\"/>")
      for x in ends {
        parts.append("<line class=\"whisker\" x1=\"\(x)\" x2=\"\(x)\" y1=\"\(middle - 5)\" y2=\"\(middle + 5)\"/>")
      }
    }
    let x = Markup.percent(standing.score)
    parts.append("<line class=\"mean\" x1=\"\(x)\" x2=\"\(x)\" y1=\"\(middle - 10)\" y2=\"\(middle + 10)\"/>")
    return parts.joined()
  }
}
