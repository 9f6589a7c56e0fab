import DescentGraph
import Testing

@testable import DescentCompare

@Suite struct ChartTests {
  @Test func linearTicksAreRoundAndInside() {
    let scale = ChartScale(.linear, 93.4...98.1)
    #expect(scale.ticks(5).map(\.label) == ["94", "95", "96", "97", "98"])
    #expect(ChartScale(.linear, 0...0.9).ticks(4).map(\.label) == ["0.00", "0.25", "0.50", "0.75"])
    #expect(ChartScale(.linear, 0...5000).ticks(5).map(\.label) == ["0", "1,000", "2,000", "3,000", "4,000", "5,000"])
  }

  @Test func logTicksAreDecadesOrTheirParts() {
    #expect(
      ChartScale(.log, 0.009...2.5).ticks(6).map(\.label) == ["0.01", "0.02", "0.05", "0.1", "0.2", "0.5", "1", "2"])
    #expect(ChartScale(.log, 1e-8...1).ticks(4).map(\.label) == ["10⁻⁸", "10⁻⁶", "10⁻⁴", "10⁻²", "1"])
  }

  @Test func positions() throws {
    #expect(ChartScale(.linear, 2...4).position(3) == 0.5)
    let middle = try #require(ChartScale(.log, 0.01...1).position(0.1))
    #expect(abs(middle - 0.5) < 1e-12)
    #expect(ChartScale(.log, 0.01...1).position(0) == nil)
    #expect(ChartScale(.linear, 0...1).position(.nan) == nil)
    #expect(ChartScale(.linear, 5...5).position(5) == 0.5)
  }

  @Test func labelsKeepTheirDistanceAndOrder() throws {
    let wanted = [100.0, 101, 40, 102, 300]
    let places = try #require(LabelPlacement.column(wanted: wanted, spacing: 15, within: 0...310))
    let sorted = places.sorted()
    for (low, high) in zip(sorted, sorted.dropFirst()) { #expect(high - low >= 15 - 1e-9) }
    #expect(wanted.indices.sorted { wanted[$0] < wanted[$1] } == places.indices.sorted { places[$0] < places[$1] })
    // The crowd of three stays centred on where it wants to be, and those that are free do not move.
    #expect(abs((places[0] + places[1] + places[3]) / 3 - 101) < 1e-9)
    #expect(places[2] == 40 && places[4] == 300)
  }

  @Test func labelsStayInTheColumnOrAreNotPlaced() throws {
    let places = try #require(LabelPlacement.column(wanted: [0, 0, 0], spacing: 10, within: 5...26))
    #expect(places.min() == 5 && places.max() == 25)
    #expect(LabelPlacement.column(wanted: [0, 0, 0, 0], spacing: 10, within: 5...26) == nil)
  }

  @Test func aLabelAvoidsLinesAndOtherLabels() throws {
    let plot = LabelPlacement.Box(x: 0, y: 0, width: 200, height: 100)
    let end = SVGChart.Place(x: 50, y: 50)
    let free = try #require(
      LabelPlacement.beside(end, width: 40, height: 15, taken: [], lines: [], plot: plot))
    #expect(free.x == 56)
    let moved = try #require(
      LabelPlacement.beside(end, width: 40, height: 15, taken: [], lines: [.init(x: 70, y: 50)], plot: plot))
    #expect(!moved.contains(.init(x: 70, y: 50)))
    #expect(LabelPlacement.beside(end, width: 40, height: 15, taken: [plot], lines: [], plot: plot) == nil)
  }

  @Test func theMetricAxisIsZoomedToWhereMethodsDiffer() throws {
    let range = try #require(
      ChartDomain.zoomed(
        finals: [97, 96.5, 96, 95.5, 60], values: [10, 60, 95.5, 96, 96.5, 97], target: 96, higherIsBetter: true,
        ceiling: 100))
    #expect(range.lowerBound > 90 && range.lowerBound < 95.5)
    #expect(range.upperBound > 97 && range.upperBound <= 100)
    let error = try #require(
      ChartDomain.zoomed(finals: [0.5, 0.6, 0.7], values: [0.5, 0.6, 0.7, 9], target: nil, higherIsBetter: false))
    #expect(error.lowerBound < 0.5 && error.upperBound > 0.7 && error.upperBound < 2)
    #expect(ChartDomain.zoomed(finals: [], values: [.nan], target: 1, higherIsBetter: true) == nil)
  }

  @Test func anExplosionDoesNotFlattenTheLossAxis() throws {
    let falling = (0..<60).map { 2.3 / Double($0 + 1) }
    let range = try #require(ChartDomain.loss(starts: [2.3, 2.3], values: falling + [1e9, 1e30]))
    #expect(range.upperBound < 5)
    #expect(ChartDomain.loss(starts: [], values: [0, -1, .nan]) == nil)
  }

  @Test func theMeanEndsWhereASeedDiverges() {
    let series = LearningCurves.series(
      index: 0, label: "A",
      runs: [
        [.init(x: 0, y: 4), .init(x: 1, y: 2), .init(x: 2, y: 1)],
        [.init(x: 0, y: 6), .init(x: 1, y: 4), .init(x: 2, y: .nan)],
      ], diverged: [false, true])
    #expect(series.line.map(\.y) == [5, 3])
    #expect(series.band.map(\.low) == [4, 2] && series.band.map(\.high) == [6, 4])
    #expect(series.thin.map { $0.map(\.y) } == [[2, 1]])
    #expect(series.crosses.map(\.y) == [4])
  }

  @Test func aCurveMayBeginWithoutAMeasurement() {
    let run: [SVGChart.Sample] = [.init(x: 0, y: .nan), .init(x: 45, y: 2), .init(x: 90, y: 1)]
    let series = LearningCurves.series(index: 0, label: "A", runs: [run, run], diverged: [false, false])
    #expect(series.line.map(\.x) == [45, 90])
    #expect(series.line.map(\.y) == [2, 1])
  }

  @Test func progressAxisTurnsLogarithmicForVeryDifferentLengths() throws {
    let even = try #require(ChartDomain.progress(ends: [100, 660], starts: [4, 22]))
    #expect(even == ChartScale(.linear, 0...660))
    let uneven = try #require(ChartDomain.progress(ends: [10, 660], starts: [1, 22]))
    #expect(uneven == ChartScale(.log, 1...660))
    #expect(ChartDomain.progress(ends: [0], starts: []) == nil)
  }
}
