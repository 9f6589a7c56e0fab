import DescentText
import DescentGraph
import Foundation
import Testing

@testable import DescentCompare

@Suite struct ComparisonJSONTests {
  private func document(_ comparison: Comparison) throws -> [String: Any] {
    let data = Data(ComparisonJSON(comparison).text().utf8)
    return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  private func methods(_ comparison: Comparison) throws -> [[String: Any]] {
    try #require(try document(comparison)["methods"] as? [[String: Any]])
  }

  @Test func promisedMembersHoldTheNumbers() throws {
    var comparison = ComparisonFixture.finals([("A", [0.5, 0.75])], target: 0.5)
    comparison.methods[0].runs[0].stepsToTarget = 30
    comparison.methods[0].runs[0].secondsToTarget = 0.25
    let method = try #require(try methods(comparison).first)
    #expect(method["method"] as? String == "a")
    let accuracy = try #require(method["testAccuracy"] as? [String: Any])
    #expect(accuracy["mean"] as? Double == 0.625)
    let deviation = try #require(accuracy["std"] as? Double)
    #expect(abs(deviation - 0.1767766952966369) < 1e-15)
    #expect(method["stepsToTarget"] as? Int == 30)
    #expect(method["secondsToTarget"] as? Double == 0.25)
    #expect(method["finalLoss"] as? Double == 0.5)
    #expect(method["reached"] as? Int == 1)
    #expect(method["runs"] as? Int == 2)
  }

  @Test func regressionUsesItsOwnKey() throws {
    let method = try #require(try methods(ComparisonFixture.finals([("A", [0.5])], metric: .testRMSE)).first)
    let error = try #require(method["testRMSE"] as? [String: Any])
    #expect(error["mean"] as? Double == 0.5)
    #expect(error["std"] is NSNull)
    #expect(method["testAccuracy"] == nil)
  }

  @Test func missedTargetsAreNull() throws {
    let sgd = try #require(try methods(ComparisonFixture.digits()).first { $0["method"] as? String == "sgd" })
    #expect(sgd["stepsToTarget"] is NSNull)
    #expect(sgd["secondsToTarget"] is NSNull)
  }

  @Test func divergenceIsNullWithItsStep() throws {
    let method = try #require(try methods(ComparisonFixture.finals([("A", [nil, nil])])).first)
    #expect((method["testAccuracy"] as? [String: Any])?["mean"] is NSNull)
    #expect(method["finalLoss"] is NSNull)
    #expect(method["divergedAtStep"] as? Int == 12)
    #expect(method["rank"] is NSNull)
  }

  @Test func notFiniteValuesAnywhereStayValid() throws {
    var comparison = ComparisonFixture.finals([("A", [.infinity, -.infinity, .nan])], target: .nan)
    comparison.methods[0].runs[0].seconds = .infinity
    comparison.methods[0].runs[1].secondsToTarget = .nan
    let method = try #require(try methods(comparison).first)
    #expect((method["seeds"] as? [[String: Any]])?.count == 3)
  }

  @Test func namesAreEscapedAndRepeatedMembersKeptOnce() throws {
    let name = "a\"\\\n\t\u{1}\u{2028}é<&>"
    var comparison = ComparisonFixture.finals([(name, [0.5])])
    comparison.methods[0].hyperparameters = [.init("x", "1"), .init("x", "2"), .init(name, name)]
    let method = try #require(try methods(comparison).first)
    #expect(method["method"] as? String == name)
    let settings = try #require(method["hyperparameters"] as? [String: String])
    #expect(settings == ["x": "1", name: name])
  }

  @Test func curvesAreColumnsOfEqualLength() throws {
    let comparison = ComparisonFixture.digits()
    let method = try #require(try methods(comparison).first)
    let runs = try #require(method["seeds"] as? [[String: Any]])
    #expect(runs.count == 3)
    for run in runs {
      let curve = try #require(run["curve"] as? [String: [Any]])
      #expect(Set(curve.keys) == ["epoch", "step", "seconds", "trainLoss", "testLoss", "testAccuracy"])
      #expect(Set(curve.values.map(\.count)) == [31])
    }
    #expect(!ComparisonJSON(comparison).text(curves: false).contains("\"curve\""))
  }

  @Test func numbersReadBackExactly() throws {
    for value in [0.1, 1.0 / 3, Double.leastNonzeroMagnitude, 1.7976931348623157e308, 1e16, -2.5e-7, 123456] {
      let text = OrderedJSON.array([.number(value)]).text()
      let read = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [Double])
      #expect(read == [value])
    }
  }

  @Test func seedsBeyondDoublePrecisionAreText() throws {
    let seeds = try document(ComparisonFixture.finals([("A", [0.5])], seeds: [7, .max]))["seeds"]
    let list = try #require(seeds as? [Any])
    #expect(list[0] as? Int == 7)
    #expect(list[1] as? String == "18446744073709551615")
  }
}
