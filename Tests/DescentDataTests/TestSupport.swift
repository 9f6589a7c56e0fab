import Foundation
import Testing

@testable import DescentData

/// The document in a text.
func makeDocument(
  _ text: String, file: String = "data.csv", delimiter: CSVReader.Delimiter? = nil, hasHeader: Bool? = nil
) throws -> CSVDocument {
  try CSVReader.parse(Array(text.utf8), file: file, options: .init(delimiter: delimiter, hasHeader: hasHeader))
}

/// The table in a text.
func makeTable(_ text: String, categorical: Set<String> = [], hasHeader: Bool? = nil) throws -> Table {
  try Table(try makeDocument(text, hasHeader: hasHeader), categorical: categorical)
}

/// The cells of a document, without the header.
func cells(of document: CSVDocument) -> [[String]] {
  (0..<document.rowCount).map { row in
    document.columnNames.indices.map { document.text(row: row, column: $0) }
  }
}

/// Expects `body` to throw exactly `error`, whose description is `message`.
func expectError(
  _ error: DataError, _ message: String, sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Void
) {
  #expect(throws: error, sourceLocation: sourceLocation) { try body() }
  #expect(error.description == message, sourceLocation: sourceLocation)
}

/// Runs `body` with the path of a new file that holds `bytes`, and deletes the file afterwards.
func withFile<Result>(_ bytes: some Sequence<UInt8>, _ body: (String) throws -> Result) throws -> Result {
  let url = FileManager.default.temporaryDirectory.appendingPathComponent("descent-data-\(UUID().uuidString)")
  try Data(bytes).write(to: url)
  defer { try? FileManager.default.removeItem(at: url) }
  return try body(url.path)
}
