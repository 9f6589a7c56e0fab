/// A pattern for the names of parameters: `*` stands for any characters, dots included, `?` for any one.
///
/// `*.bias` matches the biases of all layers, `encoder.*` everything in the encoder.
public struct NamePattern: Sendable, Hashable, ExpressibleByStringLiteral, CustomStringConvertible {
  /// As it was written.
  public let text: String
  /// Every text is a pattern; one without `*` and `?` matches that name alone.
  public init(_ text: String) { self.text = text }
  /// A literal: `"*.bias"`.
  public init(stringLiteral text: String) { self.init(text) }
  /// As it was written.
  public var description: String { text }

  /// Whether it matches the whole of `name`; capital and small letters differ.
  public func matches(_ name: String) -> Bool { distance(to: name) == 0 }

  /// The least number of characters to insert, remove or replace in `name` for the pattern to match it.
  func distance(to name: String) -> Int {
    let name = Array(name)
    // After each character of the pattern: the distances of what was read to every beginning of the name.
    var distances = Array(0...name.count)
    for character in text {
      var next = distances
      next[0] = character == "*" ? distances[0] : distances[0] + 1
      for i in name.indices {
        let change = character == "?" || character == name[i] ? 0 : 1
        next[i + 1] =
          character == "*"
          ? min(distances[i + 1], next[i]) : min(distances[i] + change, distances[i + 1] + 1, next[i] + 1)
      }
      distances = next
    }
    return distances[name.count]
  }

  /// Looks whether a name matches, for ``OptimizationMethod/check(names:)``.
  ///
  /// - Throws: ``NamePatternError`` when none does.
  public func check(_ names: [String]) throws(NamePatternError) {
    guard names.contains(where: matches) else { throw NamePatternError(pattern: self, names: names) }
  }
}

/// A pattern that matches no parameter.
public struct NamePatternError: Error, Equatable, CustomStringConvertible {
  /// That matches none.
  public let pattern: NamePattern
  /// Of the parameters that it could have matched.
  public let names: [String]

  /// The name that fewest changes would make match, unless that would be half of what the pattern spells out.
  public var nearest: String? {
    let spelled = pattern.text.count { $0 != "*" }
    let found = names.map { (name: $0, distance: pattern.distance(to: $0)) }.min { $0.distance < $1.distance }
    return found.flatMap { $0.distance * 2 < spelled ? $0.name : nil }
  }

  /// The pattern, the nearest name and all names.
  public var description: String {
    let hint = nearest.map { "; the nearest is '\($0)'." } ?? "."
    return "no parameter matches '\(pattern)'\(hint) The parameters are: \(names.joined(separator: ", "))."
  }
}
