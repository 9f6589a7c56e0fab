/// Training once from one seed.
public struct RunRecord: Codable, Sendable, Equatable {
  /// Seed of the initial weights and the row order.
  public var seed: UInt64
  /// Measurements in order of time. The k-th points of a method's runs belong together: all runs of one method are
  /// measured on the same schedule.
  public var points: [Point]
  /// Updates made when the metric first reached the target; `nil` when it never did.
  public var stepsToTarget: Int?
  /// Seconds of training when the metric first reached the target; `nil` when it never did.
  public var secondsToTarget: Double?
  /// Training loss at the end; `nan` or infinite when the run diverged.
  @NullWhenNotFinite public var finalLoss: Double
  /// The step at which the loss or a parameter stopped being finite; `nil` for a run that stayed finite.
  public var divergedAtStep: Int?
  /// Seconds of training altogether.
  public var seconds: Double
  /// Updates made altogether.
  public var steps: Int
  /// Largest resident memory during the run, where it was measured.
  public var peakMemoryBytes: Int?
  /// Processor time of all threads, where it was measured.
  public var cpuSeconds: Double?
  /// Gradients of one batch that were taken, and how many when the metric first reached the target, where they were
  /// counted.
  public var gradientEvaluations: Int?
  /// The count of gradients when the metric first reached the target; nil when it never did.
  public var evaluationsToTarget: Int?

  /// What is known of a run; `points` are in order of time.
  public init(
    seed: UInt64, points: [Point], stepsToTarget: Int? = nil, secondsToTarget: Double? = nil, finalLoss: Double,
    divergedAtStep: Int? = nil, seconds: Double, steps: Int, peakMemoryBytes: Int? = nil
  ) {
    self.seed = seed
    self.points = points
    self.stepsToTarget = stepsToTarget
    self.secondsToTarget = secondsToTarget
    self.finalLoss = finalLoss
    self.divergedAtStep = divergedAtStep
    self.seconds = seconds
    self.steps = steps
    self.peakMemoryBytes = peakMemoryBytes
  }

  /// The metric at the end of the run: the last point's, never the best along the way, because choosing an epoch by
  /// its test result would flatter every method. `nil` for a run that diverged or was never measured.
  public var finalMetric: Double? {
    guard divergedAtStep == nil, let last = points.last?.metric, last.isFinite else { return nil }
    return last
  }
}

extension RunRecord {
  /// One measurement during a run. Values that were not measured, or are not finite, are `nan`.
  public struct Point: Codable, Sendable, Equatable {
    /// Finished passes over the training data, counted from 0 (before the first step).
    public var epoch: Int
    /// Finished parameter updates.
    public var step: Int
    /// Seconds of training so far, without the time spent on measuring.
    public var seconds: Double
    /// Training loss.
    @NullWhenNotFinite public var trainLoss: Double
    /// Loss on held-out data.
    @NullWhenNotFinite public var testLoss: Double
    /// The comparison's metric on held-out data, in the metric's own unit.
    @NullWhenNotFinite public var metric: Double

    /// One measurement.
    public init(epoch: Int, step: Int, seconds: Double, trainLoss: Double, testLoss: Double, metric: Double) {
      self.epoch = epoch
      self.step = step
      self.seconds = seconds
      self.trainLoss = trainLoss
      self.testLoss = testLoss
      self.metric = metric
    }
  }
}

/// A number that JSON can always hold: one that is not finite is written as `null` and read back as `nan`.
///
/// Two values that are both not finite count as equal, so that reading back what was written gives an equal value.
@propertyWrapper
public struct NullWhenNotFinite: Codable, Sendable, Equatable {
  /// The number, `nan` where JSON had `null`.
  public var wrappedValue: Double

  /// A number to wrap.
  public init(wrappedValue: Double) { self.wrappedValue = wrappedValue }

  /// Reads a number, or `null` as `nan`.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    wrappedValue = container.decodeNil() ? .nan : try container.decode(Double.self)
  }

  /// Writes the number, or `null` where it is not finite.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if wrappedValue.isFinite { try container.encode(wrappedValue) } else { try container.encodeNil() }
  }

  /// Whether both are equal, or both not finite.
  public static func == (left: Self, right: Self) -> Bool {
    left.wrappedValue == right.wrappedValue || !(left.wrappedValue.isFinite || right.wrappedValue.isFinite)
  }
}
