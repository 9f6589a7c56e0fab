/// One task's standings, with what can be claimed about the final metric.
struct TaskSummary {
  let task: Tournament.TaskResult
  let tournament: Tournament

  func standings() -> [TournamentSummary.TaskStanding] {
    let costs = task.entries.map { TournamentScoring.median($0.runs.map(tournament.plan.cost.toTarget)) }
    let ratios = PerformanceProfile(costs: costs.map { [$0] }).ratios
    let metrics = task.entries.map { SampleSummary($0.runs.compactMap(\.finalMetric)) }
    let (verdicts, intervals) = claims()
    let standings = task.entries.indices.map { i in
      let runs = task.entries[i].runs
      return TournamentSummary.TaskStanding(
        index: i, title: tournament.contestants[i].title, metric: metrics[i], metricInterval: intervals[i],
        cost: costs[i], ratio: ratios[i][0], runs: runs.count,
        reached: runs.count { tournament.plan.cost.toTarget($0).isFinite },
        diverged: runs.count { $0.divergedAtStep != nil }, verdict: verdicts[i])
    }
    return standings.sorted { a, b in
      if a.ratio != b.ratio { return a.ratio < b.ratio }
      if let left = a.metric?.mean, let right = b.metric?.mean, left != right {
        return task.metric.isBetter(left, than: right)
      }
      if (a.metric == nil) != (b.metric == nil) { return b.metric == nil }
      return tournament.contestants[a.index].method < tournament.contestants[b.index].method
    }
  }

  /// The mean final metric of each draw; nil unless every planned run was made and stayed finite.
  private func drawMeans(_ i: Int) -> [Double]? {
    let draws = task.entries[i].draws.map { $0.runs.map { $0.finalMetric ?? .nan } }
    guard draws.reduce(0, { $0 + $1.count }) == tournament.plan.seeds else { return nil }
    let means = draws.compactMap { SampleSummary($0)?.mean }
    return means.count == tournament.draws && means.allSatisfy(\.isFinite) ? means : nil
  }

  /// Blocks are the draws.
  private func claims() -> ([ComparisonSummary.Verdict], [ClosedRange<Double>?]) {
    let means = task.entries.indices.map(drawMeans)
    let complete = means.indices.filter { means[$0] != nil }
    var verdicts = means.map { _ in ComparisonSummary.Verdict.nothingCanBeClaimed("not every seed finished") }
    var intervals = [ClosedRange<Double>?](repeating: nil, count: means.count)
    guard !complete.isEmpty else { return (verdicts, intervals) }
    let values = (0..<tournament.draws).map { draw in complete.map { means[$0]?[draw] ?? .nan } }
    let leads = Leads(
      values, names: complete.map { tournament.contestants[$0].method }, higherIsBetter: task.metric.higherIsBetter,
      floor: tournament.draws > 1 ? TournamentScoring.halvesDifference(values).map(abs).max() : nil,
      withheld: TournamentSummary.withheld(tournament), seed: tournament.plan.seed)
    for (place, i) in complete.enumerated() {
      (verdicts[i], intervals[i]) = (leads.verdicts[place], leads.intervals[place])
    }
    return (verdicts, intervals)
  }
}
