import Descent

extension OptimizationMethod {
  /// The method with one hyper-parameter changed.
  ///
  /// - Parameters:
  ///   - name: as the property is called, or with hyphens: `weightDecay`, `weight-decay`.
  ///   - method: the method's name on the command line, for errors.
  /// - Throws: `UsageError` for an unknown name and a value outside its range.
  func setting(_ name: String, to value: Double, method: String) throws -> Self {
    func plain(_ name: String) -> String { name.lowercased().filter { $0 != "-" && $0 != "_" } }
    guard let found = Self.adjustable.first(where: { plain($0.name) == plain(name) }) else {
      let names = Self.adjustable.map(\.name)
      if plain(name) == "learningrate" {
        throw UsageError("the learning rate has an option of its own: --learning-rate \(value).")
      }
      let suggestion = nearestName(to: name, in: names).map { "; did you mean '\($0)'?" } ?? "."
      let list = names.joined(separator: ", ")
      throw UsageError("\(method) has no hyper-parameter '\(name)'\(suggestion) It has: \(list).")
    }
    guard found.range.contains(value) else {
      throw UsageError("\(found.name) must be \(found.range.text), not \(value).")
    }
    var changed = self
    changed[keyPath: found.path] = .constant(value)
    return changed
  }
}
