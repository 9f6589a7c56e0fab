import DescentTrain
import DescentOptim
import Foundation

extension ProblemRun {
  /// How often the metric is measured in a run, besides its start.
  static let pointCount = 40

  /// Gradient evaluations at measurement `point` of 1...40: closer together at the start, where methods differ in ratio.
  static func evaluations(at point: Int, of budget: Int) -> Int {
    let share = pow(Double(point) / Double(pointCount), 1.5)
    return Int((Double(budget) * share).rounded())
  }

  private func evaluations(steps: Int) -> Int { Int((Double(steps) * evaluationsPerStep).rounded()) }

  /// The most steps that do not cost more; a mean such as 1.2 is not exact in binary.
  private func steps(evaluations: Int) -> Int { Int(Double(evaluations) / evaluationsPerStep + 1e-9) }

  /// A whole run under a task's budget. What is measured along the way does not count as time.
  ///
  /// - Parameters:
  ///   - budget: gradients of one batch.
  ///   - target: of the metric; where it is first reached the costs are noted, and the run goes on.
  ///   - part: what the metric is measured on.
  /// - Returns: nil when it was cancelled.
  func run(
    _ method: any OptimizationMethod, seed: UInt64, budget: Int, metric: Metric, target: Double?,
    on part: Problem.Part, isCancelled: () -> Bool = { false }
  ) throws -> RunRecord? {
    try start(method, seed: seed)
    var run = RunRecord(seed: seed, points: [], finalLoss: .nan, seconds: 0, steps: 0)
    var time = ProcessTime()
    var loss = Double.nan

    func record() throws {
      let value = try measure(part)
      run.points.append(
        RunRecord.Point(
          epoch: epochs, step: steps, seconds: time.wallSeconds, trainLoss: loss, testLoss: .nan, metric: value))
      if !value.isFinite, run.divergedAtStep == nil { run.divergedAtStep = steps }
      guard let target, run.evaluationsToTarget == nil, value.isFinite, metric.reaches(target, with: value) else {
        return
      }
      run.stepsToTarget = steps
      run.secondsToTarget = time.wallSeconds
      run.evaluationsToTarget = evaluations(steps: steps)
    }

    try record()
    for point in 1...Self.pointCount where run.divergedAtStep == nil {
      if isCancelled() { return nil }
      let end = steps(evaluations: Self.evaluations(at: point, of: budget))
      guard end > steps else { continue }
      var (total, count) = (0.0, 0)
      try time.measure {
        while steps < end, run.divergedAtStep == nil {
          let value = try advance()
          if !value.isFinite { run.divergedAtStep = steps }
          total += value
          count += 1
        }
      }
      loss = total / Double(count)
      if run.divergedAtStep == nil { try record() }
    }
    run.finalLoss = run.divergedAtStep == nil ? loss : .nan
    (run.seconds, run.cpuSeconds) = (time.wallSeconds, time.cpuSeconds)
    (run.steps, run.gradientEvaluations) = (steps, evaluations(steps: steps))
    return run
  }
}
