import DescentGraph
import DescentData
import Foundation
import Testing

@testable import DescentCompare

@Suite struct BootstrapTests {
  private static let values = [2.1, 3.4, 1.9, 5.6, 4.4, 3.8, 2.7, 4.9, 3.1, 4.0]
  private func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

  /// `scipy.stats.norm.cdf(-scipy.stats.t.ppf(.975, n - 1) * sqrt(n / (n - 1)))`.
  @Test(arguments: [(5, 0.0009541005518824907), (10, 0.008550639024406366), (20, 0.015880829920347974)])
  func `each end leaves out what SciPy says`(count: Int, tail: Double) {
    #expect(abs(Bootstrap().tailProbability(count: count) - tail) < 1e-12)
  }

  /// `scipy.stats.bootstrap` with the percentile method at this tail and 2,000 resamples: over 20 of its seeds the ends of
  /// the mean's interval are 2.758 ± 0.023 and 4.443 ± 0.027.
  @Test func `a mean's interval is SciPy's`() throws {
    let interval = try #require(Bootstrap().interval(Self.values, of: mean))
    #expect(abs(interval.lowerBound - 2.7585) < 0.1 && abs(interval.upperBound - 4.4428) < 0.11)
    // Student's interval, which the widening is made to meet.
    #expect(abs(interval.lowerBound - 2.7379) < 0.12 && abs(interval.upperBound - 4.4421) < 0.12)
  }

  @Test func `the seed decides the resamples`() {
    let first = Bootstrap(seed: 3).draws(count: 6)
    #expect(first == Bootstrap(seed: 3).draws(count: 6) && first != Bootstrap(seed: 4).draws(count: 6))
    #expect(first.count == 2000 && first.allSatisfy { $0.count == 6 && $0.allSatisfy { (0..<6).contains($0) } })
  }

  @Test func `quantiles lie between values in proportion`() {
    let sorted = [1.0, 2, 4, 8]
    #expect(Bootstrap.quantile(0, sorted) == 1 && Bootstrap.quantile(1, sorted) == 8)
    #expect(Bootstrap.quantile(0.5, sorted) == 3 && Bootstrap.quantile(1.0 / 6, sorted) == 1.5)
    #expect(Bootstrap.quantile(0.9, [1, .infinity, .infinity]) == .infinity)
  }

  @Test func `an interval may be open, and one value has none`() throws {
    let interval = try #require(Bootstrap().interval([1, 2, 3, .infinity], of: { SampleSummary.median($0) ?? .nan }))
    #expect(interval.lowerBound == 1 && interval.upperBound == .infinity)
    #expect(Bootstrap().interval([1], of: mean) == nil)
  }

  /// The coverage that the name promises, on normally distributed values with mean 0: 95 % ± 4 deviations of the count.
  @Test func `of a hundred intervals some ninety-five contain the mean`() {
    var random = SeededGenerator(seed: 11)
    let hits = (0..<200).count { _ in
      let sample = (0..<6).map { _ in random.nextNormal() }
      return Bootstrap(resamples: 400).interval(sample, of: mean)?.contains(0) ?? false
    }
    #expect((175...200).contains(hits), "\(hits) of 200")
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

  /// By hand: 0.005·4, 0.01·3, then 0.03·2, which 0.04·1 may not fall below.
  @Test func `Holm's correction by hand`() {
    let adjusted = Holm.adjusted([0.01, 0.04, 0.03, 0.005])
    #expect(zip(adjusted, [0.03, 0.06, 0.06, 0.02]).allSatisfy { abs($0 - $1) < 1e-15 })
    #expect(Holm.adjusted([0.6, 0.9]) == [1, 1] && Holm.adjusted([]) == [])
  }
}
