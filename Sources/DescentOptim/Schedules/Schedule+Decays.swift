import Foundation

/// Schedules that fall without end, by a rule in t, the step counted from 0.
extension Schedule {
  /// `initial · rate^(t / steps)`; as a staircase the exponent is rounded down.
  public static func exponential(from initial: Double, rate: Double, every steps: Int = 1, staircase: Bool = false)
    -> Schedule
  {
    check(steps, "exponential", "apply its rate every")
    return Schedule("exponential(from: \(initial), rate: \(rate), every: \(steps)\(staircase ? ", staircase" : ""))") {
      let exponent = staircase ? Double($0 / steps) : Double($0) / Double(steps)
      return initial * pow(rate, exponent)
    }
  }

  /// `initial · factor^⌊t / steps⌋`: multiplied by `factor` every `steps` steps.
  public static func step(from initial: Double, factor: Double, every steps: Int) -> Schedule {
    check(steps, "step", "drop every")
    return Schedule("step(from: \(initial), factor: \(factor), every: \(steps))") {
      initial * pow(factor, Double($0 / steps))
    }
  }

  /// `initial`, multiplied by `factor` at each of the steps `milestones`.
  public static func multiStep(from initial: Double, factor: Double, at milestones: [Int]) -> Schedule {
    Schedule("multiStep(from: \(initial), factor: \(factor), at: \(milestones))", length: milestones.max() ?? 0) { t in
      initial * pow(factor, Double(milestones.count { $0 <= t }))
    }
  }

  /// `initial / (1 + rate · t / steps)`; as a staircase t / steps is rounded down.
  public static func inverseTime(from initial: Double, rate: Double, every steps: Int = 1, staircase: Bool = false)
    -> Schedule
  {
    check(steps, "inverse time", "apply its rate every")
    return Schedule("inverseTime(from: \(initial), rate: \(rate), every: \(steps)\(staircase ? ", staircase" : ""))") {
      initial / (1 + rate * (staircase ? Double($0 / steps) : Double($0) / Double(steps)))
    }
  }

  /// `initial` for `steps` steps, then `initial · √(steps / t)`.
  ///
  /// After a warm-up (`warmingUp`) t counts from the end of that. Vaswani et al. 2017 (arXiv 1706.03762) count it from
  /// the start, which takes a closure: η·√n·min(1/√t, t/n^1.5).
  public static func inverseSquareRoot(from initial: Double, after steps: Int) -> Schedule {
    check(steps, "inverse square root", "keep its value for")
    return Schedule("inverseSquareRoot(from: \(initial), after: \(steps))") {
      initial * (Double(steps) / Double(max($0, steps))).squareRoot()
    }
  }
}
