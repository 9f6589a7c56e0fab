import Foundation
import Testing

@testable import DescentData

@Suite struct PreprocessingTests {
  private let people = """
    age,colour,height,label
    20,red,1.5,no
    40,,1.5,yes
    ,blue,1.5,no
    30,green,9,yes

    """

  @Test func features() throws {
    let table = try makeTable(people)
    let fitted = try Preprocessing.fit(table: table, rows: [0, 1, 2], target: "label")
    #expect(
      fitted.columns == [
        .numeric(name: "age", mean: 30, scale: 10),
        .categorical(name: "colour", levels: ["blue", "red"], hasMissingLevel: true),
        .numeric(name: "height", mean: 1.5, scale: 1),
      ])
    #expect(fitted.featureNames == ["age", "colour=blue", "colour=red", "colour=(missing)", "height"])
    let dataset = try fitted.apply(to: table)
    #expect(dataset.featureShape == [5] && dataset.featureNames == fitted.featureNames)
    #expect(Array(dataset.features[0..<5]) == [-1, 0, 1, 0, 0])
    #expect(Array(dataset.features[5..<10]) == [1, 0, 0, 1, 0])
    // A missing number is the training mean, so 0.
    #expect(Array(dataset.features[10..<15]) == [0, 1, 0, 0, 0])
    // A level that training did not have is all zeros.
    #expect(Array(dataset.features[15..<20]) == [0, 0, 0, 0, 7.5])
    #expect(dataset.targets == .classes(labels: [0, 1, 0, 1], names: ["no", "yes"]))
    #expect(try fitted.apply(to: table, rows: [3, 0]) == renamed(dataset.subset(rows: [3, 0]), dataset.name))
  }

  private func renamed(_ dataset: Dataset, _ name: String) -> Dataset {
    Dataset(
      name: name, features: dataset.features, featureShape: dataset.featureShape, featureNames: dataset.featureNames,
      targets: dataset.targets)
  }

  @Test func missingCellsWithoutAMissingLevelAreZeros() throws {
    let table = try makeTable("c,y\nred,0\nblue,1\n,0\n")
    let fitted = try Preprocessing.fit(table: table, rows: [0, 1], target: "y")
    #expect(try fitted.apply(to: table).features == [0, 1, 1, 0, 0, 0])
  }

  @Test func onlyTheTrainingRowsAreFitted() throws {
    let train = [0, 1, 2, 3]
    func fitted(lastRows: String) throws -> Preprocessing {
      let table = try makeTable("a,c,y\n1,u,1.5\n2,v,2.5\n3,u,3\n4,v,5\n" + lastRows)
      return try Preprocessing.fit(table: table, rows: train, target: "y")
    }
    let reference = try fitted(lastRows: "5,u,6\n6,v,7\n")
    #expect(try fitted(lastRows: "1e6,w,-1e6\n-7,,0.1\n") == reference)
    // The same change within the training rows is noticed.
    let table = try makeTable("a,c,y\n1,u,1.5\n2,v,2.5\n3,u,3\n1e6,w,-1e6\n5,u,6\n6,v,7\n")
    #expect(try Preprocessing.fit(table: table, rows: train, target: "y") != reference)
  }

  @Test func trainingFeaturesHaveMeanZeroAndDeviationOne() throws {
    var generator = SeededGenerator(seed: 6)
    let text = (0..<500).map { _ in "\(Double(generator.next(below: 1000)) / 7),\(generator.next(below: 2))\n" }
    let data = try TableTask.make(table: makeTable("a,y\n" + text.joined()), target: "y", seed: 1)
    let values = data.train.features.map(Double.init)
    let mean = values.reduce(0, +) / Double(values.count)
    let variance = values.reduce(0) { $0 + $1 * $1 } / Double(values.count)
    #expect(abs(mean) < 1e-6 && abs(variance - 1) < 1e-5)
  }

  @Test func jsonRoundTripIsExact() throws {
    let table = try makeTable(
      "t,c,y\n1700000000.1,a,0.1\n1700000007.3,,0.30000000000000004\n1700000001,\"ü,\"\"x\"\"\",9\n")
    for target in ["y", "t"] {
      let fitted = try Preprocessing.fit(
        table: table, rows: [0, 1, 2], target: target, task: target == "y" ? .regression : .classification)
      let decoded = try JSONDecoder().decode(Preprocessing.self, from: JSONEncoder().encode(fitted))
      #expect(decoded == fitted)
      #expect(try decoded.apply(to: table) == fitted.apply(to: table))
    }
  }

  @Test func anotherFileMayHaveAnotherOrderMoreColumnsAndNoTarget() throws {
    let fitted = try Preprocessing.fit(table: makeTable(people), rows: [0, 1, 2, 3], target: "label")
    let other = try makeTable("height,note,colour,age\n9,few 1,green,20\n1.5,2,red,40\n7,3,red,\n")
    let dataset = try fitted.apply(to: other)
    #expect(dataset.targets == .classes(labels: [], names: ["no", "yes"]))
    let reference = try fitted.apply(to: makeTable("age,colour,height,label\n20,green,9,\n40,red,1.5,NA\n,red,7,\n"))
    #expect(dataset == reference)
  }

  @Test func kindsAreThoseOfTheTraining() throws {
    let fitted = try Preprocessing.fit(table: makeTable("a,c,y\n1,7,0\n2,x,1\n3,y,0\n"), rows: [0, 1, 2], target: "y")
    // By itself the column would be numeric here.
    #expect(try fitted.apply(to: makeTable("a,c\n1,7\n2,7\n")).features.suffix(3) == [1, 0, 0])
    expectError(
      .notANumber(file: "data.csv", line: 2, column: "a", value: "x", lineIsFirst: false),
      "data.csv:2: 'x' in the column 'a' is not a number. Correct it, leave the cell empty to have it imputed, or "
        + "declare the column categorical."
    ) { _ = try fitted.apply(to: makeTable("a,c\nx,7\n")) }
  }

  @Test func targetsCanBeLeftOut() throws {
    let fitted = try Preprocessing.fit(table: makeTable(people), rows: [0, 1, 2, 3], target: "label")
    let other = try makeTable("age,colour,height,label\n20,red,1,perhaps\n21,red,2,yes\n")
    #expect(throws: DataError.self) { try fitted.apply(to: other) }
    #expect(try !fitted.apply(to: other, includesTarget: false).hasTargets)
  }

  @Test func missingColumn() throws {
    let fitted = try Preprocessing.fit(table: makeTable(people), rows: [0, 1, 2, 3], target: "label")
    expectError(
      .missingColumn(file: "data.csv", name: "colour", columns: ["age", "color", "height"]),
      "data.csv: the column 'colour', which the model was trained with, is missing. Did you mean 'color'? The columns "
        + "are: age, color, height."
    ) { _ = try fitted.apply(to: makeTable("age,color,height\n1,red,2\n")) }
  }

  @Test func allMissing() throws {
    let table = try makeTable("a,b,y\n1,,0\n2,NA,1\n3,4,0\n")
    expectError(
      .allMissing(file: "data.csv", column: "b"),
      "data.csv: the column 'b' has no value in the rows that are used. Delete the column or fill it in."
    ) { _ = try Preprocessing.fit(table: table, rows: [0, 1], target: "y") }
  }

  @Test func tooManyLevels() throws {
    func fit(levels: Int) throws -> Preprocessing {
      let text = (0..<levels).map { "name\($0),\($0 % 2)\n" }.joined()
      return try Preprocessing.fit(table: makeTable("name,y\n" + text), rows: Array(0..<levels), target: "y")
    }
    #expect(try fit(levels: 100).featureCount == 100)
    expectError(
      .tooManyLevels(file: "data.csv", column: "name", count: 101, limit: 100),
      "data.csv: the column 'name' has 101 different values, more than the 100 that get a feature each. Delete the "
        + "column, group its values, or write it as numbers."
    ) { _ = try fit(levels: 101) }
  }

  @Test func noFeatures() {
    expectError(
      .noFeatures(file: "data.csv", target: "y"),
      "data.csv: there is no column besides the target 'y'. Add at least one to predict it from, or give the right "
        + "delimiter."
    ) { _ = try Preprocessing.fit(table: makeTable("y\n1\n2\n"), rows: [0, 1], target: "y") }
  }
}
