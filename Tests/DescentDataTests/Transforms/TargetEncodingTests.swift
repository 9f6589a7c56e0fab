import Testing

@testable import DescentData

@Suite struct TargetEncodingTests {
  private func fit(_ values: [String], _ task: PredictionTask, rows: [Int]? = nil) throws -> TargetEncoding {
    let table = try makeTable("x,y\n" + values.map { "1,\($0)\n" }.joined())
    return try TargetEncoding.fit(table: table, target: "y", task: task, rows: rows ?? Array(values.indices))
  }

  @Test func classesAreSorted() throws {
    #expect(
      try fit(["pear", "apple", "pear"], .classification)
        == .classes(column: "y", names: ["apple", "pear"], areNumbers: false))
    #expect(
      try fit(["10", "9", "9.0", "-1", "0.5"], .classification)
        == .classes(column: "y", names: ["-1", "0.5", "9", "10"], areNumbers: true))
    #expect(
      try fit(["1", "2", "3", "x"], .classification)
        == .classes(column: "y", names: ["1", "2", "3", "x"], areNumbers: false))
  }

  @Test func numericClassesAreComparedAsNumbers() throws {
    let encoding = try fit(["1", "2", "3"], .classification)
    let other = try makeTable("y\n2.0\n03\n1e0\n")
    #expect(
      try encoding.apply(to: other, rows: [0, 1, 2]) == .classes(labels: [1, 2, 0], names: ["1", "2", "3"]))
  }

  @Test func valuesAreStandardizedOnTheFittedRows() throws {
    let encoding = try fit(["1", "3", "100"], .regression, rows: [0, 1])
    #expect(encoding == .values(column: "y", mean: 2, scale: 1))
    let table = try makeTable("y\n1\n3\n100\n")
    #expect(try encoding.apply(to: table, rows: [0, 1, 2]) == .values([-1, 1, 98], name: "y"))
    #expect(encoding.inverse([-1, 1, 98]) == [1, 3, 100])
  }

  @Test func missingTarget() {
    for task in PredictionTask.allCases {
      expectError(
        .missingTarget(file: "data.csv", line: 4, column: "y"),
        "data.csv:4: the target 'y' is missing. Fill it in or delete the row."
      ) { _ = try fit(["1", "2", "NA", "3"], task) }
      #expect(throws: DataError.allMissing(file: "data.csv", column: "y")) { try fit(["", "NA"], task) }
    }
    #expect(throws: DataError.missingTarget(file: "data.csv", line: 3, column: "y")) {
      try fit(["a", "?", "b"], .classification)
    }
  }

  @Test func nonNumericTarget() {
    expectError(
      .nonNumericTarget(file: "data.csv", line: 3, column: "y", value: "tall"),
      "data.csv:3: 'tall' in the target 'y' is not a number, which regression needs. Correct it, or choose the task "
        + "classification."
    ) { _ = try fit(["1", "tall", "2"], .regression) }
  }

  @Test func notFiniteTarget() {
    for task in PredictionTask.allCases {
      #expect(throws: DataError.notFinite(file: "data.csv", line: 3, column: "y", value: "nan")) {
        try fit(["1", "nan", "2"], task)
      }
    }
  }

  @Test func singleClass() {
    expectError(
      .singleClass(file: "data.csv", column: "y", value: "yes"),
      "data.csv: the target 'y' is 'yes' in every row, so there is nothing to learn. Choose another target, or add "
        + "rows with other values."
    ) { _ = try fit(["yes", "yes"], .classification) }
    #expect(throws: DataError.singleClass(file: "data.csv", column: "y", value: "1")) {
      try fit(["1", "1.0"], .classification)
    }
    #expect(throws: DataError.singleClass(file: "data.csv", column: "y", value: "2.5")) {
      try fit(["2.5", "2.50"], .regression)
    }
  }

  @Test func tooManyClasses() {
    expectError(
      .tooManyClasses(file: "data.csv", column: "y", count: 1001, limit: 1000),
      "data.csv: the target 'y' has 1001 different values, more than the 1000 classes that are supported. Choose "
        + "another target, or the task regression if it is a quantity."
    ) { _ = try fit((0...1000).map { "v\($0)" }, .classification) }
  }

  @Test func unknownClass() throws {
    let encoding = try fit(["setosa", "virginica"], .classification)
    let other = try makeTable("x,y\n1,setosa\n2,verginica\n")
    expectError(
      .unknownClass(
        file: "data.csv", line: 3, column: "y", value: "verginica", classes: ["setosa", "virginica"]),
      "data.csv:3: 'verginica' in the target 'y' is not a class that the model was trained with. Did you mean "
        + "'virginica'? The classes are: setosa, virginica."
    ) { _ = try encoding.apply(to: other, rows: [0, 1]) }
  }
}
