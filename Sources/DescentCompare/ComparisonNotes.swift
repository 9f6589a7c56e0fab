extension ComparisonSummary.Method {
  /// What a reader must know about this method's numbers, most important first, as short clauses.
  ///
  /// - Parameter comparison: the comparison this line belongs to.
  public func notes(in comparison: Comparison) -> [String] {
    var notes: [String] = []
    if !divergences.isEmpty { notes.append(divergenceNote) }
    if let first = cutOff.first {
      let seeds = cutOff.map { String($0.seed) }.joined(separator: ", ")
      notes.append("stopped at epoch \(first.epoch) of \(comparison.epochs) (\(Self.seedWord(cutOff.count)) \(seeds))")
    }
    if runs < comparison.seeds.count { notes.append("\(runs) of \(comparison.seeds.count) seeds run") }
    if comparison.target != nil, reached < runs {
      notes.append(reached == 0 ? "missed target (0/\(runs))" : "reached target on \(reached)/\(runs)")
    }
    switch verdict {
    case .best: if comparison.methods.count > 1 { notes.append(bestNote) }
    case .noDifferenceShown: notes.append("no difference to best shown")
    case .differenceShown: break
    // One seed, or a run that did not finish, is said once for all or by a note above.
    case .nothingCanBeClaimed(let reason): if isComplete, metricBySeed.count > 1 { notes.append(reason) }
    }
    return notes
  }

  private var bestNote: String {
    guard isComplete else { return "best of what finished" }
    return metricBySeed.count > 1 ? "best mean" : "best value"
  }

  private var divergenceNote: String {
    let known = divergences.compactMap { end in end.step.map { "\($0) (seed \(end.seed))" } }
    let unknown = divergences.filter { $0.step == nil }.map { String($0.seed) }
    var clauses: [String] = []
    if !known.isEmpty { clauses.append("diverged at step " + known.joined(separator: ", ")) }
    if !unknown.isEmpty {
      clauses.append("no finite result (\(Self.seedWord(unknown.count)) \(unknown.joined(separator: ", ")))")
    }
    return clauses.joined(separator: "; ")
  }

  private static func seedWord(_ count: Int) -> String { count == 1 ? "seed" : "seeds" }
}
