/// What a `Comparison`'s measurements support: means, spreads, a ranking, and which differences the seeds can carry.
///
/// Methods are ranked by the mean of their final metric. A method that did not finish on every seed is ranked after
/// those that did, because a mean over the seeds that survived would flatter it. A difference to the best method is
/// judged on paired seeds: equal seeds share initial weights and row order, so the per-seed difference is free of what
/// those contribute. Intervals are 95 % Student's t, each for one pair; a difference is shown when the paired t-test holds,
/// and an exchange of all methods down to the other one, since any of them could have come out best. What is shown is
/// about other seeds of this task, with these hyper-parameters.
public struct ComparisonSummary: Sendable, Equatable {
  /// A seed and what was measured with it.
  public struct SeedValue: Sendable, Equatable {
    /// The seed of the run.
    public let seed: UInt64
    /// In the metric's own unit.
    public let value: Double
  }

  /// A run that ended without a finite result.
  public struct Divergence: Sendable, Equatable {
    /// The seed of the run.
    public let seed: UInt64
    /// The step, where it is known.
    public let step: Int?
  }

  /// A run that an interruption ended early.
  public struct CutOff: Sendable, Equatable {
    /// The seed of the run.
    public let seed: UInt64
    /// Passes over the training data the run had finished.
    public let epoch: Int
  }

  /// What the seeds say about a method's difference to the best one.
  public enum Verdict: Sendable, Equatable {
    /// This is the method with the best mean.
    case best
    /// The difference passes the test, corrected for all that were compared.
    case differenceShown(PairedDifference)
    /// It does not.
    case noDifferenceShown(PairedDifference)
    /// Nothing can be claimed; the reason, as a clause in lower case.
    case nothingCanBeClaimed(String)
  }

  /// One method's line of the summary.
  public struct Method: Sendable, Equatable {
    /// Position of the method in `Comparison.methods`.
    public let index: Int
    /// Name as on the command line: `adamw`.
    public let method: String
    /// Name in running text: `AdamW`.
    public let title: String
    /// 1 for the best; methods with equal means share a rank; `nil` when no run finished.
    public let rank: Int?
    /// Final metric of every run that finished.
    public let metricBySeed: [SeedValue]
    /// Mean and spread of `metricBySeed`; `nil` when no run finished.
    public let metric: SampleSummary?
    /// Final training loss over the runs that finished.
    public let finalLoss: SampleSummary?
    /// Median over the runs that reached the target; `nil` when none did.
    public let stepsToTarget: Double?
    /// Median over the runs that reached the target; `nil` when none did.
    public let secondsToTarget: Double?
    /// Runs that reached the target.
    public let reached: Int
    /// Runs made.
    public let runs: Int
    /// Whether every seed was run to the end with a finite result.
    public let isComplete: Bool
    /// Runs without a finite result.
    public let divergences: [Divergence]
    /// Runs that an interruption ended early; their metric does not count.
    public let cutOff: [CutOff]
    /// The method's difference to the best one, and whether the seeds show it.
    public let verdict: Verdict
  }

  /// Best first.
  public let methods: [Method]
  /// One or two sentences that say which method is best and whether its lead is supported.
  public let headline: String

  /// The best method; `nil` when no run of any method finished.
  public var best: Method? { methods.first { $0.verdict == .best } }

  /// Whether any method has two finished runs or more, without which there is no spread to show.
  var hasSeveralSeeds: Bool { methods.contains { ($0.metric?.count ?? 0) > 1 } }

  /// Ranks the methods and judges their differences.
  public init(_ comparison: Comparison) {
    let tallies = comparison.methods.enumerated().map { MethodTally(index: $0, of: $1, in: comparison) }
    let metric = comparison.metric
    let ranked = tallies.sorted { left, right in
      if (left.metric == nil) != (right.metric == nil) { return left.metric != nil }
      if left.isComplete != right.isComplete { return left.isComplete }
      if let a = left.rankingKey, let b = right.rankingKey, a != b { return metric.isBetter(a, than: b) }
      return left.result.method < right.result.method
    }
    let tests = PairedTests(ranked, higherIsBetter: metric.higherIsBetter)
    var methods: [Method] = []
    for (position, tally) in ranked.enumerated() {
      var rank: Int?
      if let key = tally.rankingKey {
        let before = position > 0 ? ranked[position - 1] : nil
        let sharesRank = before?.rankingKey == key && before?.isComplete == tally.isComplete
        rank = sharesRank ? methods[position - 1].rank : position + 1
      }
      let verdict: Verdict = position == 0 && rank != nil ? .best : tally.verdict(against: ranked[0], tests)
      methods.append(tally.line(rank: rank, verdict: verdict))
    }
    self.methods = methods
    headline = ComparisonHeadline(methods: methods, comparison: comparison).text
  }
}

/// One method's numbers before it is ranked.
private struct MethodTally {
  let index: Int
  let result: MethodResult
  let metricBySeed: [ComparisonSummary.SeedValue]
  let divergences: [ComparisonSummary.Divergence]
  let cutOff: [ComparisonSummary.CutOff]
  let metric: SampleSummary?
  let finalLoss: SampleSummary?
  let isComplete: Bool

  init(index: Int, of result: MethodResult, in comparison: Comparison) {
    self.index = index
    self.result = result
    var values: [ComparisonSummary.SeedValue] = []
    var divergences: [ComparisonSummary.Divergence] = []
    var cutOff: [ComparisonSummary.CutOff] = []
    var losses: [Double] = []
    for run in result.runs {
      let lastEpoch = run.points.last?.epoch ?? 0
      if comparison.interrupted, run.divergedAtStep == nil, lastEpoch < comparison.epochs {
        cutOff.append(.init(seed: run.seed, epoch: lastEpoch))
      } else if let value = run.finalMetric {
        values.append(.init(seed: run.seed, value: value))
        if run.finalLoss.isFinite { losses.append(run.finalLoss) }
      } else {
        divergences.append(.init(seed: run.seed, step: run.divergedAtStep))
      }
    }
    metricBySeed = values
    self.divergences = divergences
    self.cutOff = cutOff
    metric = SampleSummary(values.map(\.value))
    finalLoss = SampleSummary(losses)
    isComplete = values.count == result.runs.count && values.count >= max(1, comparison.seeds.count)
  }

  /// The mean without its last digits, which depend on the order of summation: means of a test set counted in whole
  /// rows are often equal.
  var rankingKey: Double? {
    guard let mean = metric?.mean else { return nil }
    guard mean != 0, mean.isFinite else { return mean }
    let unit = mean.ulp * 4096
    return (mean / unit).rounded() * unit
  }

  func verdict(against best: MethodTally, _ tests: PairedTests) -> ComparisonSummary.Verdict {
    guard metric != nil else { return .nothingCanBeClaimed("no run finished") }
    guard isComplete, best.isComplete else { return .nothingCanBeClaimed("not every seed finished") }
    let bestBySeed = Dictionary(best.metricBySeed.map { ($0.seed, $0.value) }, uniquingKeysWith: { first, _ in first })
    let differences = metricBySeed.compactMap { own in bestBySeed[own.seed].map { own.value - $0 } }
    guard differences.count >= 2, let spread = SampleSummary(differences), let interval = spread.interval() else {
      return .nothingCanBeClaimed("fewer than 2 seeds in common")
    }
    let paired = PairedDifference(count: spread.count, mean: spread.mean, interval: interval)
    if paired.includesZero { return .noDifferenceShown(paired) }
    // Differences that agree to the last digit give an interval of no width, which says nothing about another seed: a
    // test set counted in whole rows makes such agreement easy to come by.
    let scale = metricBySeed.reduce(0) { max($0, abs($1.value)) }
    if let deviation = spread.standardDeviation, deviation <= 1e-12 * scale {
      return .nothingCanBeClaimed("equal differences on all seeds, no spread to judge by")
    }
    return (tests.pValues[index] ?? 1) < Leads.level ? .differenceShown(paired) : .noDifferenceShown(paired)
  }

  func line(rank: Int?, verdict: ComparisonSummary.Verdict) -> ComparisonSummary.Method {
    ComparisonSummary.Method(
      index: index, method: result.method, title: result.title, rank: rank, metricBySeed: metricBySeed,
      metric: metric, finalLoss: finalLoss,
      stepsToTarget: SampleSummary.median(result.runs.compactMap { $0.stepsToTarget.map(Double.init) }),
      secondsToTarget: SampleSummary.median(result.runs.compactMap(\.secondsToTarget)),
      reached: result.runs.count { $0.stepsToTarget != nil || $0.secondsToTarget != nil },
      runs: result.runs.count, isComplete: isComplete, divergences: divergences, cutOff: cutOff, verdict: verdict)
  }
}

/// The best method's lead over each other that finished: paired t-tests, as seeds are too few to exchange two methods, and
/// the exchange of all methods down to the other, as the best was picked from them.
private struct PairedTests {
  /// By position in `Comparison.methods`.
  private(set) var pValues: [Int: Double] = [:]

  /// - Parameter ranked: best first.
  init(_ ranked: [MethodTally], higherIsBetter: Bool) {
    let complete = ranked.filter(\.isComplete)
    let sign = higherIsBetter ? 1.0 : -1.0
    let bySeed = complete.map { tally in
      Dictionary(tally.metricBySeed.map { ($0.seed, sign * $0.value) }, uniquingKeysWith: { first, _ in first })
    }
    let seeds = (complete.first?.metricBySeed ?? []).map(\.seed).filter { seed in bySeed.allSatisfy { $0[seed] != nil }
    }
    let adjusted = StepDown.pValues(
      seeds.map { seed in bySeed.map { $0[seed] ?? .nan } }, order: Array(complete.indices), level: Leads.level,
      seed: 0,
      pair: Self.pValue)
    for (tally, p) in zip(complete, adjusted) { pValues[tally.index] = p }
  }

  private static func pValue(_ differences: [Double]) -> Double {
    guard let spread = SampleSummary(differences), let deviation = spread.standardDeviation, deviation > 0 else {
      return 1
    }
    let t = spread.mean / (deviation / Double(spread.count).squareRoot())
    return StudentT.twoSidedPValue(t, degreesOfFreedom: spread.count - 1)
  }
}
