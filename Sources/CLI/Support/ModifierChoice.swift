import ArgumentParser
import Descent

/// A modifier as users type it: a name of `ModifierTable`, `=` and what it takes with commas between, `@` and a pattern:
/// `clip-norm`, `swa=100,10`, `weight-decay=0.1@*.weight`, `group=lr:0.1,weightDecay:0@head.*`.
struct ModifierChoice: ExpressibleByArgument, Sendable {
  let text: String
  init?(argument: String) { text = argument }

  /// What was typed, read.
  struct Parsed: Sendable {
    let entry: ModifierEntry
    var arguments: ModifierEntry.Arguments
    /// What a group has of its own.
    var settings: [Assignment] = []

    /// Batches that the modifier gathers for a step of the method.
    var batchesPerStep: Int { entry.kind == .accumulate ? Int(arguments.numbers[0]) : 1 }

    /// `method` with the modifier around it.
    ///
    /// - Parameter rated: the schedule for a learning rate.
    /// - Throws: `UsageError` for a hyper-parameter that the method does not have, `ModifierError`.
    func applied(
      to method: any OptimizationMethod, named name: String, rated: @escaping @Sendable (Double) -> Schedule
    ) throws -> any OptimizationMethod {
      var arguments = arguments
      let settings = settings
      arguments.change = { method in
        try settings.reduce(method) { try $0.settingRated($1, method: name, rated) }
      }
      return try method.modified(by: entry.kind, arguments)
    }
  }

  /// - Throws: `ValidationError` that says what can be written.
  func parsed() throws -> Parsed {
    let halves = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    let parts = halves[0].split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard let entry = ModifierTable.entry(named: parts[0]) else {
      let names = ModifierTable.entries.map(\.name)
      let suggestion = nearestName(to: parts[0], in: names).map { "; did you mean '\($0)'?" } ?? "."
      throw ValidationError(
        "there is no modifier '\(parts[0])'\(suggestion) 'descent optimizers modifiers' lists them.")
    }
    var parsed = Parsed(entry: entry, arguments: entry.standard)
    if halves.count > 1 {
      guard entry.patternUse != .none, !halves[1].isEmpty else { throw malformed(entry) }
      parsed.arguments.pattern = NamePattern(halves[1])
    } else if entry.patternUse == .required {
      throw ValidationError("'\(text)' does not say for which parameters; write \(entry.grammar).")
    }
    let given = parts.count > 1 ? parts[1].split(separator: ",", omittingEmptySubsequences: false).map(String.init) : []
    if entry.takesSettings {
      parsed.settings = try given.map(setting)
      if given.isEmpty { throw malformed(entry) }
    } else if !entry.words.isEmpty {
      guard given.count <= 1 else { throw malformed(entry) }
      if let word = given.first {
        guard entry.words.contains(word) else {
          throw ValidationError("'\(word)' is none of \(entry.words.joined(separator: ", ")): \(entry.grammar).")
        }
        parsed.arguments.word = word
      }
    } else {
      guard given.count <= entry.numbers.count else { throw malformed(entry) }
      for (index, (part, number)) in zip(given, entry.numbers).enumerated() {
        guard let value = Double(part), number.kind.allows(value) else {
          throw ValidationError("in '\(text)', \(number.name) must be \(number.kind.rawValue), not '\(part)'.")
        }
        parsed.arguments.numbers[index] = value
      }
    }
    return parsed
  }

  private func malformed(_ entry: ModifierEntry) -> ValidationError {
    ValidationError("'\(text)' does not fit the modifier '\(entry.name)'; write \(entry.grammar).")
  }

  private func setting(_ text: String) throws -> Assignment {
    let parts = text.split(separator: ":", maxSplits: 1)
    guard parts.count == 2, let value = Double(parts[1]) else {
      throw ValidationError("'\(text)' in '\(self.text)' is not a hyper-parameter and its value, as in lr:0.1.")
    }
    return Assignment(name: String(parts[0]), value: value)
  }
}

extension OptimizationMethod {
  /// The method with a hyper-parameter of a group: `lr`, or one that `setting` knows.
  fileprivate func settingRated(
    _ change: Assignment, method: String, _ rated: (Double) -> Schedule
  ) throws -> any OptimizationMethod {
    guard change.name == "lr" else { return try setting(change.name, to: change.value, method: method) }
    guard change.value >= 0, change.value.isFinite else {
      throw UsageError("lr of a group must be at least 0, not \(change.value).")
    }
    var changed = self
    changed.learningRate = rated(change.value)
    return changed
  }
}

/// The modifiers around a method, in the order given: the first is around the method itself, each other around those before
/// it.
struct ModifierOptions: ParsableArguments {
  @Option(
    name: .customLong("with"), parsing: .singleValue,
    help: ArgumentHelp(
      "A modifier around the method, for example clip-norm=1 or ema=0.999; may be repeated, each goes around those before "
        + "it. 'descent optimizers modifiers' lists them.", valueName: "modifier"))
  var choices: [ModifierChoice] = []

  func validate() throws { _ = try parsed() }

  func parsed() throws -> [ModifierChoice.Parsed] { try choices.map { try $0.parsed() } }

  /// `method` with all of them around it.
  ///
  /// - Parameter rated: the schedule for a group's learning rate.
  func applied(
    to method: any OptimizationMethod, named name: String,
    rated: @escaping @Sendable (Double) -> Schedule = { .constant($0) }
  ) throws -> any OptimizationMethod {
    do {
      return try parsed().reduce(method) { try $1.applied(to: $0, named: name, rated: rated) }
    } catch let error as ModifierError {
      throw UsageError("--with \(error)")
    }
  }

  /// What a report says about them, after a space; empty without modifiers.
  var sentence: String {
    choices.isEmpty ? "" : " Around every method: \(choices.map(\.text).joined(separator: ", "))."
  }

  /// ` + clip-norm=1 + ema`: what is added to a method's name; empty without modifiers.
  var suffix: String { choices.map { " + \($0.text)" }.joined() }
}
