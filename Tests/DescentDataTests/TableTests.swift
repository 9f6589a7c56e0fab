import Testing

@testable import DescentData

@Suite struct TableTests {
  @Test func numbersAndMissingCells() throws {
    let column = try makeTable("a,b\n1,x\n,y\nNA,z\n ? ,x\nnull,x\n-2.5e1,x\n").column(named: "a")
    guard case .numeric(let values) = column.values else {
      Issue.record("the column is not numeric")
      return
    }
    #expect(values.map { $0.isNaN } == [false, true, true, true, true, false])
    #expect(values[0] == 1 && values[5] == -25)
    #expect(column.presentCount == 2)
  }

  @Test func textIsCategorical() throws {
    let column = try makeTable("a,b\n1,red\n2,\n3, blue\n4,red\n").column(named: "b")
    #expect(column.values == .categorical(levels: ["red", "blue"], codes: [0, -1, 1, 0]))
    #expect(column.presentCount == 3)
  }

  @Test func halfTextIsCategorical() throws {
    #expect(try makeTable("a,b\n1,1\n2,x\nNA,2\n3,y\n").column(named: "b").kind == .categorical)
  }

  @Test func aFewTextsAreAnError() throws {
    let text = "a,b\n1,10\n2,\"1\n1\"\n3,30\n4,n.a.\n5,50\n6,60\n7,70\n"
    let mixed = try makeTable(text)
    expectError(
      .notANumber(file: "data.csv", line: 3, column: "b", value: "1\n1", lineIsFirst: false),
      "data.csv:3: '1 1' in the column 'b' is not a number. Correct it, leave the cell empty to have it imputed, or "
        + "declare the column categorical."
    ) { _ = try mixed.column(named: "b") }
    // The first fault of the file is told, whichever rows are wanted.
    #expect(throws: DataError.notANumber(file: "data.csv", line: 3, column: "b", value: "1\n1", lineIsFirst: false)) {
      try mixed.column(named: "b", rows: [3])
    }
    #expect(try mixed.column(named: "a").kind == .numeric)
    #expect(try makeTable(text, categorical: ["b"]).column(named: "b").kind == .categorical)
  }

  @Test func headerTakenForDataIsHintedAt() throws {
    let headerless = try makeTable("id,2019\n1,5\n2,6\n3,7\n")
    #expect(headerless.columnNames == ["column1", "column2"])
    expectError(
      .notANumber(file: "data.csv", line: 1, column: "column1", value: "id", lineIsFirst: true),
      "data.csv:1: 'id' in the column 'column1' is not a number. Correct it, leave the cell empty to have it imputed, "
        + "or declare the column categorical. If this line holds the column names, say that the file has a header."
    ) { _ = try headerless.column(named: "column1") }
  }

  @Test(arguments: ["nan", "NaN", "inf", "-Infinity", "1e39"]) func notFinite(value: String) throws {
    let faulty = try makeTable("a,b\n1,2\n3,\(value)\n4,5\n")
    expectError(
      .notFinite(file: "data.csv", line: 3, column: "b", value: value),
      "data.csv:3: '\(value)' in the column 'b' is not a finite 32-bit number. Leave the cell empty to have it imputed."
    ) { _ = try faulty.column(named: "b") }
  }

  @Test func unknownColumn() throws {
    let table = try makeTable("age,height,species\n1,2,x\n")
    expectError(
      .unknownColumn(file: "data.csv", name: "specie", columns: ["age", "height", "species"]),
      "data.csv: there is no column 'specie'. Did you mean 'species'? The columns are: age, height, species."
    ) { _ = try table.column(named: "specie") }
    #expect(throws: DataError.unknownColumn(file: "data.csv", name: "q", columns: ["age", "height", "species"])) {
      try Table(table.document, categorical: ["q", "z"])
    }
    let many = (1...25).map { "c\($0)" }
    let message = DataError.unknownColumn(file: "f", name: "target", columns: many).description
    #expect(message.hasSuffix("c19, c20 and 5 more."))
    #expect(!message.contains("Did you mean"))
  }

  @Test func rowsAndKindCanBeChosen() throws {
    let table = try makeTable("a,b\n1,x\n2,y\n3,x\n")
    #expect(try table.column(named: "a", rows: [2, 0]).values == .numeric([3, 1]))
    #expect(try table.column(named: "b", rows: [2, 2]).values == .categorical(levels: ["x"], codes: [0, 0]))
    #expect(
      try table.column(named: "a", as: .categorical).values
        == .categorical(levels: ["1", "2", "3"], codes: [0, 1, 2]))
    #expect(throws: DataError.notANumber(file: "data.csv", line: 2, column: "b", value: "x", lineIsFirst: false)) {
      try table.column(named: "b", as: .numeric)
    }
  }
}
