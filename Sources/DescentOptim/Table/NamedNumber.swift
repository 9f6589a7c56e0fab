/// A number that users give after the name of a schedule or a modifier.
public struct NamedNumber: Sendable {
  /// How help and errors call it.
  public let name: String
  /// What stands for it when it is left out.
  public let standard: Double
  /// Which values are allowed.
  public let kind: Kind

  /// A row's number: `.init("LIMIT", 1, .positive)`.
  public init(_ name: String, _ standard: Double, _ kind: Kind) {
    (self.name, self.standard, self.kind) = (name, standard, kind)
  }

  /// The numbers that are allowed; the raw value is how an error says so.
  public enum Kind: String, Sendable {
    case fraction = "a number from 0 to 1"
    case factor = "a factor above 0 and at most 1"
    case share = "a number above 0 and below 1"
    case nonNegative = "a number, at least 0"
    case positive = "a number above 0"
    case epochs = "a whole number of epochs, at least 1"
    case count = "a whole number, at least 1"

    /// Whether `value` is allowed. Infinities and NaN never are.
    public func allows(_ value: Double) -> Bool {
      switch self {
      case .fraction: value >= 0 && value <= 1
      case .factor: value > 0 && value <= 1
      case .share: value > 0 && value < 1
      case .nonNegative: value >= 0 && value < 1e9
      case .positive: value > 0 && value < 1e9
      case .epochs, .count: value >= 1 && value < 1e9 && value == value.rounded()
      }
    }
  }
}
