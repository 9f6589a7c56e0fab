import DescentCPU
import DescentTrain
import DescentText
import Foundation

/// What came out of comparing methods on several tasks, each tuned with the same effort.
///
/// Measurements only; `TournamentSummary` draws the conclusions.
public struct Tournament: Sendable {
  /// What was fixed before the first run.
  public struct Settings: Sendable, Equatable {
    /// Hyper-parameter settings that are tried for each method on each task; 0 takes the defaults.
    public var trials = 8
    /// Runs of each trial, with seeds and validation data that judged runs never see.
    public var tuningSeeds = 2
    /// Judged runs of each method on each task.
    public var seeds = 10
    /// What the search for the learning rate spans around its default, in powers of ten.
    public var decades = 4.0
    /// Whether the learning rate alone is tuned, or all hyper-parameters.
    public var scope = SearchSpace.Scope.all
    /// What scores compare.
    public var cost = Cost.evaluations
    /// Of the search, the order of runs and the resampling.
    public var seed: UInt64 = 0

    /// 8 trials of 2 runs each, all hyper-parameters, 10 judged seeds, costs in gradient evaluations.
    public init() {}

    /// Learning rates of the sweep, as multiples of the chosen one.
    static let sweepFactors = [-1, -0.5, 0.5, 1].map { pow(10.0, $0) }

    /// Seeds of judged runs, of tuning, and both for the repeated entry, have nothing in common.
    func judgedSeed(_ index: Int, isRepeat: Bool) -> UInt64 { UInt64(index) + (isRepeat ? 2_000_000 : 0) }
    func tuningSeed(_ index: Int, isRepeat: Bool) -> UInt64 { UInt64(index) + (isRepeat ? 3_000_000 : 1_000_000) }
    static let referenceSeed: UInt64 = 4_000_000
  }

  /// What the way to the target is measured in.
  public enum Cost: String, Sendable, CaseIterable {
    /// Gradients of one batch: a step that takes two counts two, a step over all examples as many as there are batches.
    case evaluations
    /// Updates of the parameters.
    case steps
    /// Seconds of training.
    case time

    /// To the target; infinite for a run that missed it.
    func toTarget(_ run: RunRecord) -> Double {
      let cost: Double? =
        switch self {
        case .evaluations: run.evaluationsToTarget.map(Double.init)
        case .steps: run.stepsToTarget.map(Double.init)
        case .time: run.secondsToTarget
        }
      return cost ?? .infinity
    }

    /// In running text.
    public var title: String {
      switch self {
      case .evaluations: "gradient evaluations"
      case .steps: "steps"
      case .time: "seconds"
      }
    }

    func text(_ value: Double) -> String {
      guard value.isFinite else { return "missed" }
      return self == .time ? NumberText.seconds(value) : NumberText.count(value.rounded())
    }
  }

  /// A method as it takes part.
  public struct Contestant: Sendable, Equatable {
    /// Name as on the command line: `adamw`.
    public let method: String
    /// Name in running text: `AdamW`; `AdamW (again)` for the repeated one.
    public let title: String
    /// The first method once more, everything random drawn anew: how far apart two equal methods come out.
    public let isRepeat: Bool
    /// What tuning may choose from, in words.
    public let space: String
  }

  /// A setting that was tried, with what it gave on the validation part.
  public struct Trial: Sendable, Equatable {
    /// The hyper-parameters that were tried, the learning rate first.
    public let values: [Comparison.NamedNumber]
    /// Final metric of each tuning seed; `nan` where the run diverged.
    public let metrics: [Double]
    /// Gradient evaluations to the target; infinite where it was missed.
    public let evaluations: [Double]

    /// The first of the values; `nan` without any.
    public var learningRate: Double { values.first?.value ?? .nan }
    /// Mean final metric; `nan` when a run diverged.
    public var metric: Double { metrics.reduce(0) { $0 + $1 / Double(metrics.count) } }
  }

  /// A contestant on a task.
  public struct Entry: Sendable, Equatable {
    /// Tuning, in the order of the search: the defaults first.
    public var trials: [Trial] = []
    /// The setting that was judged; nil before tuning was done.
    public var chosen: [Comparison.NamedNumber]?
    /// Trials that only show how the rate matters, around the chosen one.
    public var sweep: [Trial] = []
    /// The judged runs, in order of seeds; fewer after an interruption.
    public var runs: [RunRecord] = []
  }

  /// What came out on one task, with what the task was.
  public struct TaskResult: Sendable, Equatable {
    /// `ComparisonTask.name`.
    public let name: String
    /// `ComparisonTask.title`.
    public let title: String
    /// `ComparisonTask.summary`.
    public let summary: String
    /// What runs were judged by.
    public let metric: Metric
    /// The metric's value that counted as solved.
    public let target: Double
    /// How the target was chosen: by the task, or by a reference run.
    public let targetOrigin: String
    /// Gradient evaluations of a run.
    public let budget: Int
    /// In the order of `Tournament.contestants`.
    public var entries: [Entry]
  }

  /// What was fixed beforehand.
  public let plan: Settings
  /// The methods as the user named them, then the first one again.
  public let contestants: [Contestant]
  /// Those that were begun.
  public var tasks: [TaskResult] = []
  /// The exact command line that produced these results.
  public let commandLine: String
  /// When it was started.
  public let date: Date
  /// Processor, cores and operating system, in words.
  public let machine: String
  /// Versions of what took part, in the order to show them.
  public let versions: [Comparison.NamedValue]
  /// Whether it was stopped before every run was done.
  public var isInterrupted = false
}
