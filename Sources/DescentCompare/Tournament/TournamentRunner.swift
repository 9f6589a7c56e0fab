import DescentCPU
import DescentData
import DescentRuntime
import DescentOptim
import Foundation

/// Compares methods on tasks: the same search for each method's hyper-parameters, then judged runs on fresh seeds.
///
/// Seeds are the outer loop and methods are shuffled within each, so that a machine that slows down treats all alike.
public struct TournamentRunner {
  /// How far a tournament is, told after each run and after each task.
  public struct Progress {
    /// What a run was for: to set a target that the task leaves open, to tune, to show how the learning rate matters
    /// around the chosen one, or to judge.
    public enum Stage: String, Sendable {
      case target, tuning, sweep, judging
    }
    /// `ComparisonTask.name`.
    public let task: String
    /// The title of the method that ran; empty with a finished task.
    public let contestant: String
    /// What the run was for.
    public let stage: Stage
    /// Runs done and to do, of all tasks.
    public let done: Int
    /// All runs of all tasks.
    public let total: Int
    /// The finished task, after its last run.
    public let finished: Tournament.TaskResult?
  }

  /// One after another in this order.
  public var tasks: [ComparisonTask]
  /// What is compared.
  public var methods: [MethodEntry]
  /// Tuning, seeds and cost.
  public var plan: Tournament.Settings
  /// Asked between runs and within them; once it is true, the tournament ends with what was finished by then.
  public var isCancelled: () -> Bool = { false }

  /// Nothing runs before `run`.
  public init(tasks: [ComparisonTask], methods: [MethodEntry], plan: Tournament.Settings) {
    (self.tasks, self.methods, self.plan) = (tasks, methods, plan)
  }

  /// Where a reference run sets the target: the method, the trials of its tuning, and the share of the budget.
  static let reference = (method: "adamw", trials: 8, seeds: 3, share: 0.3)

  /// - Throws: `EngineError` when an engine library is missing, and what a task throws when it is made.
  public func run(commandLine: String, onProgress: @escaping (Progress) -> Void = { _ in }) throws -> Tournament {
    let spaces = methods.map { SearchSpace($0, decades: plan.decades, scope: plan.scope) }
    let draws = plan.draws(tasks: tasks.count)
    var tournament = Tournament(
      plan: plan, contestants: contestants(spaces), draws: draws, commandLine: commandLine, date: Date(),
      machine: Machine.description, versions: Machine.versions.map { .init($0.name, $0.value) })
    var counter = Counter(total: tasks.map { runCount($0, draws: draws) }.reduce(0, +), report: onProgress)
    for (number, task) in tasks.enumerated() where !isCancelled() {
      var work = try TaskWork(
        task: task, plan: plan, draws: draws, spaces: spaces, contestants: tournament.contestants,
        orderSeed: plan.seed &+ UInt64(number), isCancelled: isCancelled)
      try work.run(&counter)
      if let result = work.result { tournament.tasks.append(result) }
    }
    tournament.isInterrupted = isCancelled()
    return tournament
  }

  /// A method that is named twice takes part twice, under a name of its own and so with draws of its own.
  private func contestants(_ spaces: [SearchSpace]) -> [Tournament.Contestant] {
    methods.indices.map { i in
      let number = 1 + methods[..<i].count { $0.name == methods[i].name }
      return Tournament.Contestant(
        method: methods[i].name + (number > 1 ? "-\(number)" : ""),
        title: methods[i].title + (number > 1 ? " (\(number))" : ""), space: spaces[i].text)
    }
  }

  private func runCount(_ task: ComparisonTask, draws: Int) -> Int {
    let sweep = plan.trials > 0 ? Tournament.Settings.sweepFactors.count : 0
    let reference = task.target == nil ? Self.reference.trials * Self.reference.seeds : 0
    return methods.count * (draws * plan.trials * plan.tuningSeeds + sweep + plan.seeds) + reference
  }

  /// Counts runs and tells of them.
  struct Counter {
    var done = 0
    let total: Int
    let report: (Progress) -> Void

    init(total: Int, report: @escaping (Progress) -> Void) { (self.total, self.report) = (total, report) }

    mutating func count(
      _ task: ComparisonTask, _ contestant: String, _ stage: Progress.Stage, finished: Tournament.TaskResult? = nil
    ) {
      if finished == nil { done += 1 }
      report(
        Progress(
          task: task.name, contestant: contestant, stage: stage, done: done, total: total, finished: finished))
    }
  }
}
