/// Which part of the values an axis shows.
enum ChartDomain {
  /// Range for the metric, zoomed to where methods differ: it spans the best values, the finals of three quarters of
  /// the methods with room around them, the target, and a worse method where it is not far away.
  ///
  /// - Parameters:
  ///   - finals: each method's final value; may be empty.
  ///   - values: every value that will be drawn.
  ///   - target: the target value.
  ///   - higherIsBetter: which end is the good one.
  /// - Returns: `nil` when there is nothing to draw.
  static func zoomed(
    finals: [Double], values: [Double], target: Double?, higherIsBetter: Bool, ceiling: Double? = nil
  ) -> ClosedRange<Double>? {
    // Turned so that larger is better, and turned back at the end.
    let sign: Double = higherIsBetter ? 1 : -1
    let good = values.filter(\.isFinite).map { $0 * sign }
    guard let dataTop = good.max(), let dataBottom = good.min() else { return nil }
    let ends = finals.filter(\.isFinite).map { $0 * sign }.sorted(by: >)
    let best = ends.first ?? dataTop
    let threeQuarters = ends.isEmpty ? dataBottom : ends[(ends.count - 1) * 3 / 4]
    var span = max(2.5 * (best - threeQuarters), 0.02 * abs(best), 1e-9)
    var top = dataTop
    if let target = target.map({ $0 * sign }) {
      if target < best { span = max(span, 1.5 * (best - target)) }
      // A target far out of reach would push the curves into a corner.
      if target > top, target - best <= 3 * span { top = target }
    }
    var bottom = best - span
    if let worst = ends.last, worst < bottom, worst >= best - 1.5 * span { bottom = worst }
    bottom = max(bottom, dataBottom)
    top = min(top, best + 2 * span)
    let padding = 0.05 * max(top - bottom, 1e-9)
    let low = bottom - padding
    var high = top + padding
    if let ceiling, higherIsBetter { high = min(high, max(ceiling, top)) }
    return higherIsBetter ? low...max(high, low) : -max(high, low)...(-low)
  }

  /// Range for a loss on a log axis. Explosions above where the runs started are left out.
  ///
  /// - Parameters:
  ///   - starts: first value of every curve.
  ///   - values: every value that will be drawn.
  static func loss(starts: [Double], values: [Double]) -> ClosedRange<Double>? {
    let positive = values.filter { $0.isFinite && $0 > 0 }.sorted()
    guard let smallest = positive.first else { return nil }
    let common = positive[(positive.count - 1) * 95 / 100]
    let start = starts.filter { $0.isFinite && $0 > 0 }.sorted()
    let typicalStart = start.isEmpty ? common : start[start.count / 2]
    let high = max(common, min(start.last ?? common, typicalStart * 10)) * 1.2
    return max(smallest * 0.8, high * 1e-10)...high
  }

  /// Axis for steps or seconds: from 0, or logarithmic when the curves' lengths differ more than twelvefold.
  ///
  /// - Parameters:
  ///   - ends: where each curve ends.
  ///   - starts: the first positive value of each curve.
  static func progress(ends: [Double], starts: [Double]) -> ChartScale? {
    let positive = ends.filter { $0.isFinite && $0 > 0 }
    guard let longest = positive.max(), let shortest = positive.min() else { return nil }
    if longest > 12 * shortest, let first = starts.filter({ $0.isFinite && $0 > 0 }).min() {
      return ChartScale(.log, first...longest)
    }
    return ChartScale(.linear, 0...longest)
  }
}
