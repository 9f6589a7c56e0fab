import DescentTrain

/// A task that methods are compared on, with everything that must be fixed before the first of them runs.
public struct ComparisonTask: Sendable {
  /// What users type: `digits-cnn`.
  public let name: String
  /// Name in running text: `Digits, convolutions`.
  public let title: String
  /// One or two sentences: the data, the model, the sizes.
  public let summary: String
  /// What runs are judged by.
  public let metric: Metric
  /// The metric's value that counts as solved; nil when a reference run is to set it (``targetOrigin``).
  public let target: Double?
  /// How the target was chosen.
  public let targetOrigin: String
  /// Gradients of one batch that a run may take.
  public let budget: Int
  /// The problem; made once for all runs.
  public let make: @Sendable () throws -> Problem

  /// How the built-in targets were chosen.
  public static let referenceOrigin =
    "what AdamW, tuned by 16 trials for the final metric on the validation part, had reached after 30 % of the budget, so "
    + "that a method may be three times slower and still reach it: the median of seeds 0 to 9, to three digits; chosen "
    + "before any other method was judged by it"

  /// - Parameters:
  ///   - name: what users type.
  ///   - title: what reports call it.
  ///   - summary: the data, the model, the sizes.
  ///   - metric: what results are judged by.
  ///   - target: nil lets a reference run set it; `targetOrigin` is then replaced.
  ///   - targetOrigin: where the target comes from, for people.
  ///   - budget: gradients of one batch that a run may take.
  ///   - make: called once for each tournament; what it throws ends that.
  public init(
    name: String, title: String, summary: String, metric: Metric, target: Double?,
    targetOrigin: String = referenceOrigin, budget: Int, make: @escaping @Sendable () throws -> Problem
  ) {
    (self.name, self.title, self.summary, self.metric) = (name, title, summary, metric)
    (self.target, self.targetOrigin, self.budget, self.make) = (target, targetOrigin, budget, make)
  }
}

/// The built-in tasks. A new one is a file beside this one and a row.
public enum TaskTable {
  /// In the order in which they are run and listed.
  public static let tasks: [ComparisonTask] = [
    .quadratic, .rosenbrock, .logistic, .digitsPerceptron, .digitsConvolution, .autoencoder, .characters, .embeddings,
  ]

  /// The built-in task of this name, in any case; nil if there is none.
  public static func task(named name: String) -> ComparisonTask? {
    tasks.first { $0.name == name.lowercased() }
  }
}

extension Metric {
  /// The decimal logarithm of a loss that falls over many orders of magnitude, so that a mean over seeds is not that of the
  /// worst seed alone.
  static let logLoss = Metric(
    name: "log10Loss", title: "log₁₀ of the loss", higherIsBetter: false, format: .number)
  static let testCrossEntropy = Metric(
    name: "testCrossEntropy", title: "test cross-entropy", higherIsBetter: false, format: .number)
  static let testSquaredError = Metric(
    name: "testSquaredError", title: "test squared error", higherIsBetter: false, format: .number)
}
