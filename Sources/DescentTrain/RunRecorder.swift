/// Takes the measurements of a run down as they are made.
struct RunRecorder {
  var run: RunRecord
  private let target: Double?
  private let metric: Metric
  private let scale: Double

  init(seed: Int, target: Double?, data: PreparedData) {
    run = RunRecord(
      seed: UInt64(bitPattern: Int64(seed)), points: [], finalLoss: .nan, seconds: 0, steps: 0)
    (self.target, metric, scale) = (target, .standard(for: data), data.targetScale)
  }

  /// Takes a measurement in. The first that reaches the target is remembered as the one that did.
  mutating func add(
    _ evaluation: Evaluation, epoch: Int, step: Int, seconds: Double, trainLoss: Double
  ) -> RunRecord.Point {
    let point = RunRecord.Point(
      epoch: epoch, step: step, seconds: seconds, trainLoss: trainLoss, testLoss: evaluation.loss,
      metric: metric.value(of: evaluation, scale: scale))
    run.points.append(point)
    if let target, run.stepsToTarget == nil, metric.reaches(target, with: point.metric) {
      (run.stepsToTarget, run.secondsToTarget) = (step, seconds)
    }
    return point
  }

  mutating func finish(loss: Double, steps: Int, seconds: Double) {
    (run.finalLoss, run.steps, run.seconds) = (loss, steps, seconds)
    run.peakMemoryBytes = ProcessMemory.peakByteCount
  }
}
