import ArgumentParser

/// What numbers on the command line may be: what is out of these bounds is a slip, or more than any machine has.
enum Bounds {
  /// Of what is only counted, such as epochs. Products of two such numbers are still integers.
  static let count = 1_000_000_000
  /// Of what is kept in memory one by one, such as points of a curve.
  static let listed = 1_000_000
  /// A year.
  static let seconds = 31_536_000.0

  /// - Throws: `ValidationError` that names the option.
  static func check(_ value: Int?, _ option: String, from least: Int = 1, to greatest: Int = count) throws {
    guard let value else { return }
    guard value >= least else { throw ValidationError("\(option) must be at least \(least), not \(value).") }
    guard value <= greatest else { throw ValidationError("\(option) must be at most \(greatest), not \(value).") }
  }
}
