/// The measurements of one run, as they are taken.
struct RunRecord {
  var run: MethodResult.Run
  private let target: Double?
  private let metric: Comparison.Metric
  private let scale: Double

  init(seed: Int, target: Double?, data: PreparedData) {
    run = MethodResult.Run(
      seed: UInt64(bitPattern: Int64(seed)), points: [], finalLoss: .nan, seconds: 0, steps: 0)
    (self.target, metric, scale) = (target, .standard(for: data), data.targetScale)
  }

  /// Takes a measurement in. The first that reaches the target is remembered as the one that did.
  mutating func add(
    _ evaluation: Evaluation, epoch: Int, step: Int, seconds: Double, trainLoss: Double
  ) -> MethodResult.Point {
    let point = MethodResult.Point(
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
