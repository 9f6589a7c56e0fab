import DescentTrain
import DescentText
import Foundation

/// A tournament as JSON for machines: protocol, ranking, and for each task the standings, trials and runs.
///
/// A number that does not exist is `null`: the cost of a run that missed the target, the metric of one that diverged.
public struct TournamentJSON: Sendable {
  private let tournament: Tournament
  private let summary: TournamentSummary

  /// The document of a tournament and its summary.
  public init(_ tournament: Tournament) {
    self.tournament = tournament
    summary = TournamentSummary(tournament)
  }

  /// The built-in tasks.
  package static var tasks: OrderedJSON {
    .array(
      TaskTable.tasks.map { task in
        .object([
          ("name", .string(task.name)), ("title", .string(task.title)), ("summary", .string(task.summary)),
          ("metric", metric(task.metric)), ("target", .optional(task.target)),
          ("targetOrigin", .string(task.targetOrigin)), ("budget", .integer(task.budget)),
        ])
      })
  }

  /// The document, ending in a line break.
  public func text() -> String {
    OrderedJSON.object([
      ("headline", .string(summary.headline(tournament))),
      ("interrupted", .bool(tournament.isInterrupted)),
      ("protocol", plan),
      ("ranking", .array(summary.standings.map(standing))),
      ("tasks", .array(tournament.tasks.indices.map(task))),
      ("command", .string(tournament.commandLine)),
      ("date", .string(tournament.date.ISO8601Format())),
      ("machine", .string(tournament.machine)),
      ("versions", .object(tournament.versions.map { ($0.name, .string($0.value)) })),
    ]).text() + "\n"
  }

  private var plan: OrderedJSON {
    let plan = tournament.plan
    return .object([
      ("trials", .integer(plan.trials)), ("tuningSeeds", .integer(plan.tuningSeeds)),
      ("draws", .integer(tournament.draws)), ("seeds", .integer(plan.seeds)), ("search", .string(plan.scope.rawValue)),
      ("decades", .number(plan.decades)),
      ("by", .string(plan.cost.rawValue)), ("repetition", .integer(Int(clamping: plan.seed))),
      ("exchanged", .string(summary.exchangesTasks ? "tasks" : "draws")), ("blocks", .integer(summary.blocks)),
      ("withheld", summary.withheld.map(OrderedJSON.string) ?? .null), ("noiseFloor", .optional(summary.floor)),
      ("statements", .array(TournamentProtocol(tournament).statements.map(OrderedJSON.string))),
      ("spaces", .object(tournament.contestants.map { ($0.method, .string($0.space)) })),
    ])
  }

  private func standing(_ standing: TournamentSummary.Standing) -> OrderedJSON {
    let contestant = tournament.contestants[standing.index]
    return .object([
      ("method", .string(contestant.method)), ("title", .string(standing.title)),
      ("rank", .integer(standing.rank)), ("score", .number(standing.score)),
      ("interval95", Self.interval(standing.interval)), ("withItself", .optional(standing.selfDifference)),
      ("solved", .integer(standing.solved)),
      ("runs", .integer(standing.runs)), ("misses", .integer(standing.misses)),
      ("seconds", .number(standing.seconds)), ("cpuSeconds", .number(standing.cpuSeconds)),
      ("gradientEvaluations", .integer(standing.evaluations)), ("comparedWithBest", Self.verdict(standing.verdict)),
    ])
  }

  private func task(_ index: Int) -> OrderedJSON {
    let task = tournament.tasks[index]
    return .object([
      ("name", .string(task.name)), ("summary", .string(task.summary)), ("metric", Self.metric(task.metric)),
      ("target", .number(task.target)), ("targetOrigin", .string(task.targetOrigin)),
      ("budget", .integer(task.budget)), ("scored", .bool(summary.scoredTasks.contains(index))),
      ("methods", .array(summary.tasks[index].map { entry($0, task) })),
    ])
  }

  private func entry(_ standing: TournamentSummary.TaskStanding, _ task: Tournament.TaskResult) -> OrderedJSON {
    let (entry, contestant) = (task.entries[standing.index], tournament.contestants[standing.index])
    return .object([
      ("method", .string(contestant.method)), ("title", .string(contestant.title)),
      ("mean", .optional(standing.metric?.mean)), ("std", .optional(standing.metric?.standardDeviation)),
      ("interval95", Self.interval(standing.metricInterval)), ("cost", .number(standing.cost)),
      ("ratio", .number(standing.ratio)),
      ("runs", .integer(standing.runs)), ("reached", .integer(standing.reached)),
      ("missed", .integer(standing.runs - standing.reached)), ("diverged", .integer(standing.diverged)),
      ("comparedWithBest", Self.verdict(standing.verdict)),
      ("draws", .array(entry.draws.map(Self.draw))), ("sweep", .array(entry.sweep.map(Self.trial))),
    ])
  }

  private static func draw(_ draw: Tournament.Draw) -> OrderedJSON {
    .object([
      ("hyperparameters", draw.chosen.map(values) ?? .null), ("trials", .array(draw.trials.map(trial))),
      ("seeds", .array(draw.runs.map(run))),
    ])
  }

  private static func run(_ run: RunRecord) -> OrderedJSON {
    .object([
      ("seed", .integer(Int(run.seed))), ("metric", .optional(run.finalMetric)),
      ("evaluationsToTarget", .optional(run.evaluationsToTarget)), ("stepsToTarget", .optional(run.stepsToTarget)),
      ("secondsToTarget", .optional(run.secondsToTarget)), ("divergedAtStep", .optional(run.divergedAtStep)),
      ("steps", .integer(run.steps)), ("gradientEvaluations", .optional(run.gradientEvaluations)),
      ("seconds", .number(run.seconds)), ("cpuSeconds", .optional(run.cpuSeconds)),
      (
        "curve",
        .object([
          ("step", .array(run.points.map { .integer($0.step) })),
          ("seconds", .array(run.points.map { .number($0.seconds) })),
          ("metric", .array(run.points.map { .number($0.metric) })),
        ])
      ),
    ])
  }

  private static func trial(_ trial: Tournament.Trial) -> OrderedJSON {
    .object([
      ("values", values(trial.values)), ("metrics", .array(trial.metrics.map(OrderedJSON.number))),
      ("evaluationsToTarget", .array(trial.evaluations.map(OrderedJSON.number))),
    ])
  }

  private static func values(_ values: [Comparison.NamedNumber]) -> OrderedJSON {
    .object(values.map { ($0.name, .number($0.value)) })
  }

  private static func metric(_ metric: Metric) -> OrderedJSON {
    .object([
      ("name", .string(metric.name)), ("title", .string(metric.title)),
      ("higherIsBetter", .bool(metric.higherIsBetter)),
    ])
  }

  private static func interval(_ interval: ClosedRange<Double>?) -> OrderedJSON {
    interval.map { .array([.number($0.lowerBound), .number($0.upperBound)]) } ?? .null
  }

  private static func verdict(_ verdict: ComparisonSummary.Verdict) -> OrderedJSON {
    func object(_ text: String, _ difference: PairedDifference) -> OrderedJSON {
      .object([
        ("verdict", .string(text)), ("difference", .number(difference.mean)),
        ("interval95", interval(difference.interval)), ("blocks", .integer(difference.count)),
      ])
    }
    return switch verdict {
    case .best: .object([("verdict", .string("best"))])
    case .differenceShown(let difference): object("difference shown", difference)
    case .noDifferenceShown(let difference): object("no difference shown", difference)
    case .nothingCanBeClaimed(let reason):
      .object([("verdict", .string("nothing can be claimed")), ("reason", .string(reason))])
    }
  }
}
