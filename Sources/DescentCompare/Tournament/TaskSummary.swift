/// One task's standings, with what can be claimed about the final metric.
struct TaskSummary {
  let task: Tournament.TaskResult
  let tournament: Tournament
  private let bootstrap: Bootstrap

  init(_ task: Tournament.TaskResult, _ tournament: Tournament) {
    self.task = task
    self.tournament = tournament
    bootstrap = Bootstrap(seed: tournament.plan.seed)
  }

  func standings() -> [TournamentSummary.TaskStanding] {
    let costs = task.entries.map { $0.runs.map(tournament.plan.cost.toTarget) }
    let medians = costs.map(TournamentScoring.median)
    let judges = task.entries.indices.filter { !tournament.contestants[$0].isRepeat }
    let ratios = PerformanceProfile(costs: medians.map { [$0] }, judges: judges).ratios
    let metrics = task.entries.map { $0.runs.compactMap(\.finalMetric) }
    let verdicts = verdicts(judges)
    let standings = task.entries.indices.map { i in
      TournamentSummary.TaskStanding(
        index: i, title: tournament.contestants[i].title, metric: SampleSummary(metrics[i]),
        metricInterval: bootstrap.interval(metrics[i]) { $0.reduce(0, +) / Double($0.count) },
        cost: medians[i], costInterval: bootstrap.interval(costs[i], of: TournamentScoring.median),
        ratio: ratios[i][0], runs: task.entries[i].runs.count,
        reached: costs[i].count(where: \.isFinite), diverged: task.entries[i].runs.count { $0.divergedAtStep != nil },
        verdict: verdicts[i])
    }
    return standings.sorted { a, b in
      if a.ratio != b.ratio { return a.ratio < b.ratio }
      guard let left = a.metric?.mean, let right = b.metric?.mean, left != right else {
        return a.metric != nil && b.metric == nil || (a.metric == nil) == (b.metric == nil) && a.index < b.index
      }
      return task.metric.isBetter(left, than: right)
    }
  }

  /// The final metric of each seed; nil unless every planned run was made and stayed finite.
  private func complete(_ i: Int) -> [Double]? {
    let values = task.entries[i].runs.compactMap(\.finalMetric)
    return values.count == task.entries[i].runs.count && !values.isEmpty ? values : nil
  }

  private func verdicts(_ judges: [Int]) -> [ComparisonSummary.Verdict] {
    let means = task.entries.indices.map { complete($0).flatMap { SampleSummary($0)?.mean } }
    let best = judges.filter { means[$0] != nil }.reduce(nil as Int?) { best, i in
      guard let best, let own = means[i], let other = means[best] else { return best ?? i }
      return task.metric.isBetter(own, than: other) ? i : best
    }
    let pairs = judges.flatMap { a in judges.filter { $0 > a }.map { (a, $0) } }
    let adjusted = Holm.adjusted(pairs.map { a, b in differences(a, b).map { SignFlipTest.pValue($0) } ?? 1 })
    let again = task.entries.indices.first { tournament.contestants[$0].isRepeat }
    let floor = again.flatMap { differences($0, 0) }.map { abs($0.reduce(0, +)) / Double($0.count) } ?? 0
    return task.entries.indices.map { i in
      let other = judges.contains(i) ? best : 0
      guard let other else { return .nothingCanBeClaimed("no method finished on every seed") }
      if i == other { return .best }
      guard let differences = differences(i, other) else {
        return .nothingCanBeClaimed(
          complete(i) == nil ? "not every seed finished" : "fewer than 2 seeds in common")
      }
      guard let interval = bootstrap.interval(differences, of: { $0.reduce(0, +) / Double($0.count) }) else {
        return .nothingCanBeClaimed("fewer than 2 seeds in common")
      }
      let mean = differences.reduce(0, +) / Double(differences.count)
      let difference = PairedDifference(count: differences.count, mean: mean, interval: interval)
      // That two equal methods differ is no claim to make.
      guard let pair = pairs.firstIndex(where: { $0 == (min(i, other), max(i, other)) }) else {
        return .noDifferenceShown(difference)
      }
      let isShown = !difference.includesZero && adjusted[pair] < TournamentSummary.level && abs(mean) > floor
      return isShown ? .differenceShown(difference) : .noDifferenceShown(difference)
    }
  }

  /// Of the final metric, seed by seed; nil unless both finished all of theirs.
  private func differences(_ a: Int, _ b: Int) -> [Double]? {
    guard let left = complete(a), let right = complete(b) else { return nil }
    let pairs = zip(left, right).map { $0 - $1 }
    return pairs.count >= 2 ? pairs : nil
  }
}
