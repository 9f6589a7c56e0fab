import DescentText

extension TournamentSummary {
  /// One to four sentences: which method has the best score, what is known about its lead, and what is not.
  public func headline(_ tournament: Tournament) -> String {
    guard let best, !scoredTasks.isEmpty else {
      return tournament.isInterrupted
        ? "Interrupted before every method had been judged on any task, so there is no ranking."
        : "No task was finished, so there is no ranking."
    }
    let tasks = "\(scoredTasks.count) task\(scoredTasks.count == 1 ? "" : "s")"
    let tied = standings.filter { $0.rank == 1 && $0.index != best.index }.map(\.title)
    let who = ComparisonHeadline.list([best.title] + tied)
    var sentences = [
      tied.isEmpty
        ? "\(who) has the highest score, \(Self.text(best)), over \(tasks)."
        : "\(who) share the highest score, \(Self.text(best)), over \(tasks)."
    ]
    let others = standings.filter { $0.rank != 1 }
    if let withheld {
      if standings.count > 1 { sentences.append("No lead is claimed: \(withheld).") }
    } else {
      func titles(_ isShown: Bool) -> [String] {
        others.filter { if case .differenceShown = $0.verdict { isShown } else { !isShown } }.map(\.title)
      }
      let (shown, notShown) = (titles(true), titles(false))
      let kind = exchangesTasks ? "on tasks of this kind" : "on \(scoredTasks.count == 1 ? "this task" : "these tasks")"
      if !shown.isEmpty { sentences.append("Its lead over \(Self.list(shown)) is supported, \(kind).") }
      if !notShown.isEmpty { sentences.append("Its lead over \(Self.list(notShown)) is not supported.") }
    }
    if let floor, let most = standings.first(where: { $0.selfDifference == floor }) {
      sentences.append(
        "The same method with other draws of the tuning differs by up to \(NumberText.fixed(floor, decimals: 2)) "
          + "(\(most.title)).")
    }
    if tournament.isInterrupted { sentences.append("The comparison was interrupted; these results are partial.") }
    return sentences.joined(separator: " ")
  }

  /// `0.84 [0.79, 0.88]`.
  static func text(_ standing: Standing) -> String {
    NumberText.fixed(standing.score, decimals: 2) + (standing.interval.map { " " + text($0) } ?? "")
  }

  static func text(_ interval: ClosedRange<Double>) -> String {
    "[\(NumberText.fixed(interval.lowerBound, decimals: 2)), \(NumberText.fixed(interval.upperBound, decimals: 2))]"
  }

  private static func list(_ names: [String]) -> String {
    names.count > 5 ? "\(names.count) other methods" : ComparisonHeadline.list(names)
  }
}
