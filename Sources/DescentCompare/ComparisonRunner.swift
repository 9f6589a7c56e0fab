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
    public let entry: MethodEntry
    public let optimizer: any OptimizationMethod
    public let batch: Int?

    /// - Parameters:
    ///   - learningRate: nil is the table's.
    ///   - batch: examples per step for methods on mini-batches.
    public init(_ entry: MethodEntry, learningRate: Double? = nil, batch: Int) {
      self.entry = entry
      optimizer = entry.make(.constant(learningRate ?? entry.learningRate))
      self.batch = entry.isFullBatch ? nil : batch
    }
  }

  public struct Progress {
    public let entrant: Entrant
    public let seed: Int
    public let epoch: Int
    /// Epochs done and to do, over all runs.
    public let done: Int
    public let total: Int
    public let point: RunRecord.Point
  }

  public var experiment = Experiment()
  public var entrants: [Entrant]
  public var seeds: [Int]
  public var isCancelled: () -> Bool = { false }

  public init(entrants: [Entrant], seeds: [Int]) {
    self.entrants = entrants
    self.seeds = seeds
  }

  /// The runs' results. The split of the data changes with the seed; all methods see the same splits.
  public func run(
    description: String, commandLine: String, data: (_ seed: Int) throws -> PreparedData,
    onProgress: (Progress) -> Void = { _ in }
  ) throws -> Comparison {
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
        var single = experiment
        single.optimizer = entrant.optimizer
        single.batch = entrant.batch
        single.seed = seed
        let outcome = try single.run(
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
      seeds: seeds.map { UInt64(bitPattern: Int64($0)) }, commandLine: commandLine, date: Date(),
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

  private func warmUp(_ data: (_ seed: Int) throws -> PreparedData) throws {
    guard let seed = seeds.first, !isCancelled() else { return }
    let prepared = try data(seed)
    for entrant in entrants where !isCancelled() {
      var single = experiment
      single.optimizer = entrant.optimizer
      single.batch = entrant.batch
      single.epochs = 1
      single.seed = seed
      _ = try single.run(on: prepared, isCancelled: isCancelled)
    }
  }
}
