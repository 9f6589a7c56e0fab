/// A method as commands and comparisons know it: a name, a sentence, and defaults to start from.
public struct MethodEntry: Sendable {
  /// What users type: `adamw`.
  public let name: String
  /// How reports print it: `AdamW`.
  public let title: String
  public let family: String
  /// One sentence on what it does.
  public let summary: String
  /// A cautious rate to start from on standardized data.
  public let learningRate: Double
  /// The rate a comparison on the digits uses: the best of a grid by validation loss, on seeds and data that comparisons
  /// are not judged by (`Benchmarks/choose_rates.py`).
  public let digitsRate: Double
  /// Whether a step takes the whole training set.
  public let isFullBatch: Bool
  /// The method with the given learning rate and its other hyper-parameters at their defaults.
  public let make: @Sendable (Schedule) -> any OptimizationMethod

  init(
    _ name: String, _ title: String, _ family: String, learningRate: Double, digitsRate: Double,
    isFullBatch: Bool = false, _ summary: String, make: @escaping @Sendable (Schedule) -> any OptimizationMethod
  ) {
    self.name = name
    self.title = title
    self.family = family
    self.summary = summary
    self.learningRate = learningRate
    self.digitsRate = digitsRate
    self.isFullBatch = isFullBatch
    self.make = make
  }
}

/// Every method, by name. A new method is a file in `Methods/` and a row here.
public enum MethodTable {
  public static let entries: [MethodEntry] = [
    MethodEntry(
      "gd", "Gradient descent", "gradient descent", learningRate: 0.2, digitsRate: 1, isFullBatch: true,
      "one step down the gradient of the whole training set per epoch"
    ) { GradientDescent(learningRate: $0) },
    MethodEntry(
      "sgd", "SGD", "gradient descent", learningRate: 0.05, digitsRate: 1, "gradient descent on mini-batches"
    ) { SGD(learningRate: $0) },
    MethodEntry(
      "momentum", "Momentum", "momentum", learningRate: 0.01, digitsRate: 0.2,
      "heavy ball: the step accumulates, v ← μv + g"
    ) { Momentum(learningRate: $0) },
    MethodEntry(
      "momentum-average", "Momentum (average)", "momentum", learningRate: 0.1, digitsRate: 2,
      "heavy ball as an exponential average, v ← μv + (1−μ)g"
    ) { Momentum(learningRate: $0, form: .averaging) },
    MethodEntry(
      "nesterov", "Nesterov", "momentum", learningRate: 0.01, digitsRate: 0.05,
      "momentum with the gradient taken a step ahead"
    ) { Nesterov(learningRate: $0) },
    MethodEntry(
      "rmsprop", "RMSProp", "adaptive", learningRate: 1e-3, digitsRate: 2e-3,
      "each element's gradient divided by the root of its running mean square"
    ) { RMSProp(learningRate: $0) },
    MethodEntry(
      "adam", "Adam", "adaptive", learningRate: 1e-3, digitsRate: 5e-3,
      "momentum and RMSProp together, both corrected for their start"
    ) { Adam(learningRate: $0) },
    MethodEntry(
      "adamw", "AdamW", "adaptive", learningRate: 1e-3, digitsRate: 2e-2,
      "Adam with weight decay applied to the weights themselves"
    ) { AdamW(learningRate: $0) },
    MethodEntry(
      "geo", "GEO", "element-wise rates", learningRate: 0.1, digitsRate: 1,
      "a learning rate for each element, grown while its gradient keeps its sign and cut when it turns"
    ) { GEO(learningRate: $0) },
    MethodEntry(
      "normalized", "Normalized GD", "bounded steps", learningRate: 0.05, digitsRate: 0.1,
      "every step has the same length: g divided by the norm of the whole gradient"
    ) { NormalizedGradientDescent(learningRate: $0) },
    MethodEntry(
      "normalized-tensor", "Normalized GD (tensors)", "bounded steps", learningRate: 0.02, digitsRate: 0.1,
      "g divided by the norm of each tensor"
    ) { NormalizedGradientDescent(learningRate: $0, scope: .tensor) },
    MethodEntry(
      "normalized-row", "Normalized GD (rows)", "bounded steps", learningRate: 0.005, digitsRate: 0.01,
      "g divided by the norm of each row"
    ) { NormalizedGradientDescent(learningRate: $0, scope: .row) },
    MethodEntry(
      "normalized-element", "Normalized GD (elements)", "bounded steps", learningRate: 1e-3, digitsRate: 1e-3,
      "each element moves by the sign of its gradient"
    ) { NormalizedGradientDescent(learningRate: $0, scope: .element) },
  ]

  /// The methods a comparison takes when it is told none.
  public static let standardComparison = [
    "gd", "sgd", "momentum", "nesterov", "rmsprop", "adam", "adamw", "geo", "normalized",
  ]

  public static func entry(named name: String) -> MethodEntry? {
    entries.first { $0.name == name.lowercased() }
  }
}

extension OptimizationMethod {
  /// The hyper-parameters by name, in the order of declaration, as text for reports.
  public var hyperparameters: [(name: String, value: String)] {
    Mirror(reflecting: self).children.compactMap { label, value in label.map { ($0, "\(value)") } }
  }
}
