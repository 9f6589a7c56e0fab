import DescentGraph

/// Scales a rate down when a metric has stopped getting better: the one schedule that is no function of the step.
///
/// The loop reports the metric, usually once an epoch, and sets the rate when told that the scale has changed:
///
/// ```swift
/// if plateau.report(validationLoss) { updater.method.learningRate = rate.scaled(by: plateau.scale) }
/// ```
///
/// The whole value is its state: save it (it is `Codable`) and a resumed run goes on as if it had not stopped. The rules are
/// those of `torch.optim.lr_scheduler.ReduceLROnPlateau`.
public struct ReduceOnPlateau: Codable, Sendable, Equatable {
  /// Which way a metric gets better: a loss is better when `lower`, an accuracy when `higher`.
  public enum Direction: String, Codable, CaseIterable, Sendable { case lower, higher }
  /// What the rate is multiplied by at a time, above 0 and below 1.
  public var factor: Double
  /// Reports without improvement that are put up with.
  public var patience: Int
  /// The fraction by which a metric must beat the best to count as better.
  public var threshold: Double
  /// Reports after a reduction in which none is counted.
  public var cooldown: Int
  /// The scale does not fall below this.
  public var minimumScale: Double
  /// Which metric is better.
  public var better: Direction

  /// What the rate is to be multiplied by now.
  public private(set) var scale = 1.0
  /// The best metric so far; nil before the first that is a number.
  public private(set) var best: Double?
  /// Reports since the last improvement.
  public private(set) var stale = 0
  /// Reports that still go uncounted after a reduction.
  public private(set) var cooldownLeft = 0

  /// Defaults are PyTorch's. Traps for values out of their ranges.
  public init(
    factor: Double = 0.1, patience: Int = 10, threshold: Double = 1e-4, cooldown: Int = 0, minimumScale: Double = 0,
    better: Direction = .lower
  ) {
    require(factor > 0 && factor < 1, "ReduceOnPlateau: the factor is above 0 and below 1, not \(factor)")
    require(patience >= 0, "ReduceOnPlateau: the patience is 0 reports or more, not \(patience)")
    require(threshold >= 0 && threshold < 1, "ReduceOnPlateau: the threshold is in 0..<1, not \(threshold)")
    require(cooldown >= 0, "ReduceOnPlateau: the cooldown is 0 reports or more, not \(cooldown)")
    require(minimumScale >= 0 && minimumScale <= 1, "ReduceOnPlateau: the least scale is in 0...1, not \(minimumScale)")
    (self.factor, self.patience, self.threshold) = (factor, patience, threshold)
    (self.cooldown, self.minimumScale, self.better) = (cooldown, minimumScale, better)
  }

  /// Takes a metric in; NaN is no improvement.
  ///
  /// - Returns: whether ``scale`` has changed.
  public mutating func report(_ metric: Double) -> Bool {
    if isBetter(metric) { (best, stale) = (metric, 0) } else { stale += 1 }
    if cooldownLeft > 0 { (cooldownLeft, stale) = (cooldownLeft - 1, 0) }
    guard stale > patience else { return false }
    (cooldownLeft, stale) = (cooldown, 0)
    let before = scale
    scale = max(scale * factor, minimumScale)
    return scale != before
  }

  private func isBetter(_ metric: Double) -> Bool {
    guard let best else { return !metric.isNaN }
    // A fraction of an infinity would make each comparison with it false.
    if best.isInfinite { return better == .lower ? metric < best : metric > best }
    return switch better {
    case .lower: metric < best - threshold * best.magnitude
    case .higher: metric > best + threshold * best.magnitude
    }
  }
}
