/// A numeric hyper-parameter that users may set by name, and the values it may have.
public struct Hyperparameter<Method: OptimizationMethod>: Sendable {
  /// As the property is called.
  public let name: String
  /// The property itself.
  public let path: WritableKeyPath<Method, Schedule> & Sendable
  /// What it may be. Commands look at what users type, an ``Updater`` at what the schedule gives for the first step.
  public let range: HyperparameterRange

  /// A row of ``OptimizationMethod/adjustable``: `.init("beta1", \.beta1, .fraction)`.
  public init(_ name: String, _ path: WritableKeyPath<Method, Schedule> & Sendable, _ range: HyperparameterRange) {
    self.name = name
    self.path = path
    self.range = range
  }
}

/// The values a hyper-parameter may have.
public enum HyperparameterRange: Sendable {
  /// 0 ≤ value < 1: decay rates, momentum.
  case fraction
  /// 0 < value < 1: what is divided by.
  case positiveFraction
  /// value ≥ 0.
  case nonNegative
  /// value > 0.
  case positive

  /// Whether `value` is allowed. Infinities and NaN never are.
  public func contains(_ value: Double) -> Bool {
    switch self {
    case .fraction: value >= 0 && value < 1
    case .positiveFraction: value > 0 && value < 1
    case .nonNegative: value >= 0 && value.isFinite
    case .positive: value > 0 && value.isFinite
    }
  }

  /// How an error says what is allowed.
  public var text: String {
    switch self {
    case .fraction: "at least 0 and below 1"
    case .positiveFraction: "above 0 and below 1"
    case .nonNegative: "at least 0"
    case .positive: "above 0"
    }
  }
}
