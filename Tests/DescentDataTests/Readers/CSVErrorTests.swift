import Testing

@testable import DescentData

@Suite struct CSVErrorTests {
  @Test func missingFile() {
    expectError(
      .missingFile(file: "no/such.csv"),
      "no/such.csv: no such file. Check the path; a relative one starts at the current folder."
    ) { _ = try CSVReader.read(path: "no/such.csv") }
  }

  @Test func folder() {
    expectError(
      .unreadableFile(file: "/", reason: "it is a folder"),
      "/: cannot be read (it is a folder). Check that it is a file and that you may read it."
    ) { _ = try CSVReader.read(path: "/") }
  }

  @Test func notUTF8() {
    expectError(
      .notUTF8(file: "data.csv", line: 3), "data.csv:3: not UTF-8 text. Save the file with the encoding UTF-8."
    ) { _ = try CSVReader.parse(Array("a,b\r\n1,2\r\n3,".utf8) + [0xE9], file: "data.csv") }
    // A lone carriage return right before the fault is a line end too.
    #expect(throws: DataError.notUTF8(file: "data.csv", line: 2)) {
      try CSVReader.parse(Array("a,b\r".utf8) + [0xE9], file: "data.csv")
    }
  }

  @Test(arguments: [[0xFF, 0xFE, 0x61, 0x00], [0xFE, 0xFF, 0x00, 0x61]]) func utf16(bytes: [UInt8]) {
    expectError(
      .utf16(file: "data.csv"), "data.csv: the text is UTF-16. Save the file with the encoding UTF-8."
    ) { _ = try CSVReader.parse(bytes, file: "data.csv") }
  }

  @Test(arguments: ["", "\n\n", "  \n", "\u{FEFF}"]) func emptyFile(text: String) {
    expectError(
      .emptyFile(file: "data.csv"),
      "data.csv: the file is empty. It needs a row per example, and column names in its first line are best."
    ) { _ = try makeDocument(text) }
  }

  @Test func headerWithoutRows() {
    expectError(
      .headerWithoutRows(file: "data.csv"),
      "data.csv: there are column names but no rows below them. Add rows, or say that the file has no header."
    ) { _ = try makeDocument("a,b\n") }
  }

  @Test func raggedRow() {
    expectError(
      .raggedRow(file: "data.csv", line: 5, found: 3, expected: 2),
      "data.csv:5: found 3 fields, expected 2 as in the first row. Put quotes around a value that contains the "
        + "delimiter, or give the right delimiter."
    ) { _ = try makeDocument("a,b\n\"1\n1\",2\n\n3,4,5\n") }
    expectError(
      .raggedRow(file: "data.csv", line: 3, found: 1, expected: 2),
      "data.csv:3: found 1 field, expected 2 as in the first row. Put quotes around a value that contains the "
        + "delimiter, or give the right delimiter."
    ) { _ = try makeDocument("a,b\n1,2\n3\n") }
  }

  @Test func unterminatedQuote() {
    expectError(
      .unterminatedQuote(file: "data.csv", line: 3, column: 2),
      "data.csv:3: the quote that opens field 2 is never closed. Close it, and write a quote within quotes twice."
    ) { _ = try makeDocument("a,b\n1,2\n3,\"4\n5,6\n") }
  }

  @Test func textAfterQuote() {
    expectError(
      .textAfterQuote(file: "data.csv", line: 2, column: 1),
      "data.csv:2: field 1 goes on after its closing quote. Write a quote within quotes twice."
    ) { _ = try makeDocument("a,b\n\"say \"hi\"\",2\n") }
  }

  @Test func emptyColumnName() {
    expectError(
      .emptyColumnName(file: "data.csv", line: 2, column: 1),
      "data.csv:2: column 1 has no name. Name it, or delete it if it only numbers the rows."
    ) { _ = try makeDocument("\n,a,b\n0,1,2\n") }
  }

  @Test func duplicateColumn() {
    expectError(
      .duplicateColumn(file: "data.csv", line: 1, name: "a", first: 1, second: 3),
      "data.csv:1: columns 1 and 3 are both called 'a'. Rename one."
    ) { _ = try makeDocument("a,b, a\n1,2,3\n") }
  }

  @Test func fileTooLarge() {
    // Not provoked: it would take 4 GiB of memory.
    #expect(
      DataError.fileTooLarge(file: "data.csv", bytes: 5_000_000_000, limit: CSVReader.byteLimit).description
        == "data.csv: 5000000000 bytes are more than the 4294967295 that can be read. Divide the file.")
  }
}
