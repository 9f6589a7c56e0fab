import DescentGraph

/// A hyper-parameter as a function of the step, counted from 0.
///
/// Every schedule is a closed form in the step number: resuming needs nothing else. A literal is a constant schedule.
/// Schedules are combined with `then` and `warmingUp`: `.linear(from: 0, to: 0.1, over: 20).then(.cosine(from: 0.1, over:
/// 180))`. A new one is a closure: `Schedule("noam") { step in … }`.
public struct Schedule: Sendable, ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral, CustomStringConvertible {
  /// How reports print the schedule.
  public let description: String
  /// Steps until the schedule has reached its last value and keeps it; nil when it goes on, or has no end of its own.
  public let length: Int?
  private let function: @Sendable (Int) -> Double

  /// A schedule of one's own.
  ///
  /// - Parameters:
  ///   - description: what reports print.
  ///   - length: steps until the last value is reached and kept; nil when there is no such step.
  ///   - function: the value at a step, counted from 0. It must be pure: any step may be asked for, in any order, on
  ///     any thread.
  public init(_ description: String, length: Int? = nil, _ function: @escaping @Sendable (Int) -> Double) {
    self.description = description
    self.length = length
    self.function = function
  }
  /// A literal is a constant schedule.
  public init(floatLiteral value: Double) { self = .constant(value) }
  /// A literal is a constant schedule.
  public init(integerLiteral value: Int) { self = .constant(Double(value)) }

  /// The value at `step`, which counts from 0.
  public func value(at step: Int) -> Double { function(step) }

  /// `value` in every step. It has no length: `then` needs a number of steps.
  public static func constant(_ value: Double) -> Schedule { Schedule("\(value)") { _ in value } }

  /// This schedule for its first `steps` steps, all of its own if nil, then `next`, which counts from 0 again.
  ///
  /// Traps when `steps` is nil and the schedule has no ``length``.
  public func then(_ next: Schedule, after steps: Int? = nil) -> Schedule {
    guard let steps = steps ?? length else {
      fatalError("the schedule \(self) has no end; say after how many steps \(next) begins: then(_:after:)")
    }
    return Schedule("\(self).then(\(next), after: \(steps))", length: next.length.map { steps + $0 }) {
      $0 < steps ? self.value(at: $0) : next.value(at: $0 - steps)
    }
  }

  /// A straight line from `initial` to this schedule's first value over `steps` steps, then this schedule.
  public func warmingUp(over steps: Int, from initial: Double = 0) -> Schedule {
    steps == 0 ? self : Schedule.linear(from: initial, to: value(at: 0), over: steps).then(self)
  }

  /// `factor` times this schedule.
  public func scaled(by factor: Double) -> Schedule {
    factor == 1 ? self : Schedule("\(factor) · \(self)", length: length) { factor * value(at: $0) }
  }

  /// Checks a number of steps that a schedule is given.
  static func check(_ steps: Int, _ name: String, _ purpose: String) {
    require(steps > 0, "\(name) schedule: it must \(purpose) 1 or more steps, not \(steps)")
  }
}
