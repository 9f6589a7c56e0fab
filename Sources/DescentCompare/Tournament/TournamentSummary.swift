/// What a tournament's measurements support: scores with intervals, a ranking, and which differences can be claimed.
///
/// - The *cost* of a method in a draw of the tuning on a task is the median over the draw's seeds of what it took to reach
///   the target; a run that missed it has infinite cost, and so has the median when half of them missed.
/// - The *score* is AlgoPerf's: the mean over tasks and draws of max(0, 4 − r)/3, with r the cost over the least cost of any
///   method. 1 is always the fastest, 0 never within four times the fastest.
/// - A *block* is what is independent of all else: a task, where there are six or more, with all that was drawn on it;
///   else a draw on a task. Intervals take subsets of the blocks, and tests exchange the methods within blocks.
/// - A *claim* is a lead of the best method whose interval excludes 0, whose p-value is below 0.05 after correction for all
///   methods, and which is greater than any method's difference with itself in other draws.
public struct TournamentSummary: Sendable {
  /// Trials of a draw below which the luck of the search decides.
  static let leastTrials = 8

  /// A contestant over all tasks.
  public struct Standing: Sendable {
    /// Position in `Tournament.contestants`.
    public let index: Int
    /// The contestant's.
    public let title: String
    /// 1 for the best score; methods with equal scores share a rank.
    public let rank: Int
    /// In 0...1.
    public let score: Double
    /// Of the score, 95 %; nil with too few blocks.
    public let interval: ClosedRange<Double>?
    /// How far the scores of its even and its odd draws lie apart; nil with a single draw.
    public let selfDifference: Double?
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
    /// The difference of the score to the best one.
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
    /// Of the metric's mean, 95 %; nil with too few draws.
    public let metricInterval: ClosedRange<Double>?
    /// Infinite when missed.
    public let cost: Double
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

  /// Tasks that every contestant has judged runs of in every draw, by position in `Tournament.tasks`: what scores are made of.
  public let scoredTasks: [Int]
  /// Best first; empty when no task is scored.
  public let standings: [Standing]
  /// By task, in the order of `Tournament.tasks`; the least ratio first, then the best metric.
  public let tasks: [[TaskStanding]]
  /// The largest difference of a method with itself in other draws, which a claim must exceed; nil with a single draw.
  public let floor: Double?
  /// Why no difference of scores is claimed, however clear it is, and what it would take; nil when they are judged.
  public let withheld: String?
  /// Whether whole tasks are exchanged, so that claims are about other tasks too.
  public let exchangesTasks: Bool
  /// What scores are compared on: tasks, or draws on tasks.
  public let blocks: Int
  let profile: PerformanceProfile

  /// Scores the tasks that every contestant has judged runs of, and judges the differences.
  public init(_ tournament: Tournament) {
    scoredTasks = tournament.tasks.indices.filter { task in
      tournament.tasks[task].entries.allSatisfy { $0.draws.allSatisfy { !$0.runs.isEmpty } }
    }
    let scoring = TournamentScoring(tournament, tasks: scoredTasks)
    profile = scoring.profile
    floor = scoring.selfDifferences?.max()
    exchangesTasks = scoring.exchangesTasks
    blocks = scoring.blocks.count
    tasks = tournament.tasks.map { TaskSummary(task: $0, tournament: tournament).standings() }
    guard !scoredTasks.isEmpty else {
      (standings, withheld) = ([], nil)
      return
    }
    withheld = Self.withheld(tournament, tasks: scoredTasks.count, blocks: scoring.blocks.count)
    let leads = Leads(
      scoring.blocks, names: tournament.contestants.map(\.method), floor: floor,
      withheld: Self.withheld(tournament), seed: tournament.plan.seed)
    standings = scoring.standings(leads)
  }

  /// The method with the highest score; nil when no task was finished.
  public var best: Standing? { standings.first }

  /// Why nothing is claimed of any number of blocks.
  static func withheld(_ tournament: Tournament) -> String? {
    let trials = tournament.plan.trials
    if trials > 0, trials < leastTrials {
      return "after \(trials) trial\(trials == 1 ? "" : "s") of tuning the luck of the search decides; a claim takes "
        + "\(leastTrials) (--tune \(leastTrials))"
    }
    return tournament.draws > 1 ? nil : "how far a method differs from itself takes two draws (--seeds 2, --draws 2)"
  }

  private static func withheld(_ tournament: Tournament, tasks: Int, blocks: Int) -> String? {
    if let reason = withheld(tournament) { return reason }
    let least = ExchangeTest.leastBlocks
    guard blocks < least else { return nil }
    let draws = (least + tasks - 1) / tasks
    return
      "\(tasks) task\(tasks == 1 ? "" : "s") with \(tournament.draws) draws of the tuning are too few; a claim takes "
      + "\(least) tasks, or \(draws) draws (--draws \(draws) --seeds \(max(draws, tournament.plan.seeds)))"
  }
}
