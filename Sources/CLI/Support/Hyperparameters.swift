import Descent

/// A hyper-parameter that users may set by name.
struct Hyperparameter<Method: Optimizer>: Sendable {
  enum Range {
    /// 0 ≤ value < 1: decay rates, momentum.
    case fraction
    /// value ≥ 0.
    case nonNegative
    /// value > 0.
    case positive

    func contains(_ value: Double) -> Bool {
      switch self {
      case .fraction: value >= 0 && value < 1
      case .nonNegative: value >= 0 && value.isFinite
      case .positive: value > 0 && value.isFinite
      }
    }

    var text: String {
      switch self {
      case .fraction: "at least 0 and below 1"
      case .nonNegative: "at least 0"
      case .positive: "above 0"
      }
    }
  }

  let name: String
  let path: WritableKeyPath<Method, Schedule> & Sendable
  let range: Range

  init(_ name: String, _ path: WritableKeyPath<Method, Schedule> & Sendable, _ range: Range) {
    self.name = name
    self.path = path
    self.range = range
  }
}

/// A method whose hyper-parameters can be set by name. Names are those of its properties; a test holds each table
/// against the properties that the method has.
protocol Adjustable: Optimizer {
  /// All numeric hyper-parameters but the learning rate, which has an option of its own.
  static var adjustable: [Hyperparameter<Self>] { get }
}

extension GradientDescent: Adjustable {
  static var adjustable: [Hyperparameter<Self>] { [.init("weightDecay", \.weightDecay, .nonNegative)] }
}

extension Momentum: Adjustable {
  static var adjustable: [Hyperparameter<Self>] {
    [.init("momentum", \.momentum, .fraction), .init("weightDecay", \.weightDecay, .nonNegative)]
  }
}

extension Nesterov: Adjustable {
  static var adjustable: [Hyperparameter<Self>] {
    [.init("momentum", \.momentum, .fraction), .init("weightDecay", \.weightDecay, .nonNegative)]
  }
}

extension RMSProp: Adjustable {
  static var adjustable: [Hyperparameter<Self>] {
    [.init("decay", \.decay, .fraction), .init("epsilon", \.epsilon, .nonNegative)]
  }
}

extension Adam: Adjustable {
  static var adjustable: [Hyperparameter<Self>] {
    [
      .init("beta1", \.beta1, .fraction), .init("beta2", \.beta2, .fraction),
      .init("epsilon", \.epsilon, .nonNegative), .init("weightDecay", \.weightDecay, .nonNegative),
    ]
  }
}

extension AdamW: Adjustable {
  static var adjustable: [Hyperparameter<Self>] {
    [
      .init("beta1", \.beta1, .fraction), .init("beta2", \.beta2, .fraction),
      .init("epsilon", \.epsilon, .nonNegative), .init("weightDecay", \.weightDecay, .nonNegative),
    ]
  }
}

extension GEO: Adjustable {
  static var adjustable: [Hyperparameter<Self>] {
    [
      .init("increase", \.increase, .nonNegative), .init("decrease", \.decrease, .fraction),
      .init("memory", \.memory, .fraction), .init("minimumGain", \.minimumGain, .positive),
      .init("maximumGain", \.maximumGain, .positive),
    ]
  }
}

extension NormalizedGradientDescent: Adjustable {
  static var adjustable: [Hyperparameter<Self>] {
    [.init("stepLength", \.stepLength, .positive), .init("epsilon", \.epsilon, .nonNegative)]
  }
}

extension Adjustable {
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
