import Testing

@testable import DescentData

@Suite struct CSVReaderTests {
  @Test(arguments: PythonCSVFixture.cases.indices)
  func agreesWithPython(index: Int) throws {
    let fixture = PythonCSVFixture.cases[index]
    let delimiter = CSVReader.Delimiter(rawValue: fixture.delimiter)
    let document = try makeDocument(fixture.text, delimiter: delimiter, hasHeader: false)
    let found = cells(of: document)
    // By bytes: string comparison would take different forms of one character for equal.
    #expect(
      found.map { $0.map { Array($0.utf8) } } == fixture.rows.map { $0.map { Array($0.utf8) } }, "\(fixture.name)")
  }

  @Test(arguments: ["\n", "\r\n", "\r"]) func lineEnds(end: String) throws {
    for last in ["", end] {
      let document = try makeDocument("a,b\(end)1,2\(end)3,4\(last)")
      #expect(document.columnNames == ["a", "b"])
      #expect(cells(of: document) == [["1", "2"], ["3", "4"]])
      #expect(document.line(ofRow: 1) == 3)
    }
  }

  @Test func linesAreCountedThroughQuotes() throws {
    let document = try makeDocument("a,b\n\"x\ny\r\nz\rw\",1\n\n\"\n\",2\r\nu,3\n")
    #expect((0..<3).map(document.line(ofRow:)) == [2, 7, 9])
    #expect(document.text(row: 0, column: 0) == "x\ny\r\nz\rw")
  }

  @Test func byteOrderMarkIsSkipped() throws {
    #expect(try makeDocument("\u{FEFF}a,b\n1,2").columnNames == ["a", "b"])
    #expect(try makeDocument("\u{FEFF}\"a\",b\n1,2").columnNames == ["a", "b"])
  }

  @Test func headerIsFoundOut() throws {
    #expect(try makeDocument("a,b\n1,2\n").hasHeader)
    #expect(try makeDocument("a,b\nx,2\n").hasHeader)
    #expect(try makeDocument("a,b\nx,y\n").hasHeader)
    #expect(try makeDocument("a, b \nNA,nan\n").columnNames == ["a", "b"])
    let numbers = try makeDocument("1,2\n3,4\n")
    #expect(!numbers.hasHeader && numbers.rowCount == 2)
    #expect(numbers.columnNames == ["column1", "column2"])
    // A value of the first row comes again below it, so it is no name.
    #expect(try !makeDocument("red,x\nblue,y\nred,z\n").hasHeader)
  }

  @Test func headerCanBeSaid() throws {
    #expect(try makeDocument("1,2\n3,4\n", hasHeader: true).columnNames == ["1", "2"])
    #expect(try cells(of: makeDocument("a,b\n1,2\n", hasHeader: false)) == [["a", "b"], ["1", "2"]])
  }

  @Test func delimiterIsFoundOut() throws {
    #expect(try makeDocument("a,b\n1,2\n").delimiter == .comma)
    #expect(try makeDocument("a;b\n1;2\n").delimiter == .semicolon)
    #expect(try makeDocument("a\tb\n1\t2\n").delimiter == .tab)
    #expect(try makeDocument("a;b\n1,5;2,5\n3,5;4,5\n").delimiter == .semicolon)
    #expect(try makeDocument("1,5;2,5\n3,5;4,5\n").delimiter == .semicolon)
    #expect(try makeDocument("a,b\n\"x;y\",2\n\"z;w\",3\n").delimiter == .comma)
    #expect(try makeDocument("name,genre\nx,Action;Drama\ny,Comedy\n").delimiter == .comma)
    #expect(try makeDocument("a\n1\n2\n").delimiter == .comma)
    #expect(try makeDocument("a;b,c\n1;2,3\n", delimiter: .comma).columnNames == ["a;b", "c"])
  }

  @Test func blankLinesAreSkippedAndQuotedEmptyOnesKept() throws {
    #expect(try cells(of: makeDocument("a\n\n1\n  \n\"\"\n2\n")) == [["1"], [""], ["2"]])
  }

  @Test func readsAFile() throws {
    try withFile("a,b\n1,2\n".utf8) { path in
      let document = try CSVReader.read(path: path)
      #expect(document.file == path)
      #expect(cells(of: document) == [["1", "2"]])
    }
  }
}
