import Testing

@testable import DescentData

@Suite struct ColumnStatisticsTests {
  @Test func meanAndPopulationDeviation() {
    let statistics = ColumnStatistics([2, 4, 4, 4, .nan, 5, 5, 7, 9])
    #expect(statistics.mean == 5 && statistics.scale == 2 && statistics.count == 8)
  }

  @Test func constantsHaveScaleOne() {
    // The mean of three times 0.1 is not 0.1 in floating point.
    let statistics = ColumnStatistics([0.1, 0.1, 0.1])
    #expect(statistics.mean == 0.1 && statistics.scale == 1)
    #expect(ColumnStatistics([.nan, 3]).scale == 1)
    #expect(ColumnStatistics([1e-200, 2e-200]).scale == 1)
    #expect(ColumnStatistics([]).count == 0)
  }

  @Test func largeOffsetsKeepTheirPrecision() {
    let statistics = ColumnStatistics([1_700_000_001, 1_700_000_003])
    #expect(statistics.mean == 1_700_000_002 && statistics.scale == 1)
    #expect(ColumnStatistics([-3e38, 3e38]).scale == 3e38)
  }
}
