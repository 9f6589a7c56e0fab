import DescentGraph
import Foundation
import Testing

@testable import DescentCompare

@Suite struct ComparisonStatisticsTests {
  /// Two-sided 95 % and 99 % quantiles as printed in Student's tables (Fisher and Yates, Statistical Tables, III).
  @Test(arguments: [
    (1, 0.95, 12.706), (2, 0.95, 4.303), (3, 0.95, 3.182), (4, 0.95, 2.776), (9, 0.95, 2.262), (10, 0.95, 2.228),
    (30, 0.95, 2.042), (120, 0.95, 1.980), (1, 0.99, 63.657), (2, 0.99, 9.925), (5, 0.99, 4.032), (20, 0.99, 2.845),
  ])
  func quantilesMatchPrintedTables(degrees: Int, confidence: Double, printed: Double) {
    let quantile = StudentT.twoSidedQuantile(confidence, degreesOfFreedom: degrees)
    #expect(abs(quantile - printed) < 0.0006)
  }

  /// For one degree of freedom the distribution is Cauchy's and for two its quantile has a closed form.
  @Test(arguments: [0.1, 0.5, 0.8, 0.95, 0.999])
  func smallDegreesHaveClosedForms(confidence: Double) {
    let one = StudentT.twoSidedQuantile(confidence, degreesOfFreedom: 1)
    #expect(abs(one - tan(.pi / 2 * confidence)) < 1e-9 * max(1, one))
    let two = StudentT.twoSidedQuantile(confidence, degreesOfFreedom: 2)
    let closed = confidence * (2 / (1 - confidence * confidence)).squareRoot()
    #expect(abs(two - closed) < 1e-9 * max(1, closed))
  }

  /// `scipy.stats.t.sf(t, df) * 2`, and the inverse of the quantile.
  @Test(arguments: [(2.0, 4, 0.1161165235168155), (-3.5, 2, 0.07282735005446939), (0, 7, 1), (1.0, 1, 0.5)])
  func pValuesAreSciPys(t: Double, degrees: Int, p: Double) {
    #expect(abs(StudentT.twoSidedPValue(t, degreesOfFreedom: degrees) - p) < 1e-6)
    let quantile = StudentT.twoSidedQuantile(0.95, degreesOfFreedom: degrees)
    #expect(abs(StudentT.twoSidedPValue(quantile, degreesOfFreedom: degrees) - 0.05) < 1e-12)
  }

  @Test func spreadOfThreeValuesByHand() throws {
    // Mean 4; squared deviations 4 + 0 + 4, over n - 1 = 2: standard deviation 2.
    let spread = try #require(SampleSummary([2, 4, 6]))
    #expect(spread.mean == 4)
    #expect(spread.standardDeviation == 2)
    #expect(spread.minimum == 2 && spread.maximum == 6 && spread.count == 3)
    // 4.30265 · 2 / √3 = 4.96828.
    let interval = try #require(spread.interval())
    #expect(abs(interval.upperBound - 8.96828) < 1e-4)
    #expect(abs(interval.lowerBound + 0.96828) < 1e-4)
  }

  @Test func oneValueHasNoDeviationAndNoValueHasNoSpread() throws {
    let spread = try #require(SampleSummary([3.5]))
    #expect(spread.standardDeviation == nil)
    #expect(spread.interval() == nil)
    #expect(SampleSummary([]) == nil)
  }

  @Test func medians() {
    #expect(SampleSummary.median([9, 1, 4]) == 4)
    #expect(SampleSummary.median([4, 1, 9, 2]) == 3)
    #expect(SampleSummary.median([]) == nil)
  }

  @Test func pairedDifferencesByHand() throws {
    // Differences to A: -0.01, -0.02, -0.03; mean -0.02, deviation 0.01, half width 4.30265 · 0.01 / √3 = 0.024841.
    let near = ComparisonFixture.finals([("A", [0.95, 0.96, 0.97]), ("B", [0.94, 0.94, 0.94])])
    let line = ComparisonSummary(near).methods[1]
    guard case .noDifferenceShown(let difference) = line.verdict else {
      Issue.record("expected no difference, got \(line.verdict)")
      return
    }
    #expect(abs(difference.mean + 0.02) < 1e-12)
    #expect(abs(difference.interval.lowerBound + 0.044841) < 1e-6)
    #expect(abs(difference.interval.upperBound - 0.004841) < 1e-6)
    #expect(difference.count == 3)
  }

  @Test func pairingFindsADifferenceThatTheSpreadsAloneWouldHide() {
    // The seeds differ by far more than the methods, but every seed puts A ahead by about one point.
    let comparison = ComparisonFixture.finals([
      ("A", [0.80, 0.86, 0.92, 0.98]), ("B", [0.79, 0.8502, 0.9098, 0.97]),
    ])
    let line = ComparisonSummary(comparison).methods[1]
    guard case .differenceShown(let difference) = line.verdict else {
      Issue.record("expected a difference, got \(line.verdict)")
      return
    }
    #expect(abs(difference.mean + 0.01) < 1e-12)
    #expect(difference.interval.upperBound < 0)
  }
}
