import Foundation
import Testing

@testable import DescentCompare

@Suite struct PerformanceProfileTests {
  /// Three methods on four tasks; the fourth task nobody but C solves, and C misses the third.
  private let profile = PerformanceProfile(
    costs: [[10, 30, 100, .infinity], [20, 10, 400, .infinity], [45, 20, .infinity, 7]])

  @Test func `ratios by hand`() {
    #expect(profile.ratios == [[1, 3, 1, .infinity], [2, 1, 4, .infinity], [4.5, 2, .infinity, 1]])
  }

  @Test func `shares by hand`() {
    #expect((0..<3).map { profile.share(of: $0, within: 1) } == [0.5, 0.25, 0.25])
    #expect((0..<3).map { profile.share(of: $0, within: 2) } == [0.5, 0.5, 0.5])
    #expect((0..<3).map { profile.share(of: $0, within: 4) } == [0.75, 0.75, 0.5])
  }

  /// A: (3 + 1 + 3 + 0)/3/4, B: (2 + 3 + 0 + 0)/3/4, C: (0 + 2 + 0 + 3)/3/4.
  @Test func `scores by hand`() {
    let expected = [7.0 / 12, 5.0 / 12, 5.0 / 12]
    for (method, score) in expected.enumerated() { #expect(abs(profile.score(of: method) - score) < 1e-15) }
  }

  @Test func `the score is the area under the profile`() {
    for method in 0..<3 {
      let steps = 30_000
      let area = (0..<steps).reduce(0.0) {
        $0 + profile.share(of: method, within: 1 + 3 * (Double($1) + 0.5) / Double(steps)) / Double(steps)
      }
      #expect(abs(area - profile.score(of: method)) < 1e-3)
    }
  }

  @Test func `a target met at the start costs nothing`() {
    #expect(PerformanceProfile(costs: [[0], [3], [0]]).ratios == [[1], [.infinity], [1]])
  }
}
