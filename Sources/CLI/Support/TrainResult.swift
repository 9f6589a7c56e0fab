import DescentText
import Descent

/// What `descent train` writes at the end.
struct TrainResult {
  let plan: TrainingPlan
  let outcome: Experiment.Outcome
  let savedTo: String?

  private var run: RunRecord { outcome.run }
  private var diverged: Bool { outcome.divergence != nil }
  private var epochsDone: Int { run.points.last?.epoch ?? 0 }

  /// The members a reader can rely on: `testAccuracy`, or `testRMSE` and `testR2` for a regression; `testLoss`,
  /// `trainLoss`, `seconds`, `steps`, `peakMemoryBytes`, `interrupted`, `divergedAtStep`, `skippedSteps`,
  /// `stepsOfSeveralBatches`, `ending`. What does not exist, as the results of a run that diverged, is `null`.
  var json: OrderedJSON {
    var members = quality(outcome.test, "test").map { ($0.0, diverged ? .null : $0.1) }
    members += [
      ("trainLoss", diverged ? .null : .number(outcome.trainLoss)),
      ("seconds", .number(run.seconds)),
      ("steps", .integer(run.steps)),
      ("peakMemoryBytes", .optional(run.peakMemoryBytes)),
      ("divergedAtStep", .optional(run.divergedAtStep)),
      ("interrupted", .bool(outcome.wasCancelled)),
      ("skippedSteps", .optional(outcome.skippedSteps)),
      ("stepsOfSeveralBatches", .optional(outcome.accumulation?.taken)),
      ("ending", outcome.ending.map { .string($0.rawValue) } ?? .null),
      ("validation", outcome.validation.map { .object(quality($0, nil)) } ?? .null),
      ("data", .string(plan.data.name)),
      (
        "examples",
        .object([
          ("train", .integer(plan.data.train.count)), ("validation", .integer(plan.data.validation.count)),
          ("test", .integer(plan.data.test.count)),
        ])
      ),
      ("network", .string(plan.network)),
      ("parameters", .integer(outcome.model.parameterCount)),
      ("activation", .string(plan.experiment.activation.rawValue)),
      ("objective", .string(plan.objective.name)),
      ("optimizer", .string(plan.optimizer.entry.name)),
      ("learningRate", .optional(plan.optimizer.learningRate)),
      ("hyperparameters", .object(plan.experiment.hyperparameters.map(Self.member))),
      ("batch", .integer(plan.experiment.batch ?? plan.data.train.count)),
      ("epochs", .integer(epochsDone)),
      ("seed", .integer(plan.experiment.seed)),
      ("model", savedTo.map(OrderedJSON.string) ?? .null),
      ("version", .string(Release.version)),
    ]
    return .object(members)
  }

  private static func member(_ name: String, _ value: String) -> (String, OrderedJSON) {
    (name, Double(value).map(OrderedJSON.number) ?? .string(value))
  }

  /// The figures of one part; `prefix` makes `testLoss` of `loss`.
  private func quality(_ evaluation: Evaluation, _ prefix: String?) -> [(String, OrderedJSON)] {
    func key(_ name: String) -> String {
      guard let prefix else { return name }
      return prefix + name.prefix(1).uppercased() + name.dropFirst()
    }
    var members: [(String, OrderedJSON)] = []
    if plan.data.isClassification {
      members.append((key("accuracy"), .optional(evaluation.accuracy)))
    } else {
      members.append((prefix == nil ? "rmse" : key("RMSE"), .optional(rootMeanSquaredError(evaluation))))
      members.append((key(prefix == nil ? "r2" : "R2"), .optional(evaluation.r2)))
    }
    members.append((key("loss"), .number(evaluation.loss)))
    return members
  }

  private func rootMeanSquaredError(_ evaluation: Evaluation) -> Double? {
    evaluation.rootMeanSquaredError.map { $0 * plan.data.targetScale }
  }

  /// A few lines for people.
  var text: String {
    let data = plan.data
    var rows: [(String, String)] = []
    func add(_ evaluation: Evaluation, _ part: String, _ count: Int) {
      if let accuracy = evaluation.accuracy {
        let metric = Metric.testAccuracy
        rows.append(("\(part) accuracy", "\(metric.text(accuracy)) of \(NumberText.count(Double(count))) examples"))
      }
      if let error = rootMeanSquaredError(evaluation) {
        rows.append(("\(part) RMSE", "\(NumberText.significant(error)) on \(NumberText.count(Double(count))) examples"))
        if let r2 = evaluation.r2 { rows.append(("\(part) R²", NumberText.significant(r2))) }
      }
      rows.append(("\(part) loss", NumberText.significant(evaluation.loss)))
    }
    add(outcome.test, "test", data.test.count)
    if let validation = outcome.validation { add(validation, "validation", data.validation.count) }
    rows.append(("train loss", NumberText.significant(outcome.trainLoss)))
    let steps = NumberText.count(Double(run.steps))
    rows.append(("time", "\(NumberText.seconds(run.seconds)) s, \(steps) steps, \(epochsDone) epochs"))
    if let skipped = outcome.skippedSteps { rows.append(("skipped", "\(skipped) steps that were not finite")) }
    if let (taken, gathered) = outcome.accumulation {
      let rest = gathered > 0 ? "; the last \(gathered) made no whole one and do not count" : ""
      rows.append(("accumulated", "\(NumberText.count(Double(taken))) steps of several batches\(rest)"))
    }
    if let ending = outcome.ending { rows.append(("ended", "\(ending.rawValue)")) }
    if let memory = run.peakMemoryBytes { rows.append(("memory", "\(NumberText.mebibytes(memory)) at most")) }
    if let savedTo { rows.append(("saved", savedTo)) }
    let width = rows.map { TextLayout.width($0.0) }.max() ?? 0
    var lines = [
      "\(data.name) · network \(plan.network) · \(plan.optimizer.title)"
        + (plan.optimizer.learningRate.map { ", learning rate \($0)" } ?? "")
        + " · batch \(plan.experiment.batch ?? data.train.count) · "
        + "seed \(plan.experiment.seed)"
    ]
    lines += rows.map { TextLayout.pad($0.0, to: width, alignRight: false) + "  " + $0.1 }
    if outcome.wasCancelled {
      lines.append("interrupted after epoch \(epochsDone) of \(plan.experiment.epochs)")
    }
    return lines.joined(separator: "\n")
  }
}
