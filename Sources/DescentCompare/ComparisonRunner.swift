import DescentCPU
import DescentTrain
import DescentData
import DescentRuntime
import DescentOptim
import Foundation

/// Runs several methods on one task under one budget.
///
/// Seeds are the outer loop: every method has had its run on seed 0 before any starts on seed 1, so that a machine that
/// slows down, or a run that is interrupted, treats all methods alike.
public struct ComparisonRunner {
  /// A method as it takes part.
  public struct Entrant: Sendable {
    /// The method's row of the table.
    public let entry: MethodEntry
    /// The method with the hyper-parameters it runs with.
    public let optimizer: any OptimizationMethod
    /// Examples per step; nil for a method that takes the whole training part in each.
    public let batch: Int?

    /// - Parameters:
    ///   - entry: the method's row in the table.
    ///   - learningRate: nil is the table's.
    ///   - batch: examples per step for methods on mini-batches.
    public init(_ entry: MethodEntry, learningRate: Double? = nil, batch: Int) {
      self.entry = entry
      optimizer = entry.make(.constant(learningRate ?? entry.learningRate))
      self.batch = entry.isFullBatch ? nil : batch
    }
  }

  /// How far a comparison is, told before a run's first step and after each of its epochs.
  public struct Progress {
    /// Whose run it is.
    public let entrant: Entrant
    /// Of that run.
    public let seed: Int
    /// Epochs that the run has done; 0 before its first step.
    public let epoch: Int
    /// Epochs done and to do, over all runs.
    public let done: Int
    /// All epochs of all runs, those that a run did not reach included.
    public let total: Int
    /// What was measured just now.
    public let point: RunRecord.Point
  }

  /// What all runs have in common. Its method, be it on batches or on all examples, its batch and its seed are replaced in
  /// each; its batch is what the comparison reports.
  public var experiment = Experiment()
  /// The methods, in the order of the results.
  public var entrants: [Entrant]
  /// Of the split of the data, the starting values and the order of rows: a run of each method for each.
  public var seeds: [Int]
  /// Asked before every step; once it is true, the comparison ends with the runs that were begun.
  public var isCancelled: () -> Bool = { false }

  /// With the default experiment: one hidden layer of 128, 30 epochs.
  public init(entrants: [Entrant], seeds: [Int]) {
    self.entrants = entrants
    self.seeds = seeds
  }

  /// The runs' results. The split of the data changes with the seed; all methods see the same splits.
  public func run(
    description: String, commandLine: String, data: (_ seed: Int) throws -> PreparedData,
    onProgress: (Progress) -> Void = { _ in }
  ) throws -> Comparison {
    let date = Date()
    var runs = [[RunRecord]](repeating: [], count: entrants.count)
    var sample: PreparedData?
    let total = entrants.count * seeds.count * experiment.epochs
    var done = 0
    // An epoch of every method first: no method pays for libraries and kernels that the others then find ready.
    try warmUp(data)
    for seed in seeds where !isCancelled() {
      let prepared = try data(seed)
      sample = sample ?? prepared
      for (i, entrant) in entrants.enumerated() where !isCancelled() {
        let outcome = try experiment(of: entrant, seed: seed).run(
          on: prepared,
          onEpoch: { point in
            if point.epoch > 0 { done += 1 }
            onProgress(
              Progress(entrant: entrant, seed: seed, epoch: point.epoch, done: done, total: total, point: point))
          }, isCancelled: isCancelled)
        done += experiment.epochs - min(outcome.run.points.count - 1, experiment.epochs)
        runs[i].append(outcome.run)
      }
    }
    let prepared = try sample ?? data(seeds.first ?? 0)
    return Comparison(
      task: prepared.name, taskDescription: description,
      network: experiment.widths(for: prepared).map(String.init).joined(separator: "-"),
      loss: (experiment.objective ?? .standard(for: prepared.train.targets)).title, metric: .standard(for: prepared),
      target: experiment.target, batch: experiment.batch ?? prepared.train.count, epochs: experiment.epochs,
      seeds: seeds.map { UInt64(bitPattern: Int64($0)) }, commandLine: commandLine, date: date,
      machine: Machine.description, versions: Machine.versions.map { .init($0.name, $0.value) },
      methods: zip(entrants, runs).map { entrant, runs in
        MethodResult(
          method: entrant.entry.name, title: entrant.entry.title, family: entrant.entry.family,
          oneLine: entrant.entry.summary,
          hyperparameters: entrant.optimizer.hyperparameters.map { .init($0.name, $0.value) },
          batch: entrant.batch ?? prepared.train.count, runs: runs)
      },
      interrupted: isCancelled())
  }

  /// What all runs have in common, with what a run has for itself.
  func experiment(of entrant: Entrant, seed: Int) -> Experiment {
    var single = experiment
    (single.optimizer, single.fullBatch) = (entrant.optimizer, nil)
    (single.batch, single.seed) = (entrant.batch, seed)
    return single
  }

  private func warmUp(_ data: (_ seed: Int) throws -> PreparedData) throws {
    guard let seed = seeds.first, !isCancelled() else { return }
    let prepared = try data(seed)
    for entrant in entrants where !isCancelled() {
      var single = experiment(of: entrant, seed: seed)
      single.epochs = 1
      _ = try single.run(on: prepared, isCancelled: isCancelled)
    }
  }
}
