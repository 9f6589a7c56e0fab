import DescentTrain

/// All runs of one optimization method within a `Comparison`.
public struct MethodResult: Codable, Sendable, Equatable {
  /// Name as on the command line: `adamw`.
  public var method: String
  /// Name in running text: `AdamW`.
  public var title: String
  /// Family the method belongs to: `adaptive`, `momentum`, `quasi-Newton`.
  public var family: String
  /// What the method does, in one sentence.
  public var oneLine: String
  /// Hyper-parameters, in the order to show them.
  public var hyperparameters: [Comparison.NamedValue]
  /// Rows per step this method used; the whole training set for a full-batch method.
  public var batch: Int
  /// One run per seed.
  public var runs: [RunRecord]

  /// `runs` has one per seed, in the order of `Comparison.seeds`; fewer after an interruption.
  public init(
    method: String, title: String, family: String = "", oneLine: String = "",
    hyperparameters: [Comparison.NamedValue] = [], batch: Int, runs: [RunRecord]
  ) {
    self.method = method
    self.title = title
    self.family = family
    self.oneLine = oneLine
    self.hyperparameters = hyperparameters
    self.batch = batch
    self.runs = runs
  }
}
