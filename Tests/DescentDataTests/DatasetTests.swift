import Testing

@testable import DescentData

@Suite struct DatasetTests {
  private let dataset = Dataset(
    name: "small", features: [0, 1, 10, 11, 20, 21], featureShape: [2], featureNames: ["a", "b"],
    targets: .classes(labels: [0, 1, 0], names: ["no", "yes"]))

  @Test func countsAndWidths() {
    #expect(dataset.count == 3)
    #expect(dataset.featureCount == 2)
    #expect(dataset.hasTargets)
  }

  @Test func subsetTakesWholeRowsInOrder() {
    let picked = dataset.subset(rows: [2, 1, 2])
    #expect(picked.features == [20, 21, 10, 11, 20, 21])
    #expect(picked.targets == .classes(labels: [0, 1, 0], names: ["no", "yes"]))
    #expect(dataset.subset(rows: []).count == 0)
  }

  @Test func subsetOfValuesAndOfNoTargets() {
    let values = Dataset(
      name: "v", features: [1, 2, 3], featureShape: [1], featureNames: ["x"], targets: .values([5, 6, 7], name: "y"))
    #expect(values.subset(rows: [1]).targets == .values([6], name: "y"))
    let bare = Dataset(
      name: "v", features: [1, 2, 3], featureShape: [1], featureNames: ["x"], targets: .values([], name: "y"))
    #expect(!bare.hasTargets)
    #expect(bare.subset(rows: [1, 2]).targets == .values([], name: "y"))
  }
}
