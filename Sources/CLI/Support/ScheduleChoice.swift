import ArgumentParser
import Descent

/// How the learning rate changes over a run, as users type it. Times are epochs, since those are what users give.
enum ScheduleChoice: Equatable {
  case constant
  /// Down half a cosine to a fraction of the rate at the end.
  case cosine(final: Double)
  /// A straight line to a fraction of the rate at the end.
  case linear(final: Double)
  /// Times `rate` every epoch, continuously.
  case exponential(rate: Double)
  /// Times `factor` after every `epochs` epochs.
  case step(factor: Double, epochs: Int)

  static let names = ["constant", "cosine", "linear", "exponential", "step"]

  /// - Throws: `ValidationError` that says what can be written.
  init(_ text: String) throws {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    let numbers = parts.dropFirst().map { Double($0) }
    func number(_ i: Int, _ standard: Double, _ what: String, _ isValid: (Double) -> Bool) throws -> Double {
      guard i < numbers.count else { return standard }
      guard let value = numbers[i], isValid(value) else {
        throw ValidationError("'\(parts[i + 1])' in '\(text)' must be \(what).")
      }
      return value
    }
    let isFraction = { (value: Double) in value >= 0 && value <= 1 }
    let isFactor = { (value: Double) in value > 0 && value <= 1 }
    var limit = 1
    switch parts[0] {
    case "constant":
      limit = 0
      self = .constant
    case "cosine": self = .cosine(final: try number(0, 0, "a fraction of the rate from 0 to 1", isFraction))
    case "linear": self = .linear(final: try number(0, 0, "a fraction of the rate from 0 to 1", isFraction))
    case "exponential":
      self = .exponential(rate: try number(0, 0.95, "a factor above 0 and at most 1", isFactor))
    case "step":
      limit = 2
      let factor = try number(0, 0.1, "a factor above 0 and at most 1", isFactor)
      let epochs = try number(1, 10, "a whole number of epochs, at least 1") {
        $0 >= 1 && $0 == $0.rounded() && $0 < 1e9
      }
      self = .step(factor: factor, epochs: Int(epochs))
    default:
      let suggestion = nearestName(to: parts[0], in: Self.names).map { "; did you mean '\($0)'?" } ?? "."
      let names = Self.names.joined(separator: ", ")
      throw ValidationError("there is no schedule '\(parts[0])'\(suggestion) The schedules are: \(names).")
    }
    guard numbers.count <= limit else {
      throw ValidationError("'\(text)' has more numbers than '\(parts[0])' takes (\(limit)).")
    }
  }

  /// The schedule for a run.
  ///
  /// - Parameters:
  ///   - rate: the learning rate at the start, after the warm-up.
  ///   - epochs: of the run, warm-up included.
  ///   - warmUp: epochs, at most `epochs`, over which the rate rises from 0.
  func schedule(rate: Double, epochs: Int, warmUp: Double, stepsPerEpoch: Int) -> Schedule {
    let warmUpSteps = Int((warmUp * Double(stepsPerEpoch)).rounded())
    let steps = max(1, epochs * stepsPerEpoch - warmUpSteps)
    let main: Schedule =
      switch self {
      case .constant: .constant(rate)
      case .cosine(let final): .cosine(from: rate, to: rate * final, over: steps)
      case .linear(let final): .linear(from: rate, to: rate * final, over: steps)
      case .exponential(let factor): .exponential(from: rate, rate: factor, every: stepsPerEpoch)
      case .step(let factor, let epochs): .step(from: rate, factor: factor, every: epochs * stepsPerEpoch)
      }
    return main.warmingUp(over: warmUpSteps)
  }
}
