import DescentTrain
import DescentText
import Foundation

/// A comparison as JSON for machines.
///
/// The members a reader can rely on, for a comparison by test accuracy (the metric's own name takes its place
/// otherwise, `testRMSE` for a regression):
///
///     {"methods": [{"method": "adamw", "testAccuracy": {"mean": 0.97, "std": 0.01},
///                   "secondsToTarget": 0.4, "stepsToTarget": 450, "finalLoss": 0.02}, …]}
///
/// Methods are listed best first. A number that does not exist is `null`: `std` of a single seed, a target that was
/// missed, the results of a method that diverged on every seed (`divergedAtStep` then says where). `seeds` within a
/// method holds each run with its curve, column by column.
public struct ComparisonJSON: Sendable {
  private let comparison: Comparison
  private let summary: ComparisonSummary

  /// The document of a comparison and its summary.
  public init(_ comparison: Comparison) {
    self.comparison = comparison
    summary = ComparisonSummary(comparison)
  }

  /// The document, ending in a line break.
  ///
  /// - Parameter curves: whether to include every run's curve.
  public func text(curves: Bool = true) -> String { document(curves: curves).text() + "\n" }

  private func document(curves: Bool) -> OrderedJSON {
    let metric = comparison.metric
    return .object([
      ("task", .string(comparison.task)),
      ("description", .string(comparison.taskDescription)),
      ("network", .string(comparison.network)),
      ("loss", .string(comparison.loss)),
      (
        "metric",
        .object([
          ("name", .string(metric.name)), ("title", .string(metric.title)),
          ("higherIsBetter", .bool(metric.higherIsBetter)),
        ])
      ),
      ("target", .optional(comparison.target)),
      ("batch", .integer(comparison.batch)),
      ("epochs", .integer(comparison.epochs)),
      ("seeds", .array(comparison.seeds.map(Self.seed))),
      ("headline", .string(summary.headline)),
      ("interrupted", .bool(comparison.interrupted)),
      ("methods", .array(summary.methods.map { method($0, curves: curves) })),
      ("command", .string(comparison.commandLine)),
      ("date", .string(comparison.date.ISO8601Format())),
      ("machine", .string(comparison.machine)),
      ("versions", Self.named(comparison.versions)),
    ])
  }

  private func method(_ line: ComparisonSummary.Method, curves: Bool) -> OrderedJSON {
    let result = comparison.methods[line.index]
    return .object([
      ("method", .string(line.method)),
      (comparison.metric.name, Self.spread(line.metric)),
      ("secondsToTarget", .optional(line.secondsToTarget)),
      ("stepsToTarget", .optional(line.stepsToTarget)),
      ("finalLoss", .optional(line.finalLoss?.mean)),
      ("title", .string(line.title)),
      ("rank", .optional(line.rank)),
      ("reached", .integer(line.reached)),
      ("runs", .integer(line.runs)),
      ("complete", .bool(line.isComplete)),
      ("divergedAtStep", .optional(line.divergences.compactMap(\.step).min())),
      ("comparedWithBest", verdict(line.verdict)),
      ("notes", .array(line.notes(in: comparison).map(OrderedJSON.string))),
      ("batch", .integer(result.batch)),
      ("hyperparameters", Self.named(result.hyperparameters)),
      ("seeds", .array(result.runs.map { run($0, curve: curves) })),
    ])
  }

  private func run(_ run: RunRecord, curve: Bool) -> OrderedJSON {
    var members: [(String, OrderedJSON)] = [
      ("seed", Self.seed(run.seed)),
      (comparison.metric.name, .optional(run.finalMetric)),
      ("secondsToTarget", .optional(run.secondsToTarget)),
      ("stepsToTarget", .optional(run.stepsToTarget)),
      ("finalLoss", run.divergedAtStep == nil ? .number(run.finalLoss) : .null),
      ("divergedAtStep", .optional(run.divergedAtStep)),
      ("seconds", .number(run.seconds)),
      ("steps", .integer(run.steps)),
      ("peakMemoryBytes", .optional(run.peakMemoryBytes)),
    ]
    if curve {
      let points = run.points
      let columns: [(String, OrderedJSON)] = [
        ("epoch", .array(points.map { .integer($0.epoch) })),
        ("step", .array(points.map { .integer($0.step) })),
        ("seconds", .array(points.map { .number($0.seconds) })),
        ("trainLoss", .array(points.map { .number($0.trainLoss) })),
        ("testLoss", .array(points.map { .number($0.testLoss) })),
        (comparison.metric.name, .array(points.map { .number($0.metric) })),
      ]
      members.append(("curve", .object(columns)))
    }
    return .object(members)
  }

  private func verdict(_ verdict: ComparisonSummary.Verdict) -> OrderedJSON {
    switch verdict {
    case .best: .object([("verdict", .string("best"))])
    case .differenceShown(let difference): Self.difference(difference, verdict: "difference shown")
    case .noDifferenceShown(let difference): Self.difference(difference, verdict: "no difference shown")
    case .nothingCanBeClaimed(let reason):
      .object([("verdict", .string("nothing can be claimed")), ("reason", .string(reason))])
    }
  }

  private static func difference(_ difference: PairedDifference, verdict: String) -> OrderedJSON {
    .object([
      ("verdict", .string(verdict)),
      ("meanDifference", .number(difference.mean)),
      ("interval95", .array([.number(difference.interval.lowerBound), .number(difference.interval.upperBound)])),
      ("pairs", .integer(difference.count)),
    ])
  }

  /// Always an object, so that a reader can ask for `mean` and `std` without asking first whether they exist.
  private static func spread(_ spread: SampleSummary?) -> OrderedJSON {
    .object([
      ("mean", .optional(spread?.mean)),
      ("std", .optional(spread?.standardDeviation)),
      ("min", .optional(spread?.minimum)),
      ("max", .optional(spread?.maximum)),
      ("n", .integer(spread?.count ?? 0)),
    ])
  }

  /// Many readers keep numbers as doubles, which lose digits beyond 2⁵³; such a seed is written as text.
  private static func seed(_ seed: UInt64) -> OrderedJSON {
    seed <= 1 << 53 ? .integer(Int(seed)) : .string(String(seed))
  }

  private static func named(_ values: [Comparison.NamedValue]) -> OrderedJSON {
    .object(values.map { ($0.name, .string($0.value)) })
  }
}
