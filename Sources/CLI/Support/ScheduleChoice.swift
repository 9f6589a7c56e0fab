import ArgumentParser
import Descent

/// How the learning rate changes over a run, as users type it: a name of `ScheduleTable`, or `plateau`, and numbers. Times
/// are epochs, since those are what users give.
struct ScheduleChoice {
  private let entry: ScheduleEntry
  private let numbers: [Double]

  /// `plateau` as a row like the others; the rate itself is constant.
  private static let plateau = ScheduleEntry(
    "plateau", [.init("FACTOR", 0.1, .share), .init("EPOCHS", 10, .count)],
    "times FACTOR whenever the training loss has not fallen for more than EPOCHS"
  ) { .constant($1.rate) }

  private static let entries = ScheduleTable.entries + [plateau]

  /// How each schedule is written, and what it does.
  static var grammars: [(grammar: String, summary: String)] { entries.map { ($0.grammar, $0.summary) } }

  /// - Throws: `ValidationError` that says what can be written.
  init(_ text: String) throws {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard let entry = Self.entries.first(where: { $0.name == parts[0].lowercased() }) else {
      let names = Self.entries.map(\.name)
      let suggestion = nearestName(to: parts[0], in: names).map { "; did you mean '\($0)'?" } ?? "."
      throw ValidationError(
        "there is no schedule '\(parts[0])'\(suggestion) The schedules are: \(names.joined(separator: ", ")).")
    }
    let given = parts.dropFirst()
    guard given.count <= entry.numbers.count || entry.repeatsLast else {
      throw ValidationError(
        "'\(text)' has more numbers than '\(entry.name)' takes (\(entry.numbers.count)): \(entry.grammar).")
    }
    numbers = try given.enumerated().map { index, part in
      let number = entry.numbers[min(index, entry.numbers.count - 1)]
      guard let value = Double(part), number.kind.allows(value) else {
        throw ValidationError("in '\(text)', \(number.name) must be \(number.kind.rawValue), not '\(part)'.")
      }
      return value
    }
    self.entry = entry
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
    let run = ScheduleEntry.Run(rate: rate, steps: steps, stepsPerEpoch: stepsPerEpoch)
    return entry.schedule(numbers, for: run).warmingUp(over: warmUpSteps)
  }

  /// The controller of `plateau`; nil for schedules that are functions of the step.
  var plateau: ReduceOnPlateau? {
    guard entry.name == Self.plateau.name else { return nil }
    let values = entry.values(numbers)
    return ReduceOnPlateau(factor: values[0], patience: Int(values[1]))
  }
}
