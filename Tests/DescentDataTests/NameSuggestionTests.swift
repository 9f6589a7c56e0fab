import Testing

@testable import DescentData

@Suite struct NameSuggestionTests {
  @Test(arguments: [
    ("tagret", "target"), ("targe", "target"), ("TARGET", "target"), ("learning-rat", "learning-rate"),
    ("weight_decay", "weight-decay"), ("momentun", "momentum"),
  ])
  func findsTheNearest(name: String, expected: String) {
    let names = ["age", "target", "learning-rate", "momentum", "weight-decay"]
    #expect(nearestName(to: name, in: names) == expected)
  }

  @Test func nothingNearGivesNothing() {
    #expect(nearestName(to: "colour", in: ["age", "target"]) == nil)
    #expect(nearestName(to: "x", in: ["y"]) == nil)
    #expect(nearestName(to: "", in: ["age", ""]) == nil)
    #expect(nearestName(to: "age", in: []) == nil)
  }

  @Test func theNearerOneWins() {
    #expect(nearestName(to: "colum2", in: ["column1", "column2", "column3"]) == "column2")
    #expect(nearestName(to: "column", in: ["column1", "column2"]) == "column1")
  }

  @Test func neighbourSwapsCountOnce() {
    // Two plain edits would be half of the name, one swap is less.
    #expect(nearestName(to: "gea", in: ["gae"]) == "gae")
  }
}
