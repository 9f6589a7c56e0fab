/// Scores of a tournament with their intervals and tests.
struct TournamentScoring {
  let tournament: Tournament
  /// Methods that set the measure: all but the repeated one.
  let judges: [Int]
  /// `[task][contestant][seed]`: costs to the target, on the seeds that all have run.
  let costs: [[[Double]]]

  init(_ tournament: Tournament, tasks: [Int], judges: [Int]) {
    self.tournament = tournament
    self.judges = judges
    let cost = tournament.plan.cost
    costs = tasks.map { task in
      let entries = tournament.tasks[task].entries
      let shared = entries.map(\.runs.count).min() ?? 0
      return entries.map { $0.runs.prefix(shared).map(cost.toTarget) }
    }
  }

  /// `[task][contestant]`.
  var medians: [[Double]] { costs.map { $0.map(Self.median) } }

  static func median(_ values: [Double]) -> Double { SampleSummary.median(values) ?? .infinity }

  /// - Parameter medians: `[task][contestant]`.
  func profile(_ medians: [[Double]]) -> PerformanceProfile {
    PerformanceProfile(
      costs: tournament.contestants.indices.map { contestant in medians.map { $0[contestant] } }, judges: judges)
  }

  private func scores(_ medians: [[Double]]) -> [Double] {
    let profile = profile(medians)
    return tournament.contestants.indices.map(profile.score)
  }

  var floor: Double? {
    guard !costs.isEmpty, let again = tournament.contestants.firstIndex(where: \.isRepeat) else { return nil }
    let scores = scores(medians)
    return abs(scores[again] - scores[0])
  }

  func standings() -> [TournamentSummary.Standing] {
    let scores = scores(medians)
    let resampled = resampledScores()
    // The score says little about the tolerance of the intervals: the task with the fewest seeds does.
    let count = costs.map { $0.first?.count ?? 0 }.min() ?? 0
    let bootstrap = Bootstrap(seed: tournament.plan.seed)
    let order = judges.sorted { scores[$0] != scores[$1] ? scores[$0] > scores[$1] : $0 < $1 }
    let verdicts = verdicts(scores, resampled, best: order.first, bootstrap, count: count)
    let others = tournament.contestants.indices.filter { !judges.contains($0) }
    return (order + others).map { i in
      let rank = judges.contains(i) ? 1 + judges.count { scores[$0] > scores[i] } : nil
      let runs = tournament.tasks.flatMap { $0.entries[i].runs }
      return TournamentSummary.Standing(
        index: i, title: tournament.contestants[i].title, rank: costs.isEmpty ? nil : rank, score: scores[i],
        interval: bootstrap.interval(resampled.map { $0[i] }, count: count),
        solved: medians.count { $0[i].isFinite }, runs: runs.count,
        misses: runs.count { $0.evaluationsToTarget == nil },
        seconds: runs.reduce(0) { $0 + $1.seconds }, cpuSeconds: runs.reduce(0) { $0 + ($1.cpuSeconds ?? 0) },
        evaluations: runs.reduce(0) { $0 + ($1.gradientEvaluations ?? 0) }, verdict: verdicts[i])
    }
  }

  /// `[resample][contestant]`: seeds drawn anew within each task, the same ones for all methods.
  private func resampledScores() -> [[Double]] {
    let draws = costs.enumerated().map { task, costs in
      Bootstrap(seed: tournament.plan.seed &+ UInt64(task)).draws(count: costs.first?.count ?? 0)
    }
    guard !costs.isEmpty else { return [] }
    return draws[0].indices.map { resample in
      scores(
        costs.enumerated().map { task, costs in
          costs.map { own in Self.median(draws[task][resample].map { own[$0] }) }
        })
    }
  }

  private func verdicts(
    _ scores: [Double], _ resampled: [[Double]], best: Int?, _ bootstrap: Bootstrap, count: Int
  ) -> [ComparisonSummary.Verdict] {
    var verdicts = [ComparisonSummary.Verdict](
      repeating: .nothingCanBeClaimed("no task was finished"), count: scores.count)
    guard let best, !costs.isEmpty else { return verdicts }
    let pairs = judges.flatMap { a in judges.filter { $0 > a }.map { (a, $0) } }
    let adjusted = Holm.adjusted(pairs.map { pValue($0, $1, pairs: pairs.count) })
    for i in scores.indices {
      // The repetition is held against the method it repeats.
      let other = judges.contains(i) ? best : 0
      guard i != other else {
        verdicts[i] = .best
        continue
      }
      guard let interval = bootstrap.interval(resampled.map { $0[i] - $0[other] }, count: count) else {
        verdicts[i] = .nothingCanBeClaimed("fewer than 2 seeds in common")
        continue
      }
      let difference = PairedDifference(count: count, mean: scores[i] - scores[other], interval: interval)
      // That two equal methods differ is no claim to make.
      guard let pair = pairs.firstIndex(where: { $0 == (min(i, other), max(i, other)) }) else {
        verdicts[i] = .noDifferenceShown(difference)
        continue
      }
      let isShown =
        !difference.includesZero && adjusted[pair] < TournamentSummary.level && abs(difference.mean) > (floor ?? 0)
      verdicts[i] = isShown ? .differenceShown(difference) : .noDifferenceShown(difference)
    }
    return verdicts
  }

  /// Exchanges two methods seed by seed on all tasks at once.
  ///
  /// What is exchanged are scores of single runs. They are measured by the run that would be the median of a method faster
  /// than all others: it is about the least median, and no exchange changes it. (The cheapest run of all is often several
  /// times cheaper than any median, most of all in time, and would leave nothing to tell apart.)
  private func pValue(_ a: Int, _ b: Int, pairs: Int) -> Double {
    let differences = costs.flatMap { costs in
      let best = judges.flatMap { costs[$0] }.sorted()[costs[a].count / 2]
      return zip(costs[a], costs[b]).map {
        PerformanceProfile.score($0, best: best) - PerformanceProfile.score($1, best: best)
      }
    }
    // Enough patterns that the correction for all pairs leaves something to claim.
    let samples = max(SignFlipTest.sampleCount, 60 * pairs)
    return SignFlipTest.pValue(differences, samples: samples, seed: tournament.plan.seed)
  }
}
