import DescentOptim
import DescentTrain
import Foundation
import Testing

@testable import DescentCompare

@Suite struct ComparisonRunnerTests {
  private func runner(_ methods: [String]) throws -> ComparisonRunner {
    var runner = ComparisonRunner(
      entrants: try methods.map { .init(try #require(MethodTable.entry(named: $0)), batch: 64) }, seeds: [0, 1])
    (runner.experiment.hidden, runner.experiment.epochs) = ([4], 2)
    return runner
  }

  private func run(_ runner: ComparisonRunner) throws -> Comparison {
    try runner.run(description: "", commandLine: "", data: { try .digits(seed: UInt64($0)) })
  }

  @Test func `the date is the start's`() throws {
    var date: Date?
    let runner = try runner(["sgd"])
    let comparison = try runner.run(
      description: "", commandLine: "", data: { try .digits(seed: UInt64($0)) },
      onProgress: { _ in date = date ?? Date() })
    #expect(comparison.date <= (try #require(date)))
  }

  /// What the methods have in common must not decide what they are.
  @Test func `a method on all examples in the common experiment is nobody's`() throws {
    var runner = try runner(["sgd", "gd"])
    let plain = try run(runner)
    (runner.experiment.fullBatch, runner.experiment.optimizer) = (LBFGS(), Lion())
    (runner.experiment.seed, runner.experiment.batch) = (99, 64)
    let comparison = try run(runner)
    func metrics(_ comparison: Comparison) -> [[Double?]] { comparison.methods.map { $0.runs.map(\.finalMetric) } }
    #expect(metrics(comparison) == metrics(plain))
    #expect(comparison.methods.map { $0.runs.map(\.steps) } == plain.methods.map { $0.runs.map(\.steps) })
  }

  @Test func `the order of the methods changes no run`() throws {
    let (first, second) = (try run(try runner(["sgd", "adam", "gd"])), try run(try runner(["gd", "adam", "sgd"])))
    for method in first.methods {
      let other = try #require(second.methods.first { $0.method == method.method })
      #expect(other.runs.map(\.finalMetric) == method.runs.map(\.finalMetric))
      #expect(other.runs.map(\.finalLoss) == method.runs.map(\.finalLoss))
    }
  }
}
