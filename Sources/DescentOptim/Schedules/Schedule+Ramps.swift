import DescentGraph
import Foundation

/// Schedules from one value to another over a number of steps.
extension Schedule {
  /// A straight line from `initial` to `final` over `steps` steps, then constant.
  public static func linear(from initial: Double, to final: Double, over steps: Int) -> Schedule {
    check(steps, "linear", "last")
    return Schedule("linear(from: \(initial), to: \(final), over: \(steps))", length: steps) {
      initial + (final - initial) * Double(min($0, steps)) / Double(steps)
    }
  }

  /// `final + (initial − final) · (1 − t / steps)^power` over `steps` steps, then constant.
  public static func polynomial(from initial: Double, to final: Double = 0, power: Double, over steps: Int) -> Schedule
  {
    check(steps, "polynomial", "last")
    return Schedule("polynomial(from: \(initial), to: \(final), power: \(power), over: \(steps))", length: steps) {
      final + (initial - final) * pow(1 - Double(min($0, steps)) / Double(steps), power)
    }
  }

  /// From `initial` down half a cosine to `final` over `steps` steps, then constant (Loshchilov & Hutter 2016, arXiv
  /// 1608.03983, without restarts).
  public static func cosine(from initial: Double, to final: Double = 0, over steps: Int) -> Schedule {
    check(steps, "cosine", "last")
    return Schedule("cosine(from: \(initial), to: \(final), over: \(steps))", length: steps) {
      halfCosine(from: initial, to: final, Double(min($0, steps)) / Double(steps))
    }
  }

  /// Warm-up, stable, decay (Hu et al. 2024, arXiv 2404.06395): a straight line from 0 to `peak`, `peak` for a while, and a
  /// straight line down to `final`, after which it stays.
  public static func warmupStableDecay(
    peak: Double, to final: Double = 0, warmUp: Int, stable: Int, decay: Int
  ) -> Schedule {
    check(decay, "warm-up–stable–decay", "decay over")
    let rest = Schedule.constant(peak).then(.linear(from: peak, to: final, over: decay), after: stable)
    return Schedule(
      "warmupStableDecay(peak: \(peak), to: \(final), warmUp: \(warmUp), stable: \(stable), decay: \(decay))",
      length: warmUp + stable + decay, rest.warmingUp(over: warmUp).value)
  }

  /// Half a cosine from `initial` at progress 0 to `final` at progress 1.
  static func halfCosine(from initial: Double, to final: Double, _ progress: Double) -> Double {
    final + (initial - final) * (1 + cos(.pi * progress)) / 2
  }
}
