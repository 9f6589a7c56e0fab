import ArgumentParser
import Descent

/// Methods by the names that users type.
enum MethodChoice {
  /// A method that takes steps.
  ///
  /// - Throws: `ValidationError` with a suggestion for a name that no method has.
  static func entry(named name: String) throws -> MethodEntry {
    if let entry = try described(named: name) as? MethodEntry { return entry }
    throw ValidationError(
      "\(name) chooses its steps itself, on all examples at once; only 'descent train' can use it.")
  }

  /// - Throws: `ValidationError` with a suggestion for a name that no method has.
  static func described(named name: String) throws -> any DescribedMethod {
    let found = MethodTable.described.first { $0.name == name.lowercased() }
    if let found { return found }
    let names = MethodTable.described.map(\.name)
    if let near = nearestName(to: name, in: names) {
      throw ValidationError("there is no optimizer '\(name)'; did you mean '\(near)'? 'descent optimizers' lists them.")
    }
    throw ValidationError("there is no optimizer '\(name)'; the optimizers are: \(names.joined(separator: ", ")).")
  }

  /// A positive, finite learning rate, or an error that names the option.
  static func check(learningRate: Double, option: String) throws {
    // Parameters are float32, in which smaller rates are 0. One that is too large is for the run to report: it diverges.
    guard Float(learningRate) > 0, learningRate.isFinite else {
      throw ValidationError(
        "\(option) must be a number above 0 that float32 can hold, for example 1e-3, not \(learningRate).")
    }
  }
}

/// `name=value` as users type it.
struct Assignment: ExpressibleByArgument {
  let name: String
  let value: Double

  init(name: String, value: Double) { (self.name, self.value) = (name, value) }

  init?(argument: String) {
    let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, let value = Double(parts[1]) else { return nil }
    name = String(parts[0])
    self.value = value
  }
}
