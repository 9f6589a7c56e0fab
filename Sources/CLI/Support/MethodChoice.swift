import ArgumentParser
import Descent

/// Methods by the names that users type.
enum MethodChoice {
  /// - Throws: `ValidationError` with a suggestion for a name that no method has.
  static func entry(named name: String) throws -> MethodEntry {
    if let entry = MethodTable.entry(named: name) { return entry }
    let names = MethodTable.entries.map(\.name)
    if let near = nearestName(to: name, in: names) {
      throw ValidationError("there is no optimizer '\(name)'; did you mean '\(near)'? 'descent optimizers' lists them.")
    }
    throw ValidationError("there is no optimizer '\(name)'; the optimizers are: \(names.joined(separator: ", ")).")
  }

  /// A positive, finite learning rate, or an error that names the option.
  static func check(learningRate: Double, option: String) throws {
    guard learningRate > 0, learningRate.isFinite else {
      throw ValidationError("\(option) must be a number above 0, for example 1e-3, not \(learningRate).")
    }
  }
}

/// `name=value` as users type it.
struct Assignment: ExpressibleByArgument {
  let name: String
  let value: Double

  init?(argument: String) {
    let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, let value = Double(parts[1]) else { return nil }
    name = String(parts[0])
    self.value = value
  }
}
