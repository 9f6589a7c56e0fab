import DescentGraph
import DescentData
import Foundation
import Testing

@testable import DescentCompare

@Suite struct SubsetMeansTests {
  /// Of six values each end leaves out one of 64: the interval is all of them.
  @Test func `few values by hand`() throws {
    #expect(SubsetMeans.interval([3, 1, 4, 1.5, 9, 2.6]) == 1...9)
    #expect(SubsetMeans.interval([3, 1, 4, 1.5, 9]) == nil && SubsetMeans.interval([]) == nil)
    // The means of one or two of three values and of all: 1, 1.5, 2, 2, 2, 2.5, 3, and a quarter of eight left out at each end.
    #expect(SubsetMeans.interval([1, 2, 3], confidence: 0.5) == 1.5...2.5)
  }

  /// Zero is outside just when the exchange of signs says so.
  @Test func `the interval is what the exchange cannot tell`() throws {
    var random = SeededGenerator(seed: 2)
    var outside = 0
    for count in [6, 7, 8, 10] {
      for _ in 0..<60 {
        let values = (0..<count).map { _ in random.nextNormal() + 0.8 }
        let interval = try #require(SubsetMeans.interval(values))
        // Of 2ⁿ patterns, `left` at each end are fewer than that of 2ⁿ + 1.
        #expect(interval.contains(0) == (SignFlipTest.pValue(values) > 0.05), "\(values)")
        if !interval.contains(0) { outside += 1 }
      }
    }
    #expect((60...230).contains(outside))
  }

  /// Student's interval for the mean of twenty normal values is one of the same length.
  @Test func `of many values a sample of the subsets is taken`() throws {
    var random = SeededGenerator(seed: 8)
    let values = (0..<20).map { _ in random.nextNormal() }
    let (own, students) = (try #require(SubsetMeans.interval(values)), try #require(SampleSummary(values)?.interval()))
    #expect(abs(own.lowerBound - students.lowerBound) < 0.1 && abs(own.upperBound - students.upperBound) < 0.1)
    #expect(SubsetMeans.interval(values, seed: 1) == SubsetMeans.interval(values, seed: 1))
  }
}

@Suite struct SignFlipTests {
  /// `scipy.stats.permutation_test(…, permutation_type="samples", n_resamples=inf)`.
  @Test(arguments: [
    ([0.3, -0.1, 0.4, 0.25, 0.6, 0.15, 0.5], 0.03125),
    ([1.5, -0.4, 0.8, -0.2, 0.1, 0.9, -0.3, 0.7, 1.1], 0.08203125),
  ])
  func `a few pairs give SciPy's exact value`(differences: [Double], p: Double) {
    #expect(SignFlipTest.pValue(differences) == p)
  }

  /// SciPy with a million samples: 0.0091.
  @Test func `many pairs are sampled`() {
    let differences = (0..<20).map { -0.5 + 1.7 * Double($0) / 19 }
    #expect(abs(SignFlipTest.pValue(differences) - 0.0091) < 0.004)
    #expect(SignFlipTest.pValue(differences, seed: 1) == SignFlipTest.pValue(differences, seed: 1))
  }

  @Test func `few pairs cannot claim much`() {
    for count in 1...6 {
      let p = SignFlipTest.pValue((0..<count).map { 100 + Double($0) })
      #expect(p == SignFlipTest.leastPValue(count: count) && p == 2 / Double(1 << count))
    }
    #expect(SignFlipTest.pValue([0, 0, 0]) == 1 && SignFlipTest.pValue([]) == 1)
  }
}
