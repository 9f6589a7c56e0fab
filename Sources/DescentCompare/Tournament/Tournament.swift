import DescentCPU
import DescentData
import DescentTrain
import DescentText
import Foundation

/// What came out of comparing methods on several tasks, each tuned with the same effort.
///
/// Measurements only; `TournamentSummary` draws the conclusions.
public struct Tournament: Sendable {
  /// What was fixed before the first run.
  public struct Settings: Sendable, Equatable {
    /// Hyper-parameter settings that are tried in each draw; 0 takes the defaults.
    public var trials = 8
    /// Runs of each trial, with seeds and validation data that judged runs never see.
    public var tuningSeeds = 1
    /// How often a method is tuned on each task, with everything random drawn anew; nil is as often as a claim takes.
    public var draws: Int?
    /// Judged runs of each method on each task, spread evenly over the draws.
    public var seeds = 12
    /// What the search for the learning rate spans around its default, in powers of ten.
    public var decades = 4.0
    /// Whether the learning rate alone is tuned, or all hyper-parameters.
    public var scope = SearchSpace.Scope.all
    /// What scores compare.
    public var cost = Cost.evaluations
    /// Of everything that is drawn: another one repeats the comparison.
    public var seed: UInt64 = 0

    /// 8 trials of a run each, all hyper-parameters, 12 judged seeds, costs in gradient evaluations.
    public init() {}

    /// Learning rates of the sweep, as multiples of the chosen one.
    static let sweepFactors = [-1, -0.5, 0.5, 1].map { pow(10.0, $0) }

    /// Draws of the tuning on each of so many tasks: two, or more where the blocks would be too few for a claim; not more
    /// than there are seeds to judge them by.
    func draws(tasks: Int) -> Int {
      let least = (ExchangeTest.leastBlocks + max(tasks, 1) - 1) / max(tasks, 1)
      return min(draws ?? max(2, least), seeds)
    }

    /// Of the points that a search tries. It depends on no other method and no other task.
    func searchSeed(_ method: String, on task: String, draw: Int) -> UInt64 {
      derivedSeed("search", method, task, "\(draw)")
    }

    /// The same for all methods of a draw.
    func tuningSeed(_ index: Int, on task: String, draw: Int) -> UInt64 {
      derivedSeed("tuning", task, "\(draw)", "\(index)")
    }

    /// The same for all methods and tasks. The draw that a seed judges is the seed's number modulo the draws.
    func judgedSeed(_ index: Int) -> UInt64 { UInt64(index) &+ seed &* 1_000_000 }

    /// Of the run that sets a target.
    func referenceSeed(_ index: Int, on task: String) -> UInt64 { derivedSeed("reference", task, "\(index)") }

    /// FNV-1a of the names and the plan's seed, mixed.
    private func derivedSeed(_ names: String...) -> UInt64 {
      let text = (names + ["\(seed)"]).joined(separator: "\u{0}")
      let hash = text.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
      var random = SeededGenerator(seed: hash)
      return random.next()
    }
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
    /// Name as on the command line: `adamw`; `adamw-2` where it was named twice.
    public let method: String
    /// Name in running text: `AdamW`.
    public let title: String
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

  /// A search and what its choice was worth: with everything random its own.
  public struct Draw: Sendable, Equatable {
    /// In the order of the search: the defaults first.
    public var trials: [Trial] = []
    /// The setting that was judged; nil before tuning was done.
    public var chosen: [Comparison.NamedNumber]?
    /// The judged runs, in order of seeds; fewer after an interruption.
    public var runs: [RunRecord] = []
  }

  /// A contestant on a task.
  public struct Entry: Sendable, Equatable {
    /// Independent of each other. Draws of the same number share their seeds with those of the other methods.
    public var draws: [Draw]
    /// Trials that only show how the rate matters, around what the first draw chose.
    public var sweep: [Trial] = []

    /// Those of all draws.
    public var trials: [Trial] { draws.flatMap(\.trials) }
    /// Those of all draws.
    public var runs: [RunRecord] { draws.flatMap(\.runs) }
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
  /// The methods as the user named them.
  public let contestants: [Contestant]
  /// Draws of the tuning of each method on each task.
  public let draws: Int
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
