import Testing

@testable import DescentData

@Suite struct TableTaskTests {
  /// 200 rows: a number that tells the class, and a column of two levels.
  private let text =
    "size;shape;kind\n"
    + (0..<200).map {
      "\($0 % 4 == 0 ? 10 : 1).\($0);\($0 % 2 == 0 ? "round" : "flat");\($0 % 4 == 0 ? "big" : "small")\n"
    }
    .joined()

  @Test func classification() throws {
    try withFile(text.utf8) { path in
      let data = try TableTask.load(csv: path, target: "kind", seed: 3)
      #expect(data.task == .classification)
      #expect((data.train.count, data.validation.count, data.test.count) == (140, 20, 40))
      #expect(data.train.featureNames == ["size", "shape=flat", "shape=round"])
      guard case .classes(let labels, let names) = data.test.targets else {
        Issue.record("the targets are not classes")
        return
      }
      #expect(names == ["big", "small"] && labels.count { $0 == 0 } == 10)
      // Features and labels belong together: every big one has a size above all small ones.
      for (row, label) in labels.enumerated() { #expect((data.test.features[row * 3] > 1) == (label == 0)) }
      #expect(try TableTask.load(csv: path, target: "kind", seed: 3) == data)
      #expect(try TableTask.load(csv: path, target: "kind", seed: 4) != data)
    }
  }

  @Test func regression() throws {
    try withFile(text.utf8) { path in
      let data = try TableTask.load(csv: path, target: "size", validation: 0, test: 0.25, seed: 3)
      #expect(data.task == .regression)
      #expect((data.train.count, data.validation.count, data.test.count) == (150, 0, 50))
      guard case .values(let values, let name) = data.train.targets else {
        Issue.record("the targets are not values")
        return
      }
      let mean = values.reduce(0.0) { $0 + Double($1) } / 150
      #expect(name == "size" && abs(mean) < 1e-6)
      #expect(data.preprocessing.inverse(values).allSatisfy { $0 >= 1 && $0 < 11 })
    }
  }

  @Test func taskAndCategoriesCanBeSaid() throws {
    let numbers = "code,y\n" + (0..<100).map { "\($0 % 5),\($0 % 2)\n" }.joined()
    try withFile(numbers.utf8) { path in
      #expect(try TableTask.load(csv: path, target: "y").task == .classification)
      #expect(try TableTask.load(csv: path, target: "y", task: .regression).task == .regression)
      let coded = try TableTask.load(csv: path, target: "y", categorical: ["code"])
      #expect(coded.train.featureNames == ["code=0", "code=1", "code=2", "code=3", "code=4"])
    }
  }

  @Test func errorsAreTheOnesOfTheParts() throws {
    try withFile("a,y\n1,2.5\n2,3.5\n".utf8) { path in
      #expect(throws: DataError.tooFewRows(name: path, rows: 2, validation: 0.1, test: 0.2)) {
        try TableTask.load(csv: path, target: "y")
      }
      #expect(throws: DataError.unknownColumn(file: path, name: "z", columns: ["a", "y"])) {
        try TableTask.load(csv: path, target: "z")
      }
    }
    #expect(throws: DataError.missingFile(file: "none.csv")) { try TableTask.load(csv: "none.csv", target: "y") }
  }
}
