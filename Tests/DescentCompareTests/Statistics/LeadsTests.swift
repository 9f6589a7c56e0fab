import DescentData
import Foundation
import Testing

@testable import DescentCompare

@Suite struct LeadsTests {
  @Test func `two methods are exchanged as pairs are`() {
    let values = [[0.9, 0.6], [0.5, 0.6], [0.8, 0.4], [0.7, 0.45], [1.0, 0.4], [0.6, 0.45], [0.9, 0.4]]
    #expect(ExchangeTest.pValue(values) == SignFlipTest.pValue(values.map { $0[0] - $0[1] }))
  }

  /// Of three blocks whose three values stand in the same order, 6³ arrangements, 6 have all the best ones together and all
  /// the worst ones: 1/36.
  @Test func `several methods by hand`() {
    let p = ExchangeTest.pValue([[3, 2, 1], [3, 2, 1], [3, 2, 1]])
    #expect(abs(p - 1.0 / 36) < 0.012, "\(p)")
    #expect(ExchangeTest.pValue([[1, 1, 1], [2, 2, 2]]) == 1)
    #expect(ExchangeTest.pValue([]) == 1)
  }

  @Test func `a p-value counts more where other sets may be alike too`() {
    #expect(StepDown.corrected(0.03, size: 2, of: 2) == 0.03 && StepDown.corrected(0.03, size: 3, of: 4) == 0.03)
    // 1 − 0.97^(5/2).
    #expect(abs(StepDown.corrected(0.03, size: 2, of: 5) - 0.0733) < 1e-4)
    #expect(StepDown.leastBlocks(methods: 2, level: 0.05) == 6 && StepDown.leastBlocks(methods: 3, level: 0.05) == 6)
    #expect(StepDown.leastBlocks(methods: 5, level: 0.05) == 7 && StepDown.leastBlocks(methods: 10, level: 0.05) == 8)
  }

  /// Claims of one method over others that are alike, in blocks with effects of their own.
  ///
  /// - Returns: the share of comparisons with a claim, and of intervals that contain the true difference.
  private func claims(
    methods: Int, blocks: Int, shift: Double = 0, comparisons: Int,
    noise: (inout SeededGenerator) -> Double
  ) -> (claims: Double, coverage: Double) {
    var random = SeededGenerator(seed: 23, stream: UInt64(methods * 100 + blocks))
    var (claims, hits, intervals) = (0, 0, 0)
    for comparison in 0..<comparisons {
      let values = (0..<blocks).map { _ in
        let block = noise(&random)
        return (0..<methods).map { block + noise(&random) + ($0 == 0 ? shift : 0) }
      }
      let leads = Leads(
        values, names: (0..<methods).map { "m\($0)" }, floor: nil, withheld: nil, seed: UInt64(comparison))
      if leads.verdicts.contains(where: { if case .differenceShown = $0 { true } else { false } }) { claims += 1 }
      for case .noDifferenceShown(let difference) in leads.verdicts where methods == 2 {
        intervals += 1
        if difference.includesZero { hits += 1 }
      }
      for case .differenceShown in leads.verdicts where methods == 2 { intervals += 1 }
    }
    return (Double(claims) / Double(comparisons), Double(hits) / Double(max(intervals, 1)))
  }

  private static let noises: [(name: String, draw: @Sendable (inout SeededGenerator) -> Double)] = [
    ("normal", { $0.nextNormal() }),
    // A lucky draw now and then, as tuning has them.
    ("heavy", { pow($0.nextNormal(), 3) }),
    // Skewed, and scores that end at 1, many of them equal.
    ("skewed", { exp($0.nextNormal()) }),
    ("capped", { min(1, ($0.nextUniform() * 5).rounded() / 4) }),
  ]

  /// 5 % of 500 are 25; four standard deviations are 19.
  @Test(arguments: noises.map(\.name), [(2, 6), (2, 12), (4, 8)])
  func `of a hundred comparisons of equal methods at most some five claim a difference`(
    name: String, size: (methods: Int, blocks: Int)
  ) throws {
    let noise = try #require(Self.noises.first { $0.name == name }).draw
    let comparisons = size.methods == 2 ? 500 : 150
    let (claims, coverage) = self.claims(
      methods: size.methods, blocks: size.blocks, comparisons: comparisons, noise: noise)
    #expect(claims <= (size.methods == 2 ? 0.05 + 0.039 : 0.05 + 0.071), "\(claims)")
    if size.methods == 2 { #expect(coverage >= 0.95 - 0.039, "\(coverage) of the intervals contain 0") }
  }

  @Test func `a clear lead is claimed nearly always`() {
    let (claims, _) = claims(methods: 3, blocks: 8, shift: 4, comparisons: 60) { $0.nextNormal() }
    #expect(claims > 0.8, "\(claims)")
  }

  @Test func `equal methods stand in the order of their names`() {
    let rows = [[Double]](repeating: [0.5, 0.7, 0.7], count: 6)
    let leads = Leads(rows, names: ["c", "b", "a"], floor: nil, withheld: nil, seed: 0)
    #expect(leads.order == [2, 1, 0] && leads.verdicts[2] == .best)
    let lower = Leads(rows, names: ["c", "b", "a"], higherIsBetter: false, floor: nil, withheld: nil, seed: 0)
    #expect(lower.order == [0, 2, 1])
    // Two of three ways to be behind the best.
    guard case .differenceShown(let difference) = lower.verdicts[1] else {
      Issue.record("\(lower.verdicts)")
      return
    }
    #expect(abs(difference.mean - 0.2) < 1e-12)
  }
}
