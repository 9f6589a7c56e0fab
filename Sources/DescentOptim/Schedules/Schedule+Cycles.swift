import DescentGraph
import Foundation

/// Schedules that go up and down.
extension Schedule {
  /// Half a cosine from `initial` to `final` over `steps` steps, again and again, each time `growth` times as long
  /// (Loshchilov & Hutter 2016, arXiv 1608.03983).
  public static func cosineWithRestarts(
    from initial: Double, to final: Double = 0, every steps: Int, growth: Int = 1
  ) -> Schedule {
    check(steps, "cosine with restarts", "restart every")
    require(growth >= 1, "cosine with restarts schedule: a round is 1 or more times as long as the last, not \(growth)")
    return Schedule("cosineWithRestarts(from: \(initial), to: \(final), every: \(steps), growth: \(growth))") { t in
      // Rounds before this one last steps·(growthⁿ − 1)/(growth − 1) together.
      var (start, length) = (growth == 1 ? t / steps * steps : 0, steps)
      while t - start >= length { (start, length) = (start + length, length * growth) }
      return halfCosine(from: initial, to: final, Double(t - start) / Double(length))
    }
  }

  /// One cycle (Smith & Topin 2017, arXiv 1708.07120): half a cosine up to `peak`, half a cosine down far below the start.
  ///
  /// - Parameters:
  ///   - peak: the greatest value.
  ///   - steps: that the cycle takes; the last of them has the last value.
  ///   - rising: fraction of the steps in which the value rises.
  ///   - startFactor: the first value, as a fraction of the peak.
  ///   - endFactor: the last value, as a fraction of the first.
  public static func oneCycle(
    peak: Double, over steps: Int, rising: Double = 0.3, startFactor: Double = 0.04, endFactor: Double = 1e-4
  ) -> Schedule {
    let top = rising * Double(steps) - 1
    let end = Double(steps - 1)
    require(
      top > 0 && top < end, "one-cycle schedule: \(steps) steps, \(rising) of them rising, leave no way up or down")
    return Schedule("oneCycle(peak: \(peak), over: \(steps), rising: \(rising))", length: steps - 1) {
      let t = min(Double($0), end)
      let start = peak * startFactor
      return t <= top
        ? halfCosine(from: start, to: peak, t / top)
        : halfCosine(from: peak, to: start * endFactor, (t - top) / (end - top))
    }
  }

  /// How the height of a cyclic schedule's triangles goes on.
  public enum Cycle: Sendable, Hashable {
    /// All alike.
    case triangular
    /// Each half as high as the one before: `triangular2`.
    case halving
    /// Times `rate`^t: `exp_range`.
    case exponential(rate: Double)
  }

  /// Straight lines from `low` to `high` over `rise` steps and back over `fall` (as many, if nil), again and again (Smith
  /// 2015, arXiv 1506.01186).
  public static func cyclic(
    from low: Double, to high: Double, rise: Int, fall: Int? = nil, _ cycle: Cycle = .triangular
  ) -> Schedule {
    let fall = fall ?? rise
    check(min(rise, fall), "cyclic", "rise and fall over")
    return Schedule("cyclic(from: \(low), to: \(high), rise: \(rise), fall: \(fall), \(cycle))") { t in
      let (round, place) = t.quotientAndRemainder(dividingBy: rise + fall)
      let height = place <= rise ? Double(place) / Double(rise) : Double(rise + fall - place) / Double(fall)
      let scale =
        switch cycle {
        case .triangular: 1.0
        case .halving: pow(0.5, Double(round))
        case .exponential(let rate): pow(rate, Double(t))
        }
      return low + (high - low) * height * scale
    }
  }
}
