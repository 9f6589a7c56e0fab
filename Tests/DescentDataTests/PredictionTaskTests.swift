import Testing

@testable import DescentData

@Suite struct PredictionTaskTests {
  private func task(_ values: [String]) throws -> PredictionTask {
    try makeTable("x,y\n" + values.map { "1,\($0)\n" }.joined()).task(forTarget: "y")
  }

  @Test func textIsClassification() throws {
    #expect(try task(["a", "b", "a"]) == .classification)
    #expect(try task(["1", "b", "2", "a"]) == .classification)
  }

  @Test func fewWholeNumbersAreClassification() throws {
    #expect(try task(["0", "1", "1"]) == .classification)
    #expect(try task((0..<60).map { "\($0 % 3)" }) == .classification)
    #expect(try task((0..<400).map { "\($0 % 20).0" }) == .classification)
  }

  @Test func otherNumbersAreRegression() throws {
    #expect(try task((0..<59).map { "\($0 % 3)" }) == .regression)
    #expect(try task((0..<2000).map { "\($0 % 21)" }) == .regression)
    #expect(try task(["0.5", "1", "1"]) == .regression)
  }

  @Test func missingAndUnknown() throws {
    expectError(
      .allMissing(file: "data.csv", column: "y"),
      "data.csv: the column 'y' has no value in the rows that are used. Delete the column or fill it in."
    ) { _ = try task(["", "NA"]) }
    #expect(throws: DataError.unknownColumn(file: "data.csv", name: "z", columns: ["x", "y"])) {
      try makeTable("x,y\n1,2\n").task(forTarget: "z")
    }
  }
}
