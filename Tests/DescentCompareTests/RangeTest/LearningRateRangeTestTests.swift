import DescentGraph
import DescentOptim
import Foundation
import Testing

@testable import DescentCompare

@Suite struct LearningRateRangeTestTests {
  @Test func `the weights are restored bit for bit`() throws {
    let task = try #require(TaskTable.task(named: "digits-mlp"))
    let problem = try task.make()
    try problem.draw(seed: 5)
    func bits() -> [[UInt32]] {
      problem.parameters.map { $0.storage.scalars(as: Float.self).map(\.bitPattern) }
    }
    let before = bits()
    var test = LearningRateRangeTest()
    test.steps = 60
    let result = try test.run(on: problem, method: AdamW())
    #expect(result.points.count > 10 && bits() == before)
    let first = try #require(result.points.first)
    #expect(first.loss == first.smoothed && first.rate == test.lowest)
    // The weights do move meanwhile.
    #expect(Set(result.points.map(\.loss)).count == result.points.count)
    #expect(try test.run(on: problem, method: AdamW()) == result)
  }

  @Test func `rates grow evenly on a logarithmic axis`() throws {
    var test = LearningRateRangeTest()
    (test.lowest, test.highest, test.steps) = (1e-4, 1e-1, 31)
    let rates = try test.run(on: ToyTask.problem(), method: SGD(learningRate: 7)).points.map(\.rate)
    #expect(rates.count == 31 && abs(rates[10] - 1e-3) < 1e-12 && abs(rates[30] - 0.1) < 1e-12)
  }

  /// On ½x² a rate above 2 blows up.
  @Test func `it ends when the loss grows`() throws {
    let problem = ToyTask.problem()
    try problem.draw(seed: 0)
    var test = LearningRateRangeTest()
    (test.lowest, test.highest, test.steps) = (1e-3, 1e4, 200)
    let result = try test.run(on: problem, method: SGD(learningRate: 1))
    #expect(result.diverged && result.points.count < 200)
    #expect(problem.parameters[0].storage.double(at: 0) == 1)
  }

  private func point(_ rate: Double, _ loss: Double) -> LearningRateRangeTest.Point {
    .init(rate: rate, loss: loss, smoothed: loss)
  }

  /// Flat, then down from 10⁻³ to 10⁻¹, steepest at 10⁻², then up.
  @Test func `suggestions by hand`() throws {
    let losses = [2.0, 2.0, 2.0, 2.0, 1.7, 1.1, 0.5, 0.9, 3.0]
    let points = losses.enumerated().map { point(1e-5 * pow(10, Double($0) * 0.75), $1) }
    let suggestions = LearningRateRangeTest.suggestions(points)
    let least = points[6].rate
    #expect(suggestions.minimum == least / 10)
    #expect(suggestions.steepest == points[5].rate)
    let valley = try #require(suggestions.valley)
    #expect(abs(valley / (points[4].rate * least).squareRoot() - 1) < 1e-12)
  }

  @Test func `a loss that never falls suggests nothing`() {
    let points = [1.0, 1.5, 2, 3].enumerated().map { point(pow(10, Double($0)), $1) }
    #expect(LearningRateRangeTest.suggestions(points) == .init(valley: nil, steepest: nil, minimum: nil))
    #expect(LearningRateRangeTest.suggestions([]) == .init(valley: nil, steepest: nil, minimum: nil))
  }

  @Test func `the longest decline may step over rises`() {
    #expect(LearningRateRangeTest.longestDecline([5, 9, 8, 8.5, 7, 6, 10, 9]) == 1...5)
    #expect(LearningRateRangeTest.longestDecline([1, 2, 3]) == 0...0)
  }

  @Test func `the page shows the plot and the suggestions`() throws {
    var test = LearningRateRangeTest()
    (test.lowest, test.highest, test.steps) = (1e-4, 1, 40)
    let problem = ToyTask.problem()
    try problem.draw(seed: 0)
    let result = try test.run(on: problem, method: SGD(learningRate: 1))
    let html = RangeTestReport(result, title: "SGD on <toy>", commandLine: "descent find-lr toy").html()
    for part in ["SGD on &lt;toy&gt;", "steepest", "valley", "<svg class=\"chart\"", "descent find-lr toy"] {
      #expect(html.contains(part), "\(part) is missing")
    }
  }
}
