import DescentGraph
import Foundation

/// A hyper-parameter as a function of the step, counted from 0.
///
/// Every schedule is a closed form in the step number: resuming needs nothing else. A literal is a constant schedule.
/// Schedules are combined with `then` and `warmingUp`, and a new one is a closure:
/// `Schedule("noam") { step in … }`.
public struct Schedule: Sendable, ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral, CustomStringConvertible {
  /// How reports print the schedule.
  public let description: String
  private let function: @Sendable (Int) -> Double

  public init(_ description: String, _ function: @escaping @Sendable (Int) -> Double) {
    self.description = description
    self.function = function
  }
  public init(floatLiteral value: Double) { self = .constant(value) }
  public init(integerLiteral value: Int) { self = .constant(Double(value)) }

  /// The value at `step`, which counts from 0.
  public func value(at step: Int) -> Double { function(step) }

  public static func constant(_ value: Double) -> Schedule { Schedule("\(value)") { _ in value } }

  /// `initial · rate^(t / steps)`; as a staircase the exponent is rounded down.
  public static func exponential(from initial: Double, rate: Double, every steps: Int = 1, staircase: Bool = false)
    -> Schedule
  {
    require(steps > 0, "exponential schedule: the rate must apply every 1 or more steps, not \(steps)")
    return Schedule("exponential(from: \(initial), rate: \(rate), every: \(steps)\(staircase ? ", staircase" : ""))") {
      let exponent = staircase ? Double($0 / steps) : Double($0) / Double(steps)
      return initial * pow(rate, exponent)
    }
  }

  /// `initial · factor^⌊t / steps⌋`: multiplied by `factor` every `steps` steps.
  public static func step(from initial: Double, factor: Double, every steps: Int) -> Schedule {
    require(steps > 0, "step schedule: it must drop every 1 or more steps, not \(steps)")
    return Schedule("step(from: \(initial), factor: \(factor), every: \(steps))") {
      initial * pow(factor, Double($0 / steps))
    }
  }

  /// From `initial` down half a cosine to `final` over `steps` steps, then constant (Loshchilov & Hutter 2016, arXiv
  /// 1608.03983, without restarts).
  public static func cosine(from initial: Double, to final: Double = 0, over steps: Int) -> Schedule {
    require(steps > 0, "cosine schedule: it must last 1 or more steps, not \(steps)")
    return Schedule("cosine(from: \(initial), to: \(final), over: \(steps))") {
      let progress = Double(min($0, steps)) / Double(steps)
      return final + (initial - final) * (1 + cos(.pi * progress)) / 2
    }
  }

  /// A straight line from `initial` to `final` over `steps` steps, then constant.
  public static func linear(from initial: Double, to final: Double, over steps: Int) -> Schedule {
    require(steps > 0, "linear schedule: it must last 1 or more steps, not \(steps)")
    return Schedule("linear(from: \(initial), to: \(final), over: \(steps))") {
      initial + (final - initial) * Double(min($0, steps)) / Double(steps)
    }
  }

  /// This schedule for its first `steps` steps, then `next`, which counts from 0 again.
  public func then(_ next: Schedule, after steps: Int) -> Schedule {
    Schedule("\(self).then(\(next), after: \(steps))") { $0 < steps ? self.value(at: $0) : next.value(at: $0 - steps) }
  }

  /// A straight line from `initial` to this schedule's first value over `steps` steps, then this schedule.
  public func warmingUp(over steps: Int, from initial: Double = 0) -> Schedule {
    steps == 0 ? self : Schedule.linear(from: initial, to: value(at: 0), over: steps).then(self, after: steps)
  }
}
