/// What a tournament's measurements support: scores with intervals, a ranking, and which differences can be claimed.
///
/// - The *cost* of a method on a task is the median over its seeds of what it took to reach the target; a run that missed
///   it has infinite cost, and so has the median when half of them missed.
/// - The *score* is AlgoPerf's: the mean over the tasks of max(0, 4 − r)/3, with r the cost over the least cost of any
///   method. 1 is the fastest everywhere, 0 never within four times the fastest.
/// - Intervals resample seeds within each task, the same ones for all methods.
/// - A difference is *claimed* when its interval excludes 0, a randomization test that exchanges the two methods seed by
///   seed has a p-value below 0.05 after Holm's correction for all pairs of methods, and it is greater than that of the
///   first method and its repetition.
public struct TournamentSummary: Sendable {
  static let level = 0.05

  /// A contestant over all tasks.
  public struct Standing: Sendable {
    /// Position in `Tournament.contestants`.
    public let index: Int
    /// The contestant's.
    public let title: String
    /// 1 for the best score; nil for the repeated entry.
    public let rank: Int?
    /// In 0...1.
    public let score: Double
    /// Of the score, 95 %; nil with fewer than two seeds, and when no task was finished.
    public let interval: ClosedRange<Double>?
    /// Tasks whose target the median run reached.
    public let solved: Int
    /// Judged runs, and how many of them missed the target.
    public let runs: Int
    /// Judged runs that missed the target.
    public let misses: Int
    /// Of all judged runs together.
    public let seconds: Double
    /// Processor time of all threads in all judged runs together, where it was measured.
    public let cpuSeconds: Double
    /// Gradients of one batch in all judged runs together.
    public let evaluations: Int
    /// The difference of the score to the best one, for the repeated entry to the method it repeats.
    public let verdict: ComparisonSummary.Verdict
  }

  /// A contestant on one task.
  public struct TaskStanding: Sendable {
    /// Position in `Tournament.contestants`.
    public let index: Int
    /// The contestant's.
    public let title: String
    /// Final metric of the runs that stayed finite.
    public let metric: SampleSummary?
    /// Of the metric's mean, 95 %; nil with fewer than two values.
    public let metricInterval: ClosedRange<Double>?
    /// Infinite when missed.
    public let cost: Double
    /// Of the cost, 95 %; an end may be infinite. Nil with fewer than two seeds.
    public let costInterval: ClosedRange<Double>?
    /// Over the least cost; infinite when missed.
    public let ratio: Double
    /// Judged runs.
    public let runs: Int
    /// Judged runs that reached the target.
    public let reached: Int
    /// Judged runs whose loss or metric stopped being finite.
    public let diverged: Int
    /// Of the final metric, against the best one.
    public let verdict: ComparisonSummary.Verdict
  }

  /// Tasks that every contestant has judged runs of, by position in `Tournament.tasks`: what scores are made of.
  public let scoredTasks: [Int]
  /// Best first; the repeated entry last.
  public let standings: [Standing]
  /// By task, in the order of `Tournament.tasks`; the least ratio first, then the best metric.
  public let tasks: [[TaskStanding]]
  /// The difference of the scores of the first method and its repetition; nil without scores.
  public let floor: Double?
  /// Seeds at which the test could claim a difference on a single task, with the number of methods there are.
  public let seedsForTaskClaims: Int
  let profile: PerformanceProfile

  /// Scores the tasks that every contestant has judged runs of, and judges the differences.
  public init(_ tournament: Tournament) {
    let count = tournament.contestants.count
    let judges = (0..<count).filter { !tournament.contestants[$0].isRepeat }
    let pairs = judges.count * (judges.count - 1) / 2
    seedsForTaskClaims =
      (1...64).first { SignFlipTest.leastPValue(count: $0) * Double(max(pairs, 1)) < Self.level } ?? 64
    scoredTasks = tournament.tasks.indices.filter { task in
      tournament.tasks[task].entries.allSatisfy { !$0.runs.isEmpty }
    }
    let scoring = TournamentScoring(tournament, tasks: scoredTasks, judges: judges)
    profile = scoring.profile(scoring.medians)
    standings = scoring.standings()
    floor = scoring.floor
    tasks = tournament.tasks.map { TaskSummary($0, tournament).standings() }
  }

  /// The method with the highest score; nil when no task was finished.
  public var best: Standing? { standings.first { $0.verdict == .best } }
}
