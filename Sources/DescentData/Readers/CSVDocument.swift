import DescentGraph

/// The cells of a CSV file as text, addressed by row and column.
///
/// The bytes of the file are kept once; a cell is a range of them. That makes a table of a million rows of ten columns
/// cost 8 bytes per cell besides the file itself.
public struct CSVDocument: Sendable {
  /// The path that the document was read from, for errors.
  public let file: String
  /// One name per column: the header, or `column1`, `column2`, … without one.
  public let columnNames: [String]
  /// Whether the first row of the file was taken for column names.
  public let hasHeader: Bool
  /// What separates the fields.
  public let delimiter: CSVReader.Delimiter
  /// The number of rows, header excluded.
  public let rowCount: Int

  /// The file, with quotes taken off where there were any.
  private let bytes: [UInt8]
  private let fields: CSVFields
  private let firstRecord: Int

  init(
    file: String, bytes: [UInt8], fields: CSVFields, columnNames: [String], hasHeader: Bool,
    delimiter: CSVReader.Delimiter
  ) {
    self.file = file
    self.bytes = bytes
    self.fields = fields
    self.columnNames = columnNames
    self.hasHeader = hasHeader
    self.delimiter = delimiter
    firstRecord = hasHeader ? 1 : 0
    rowCount = fields.lines.count - firstRecord
  }

  /// The text of a cell as it stands in the file, without quotes.
  public func text(row: Int, column: Int) -> String {
    require(row >= 0 && row < rowCount, "row \(row) is outside 0 ..< \(rowCount)")
    require(column >= 0 && column < columnNames.count, "column \(column) is outside 0 ..< \(columnNames.count)")
    return fields.text(record: firstRecord + row, column: column, in: bytes)
  }

  /// The line of the file on which a row starts, from 1.
  public func line(ofRow row: Int) -> Int {
    Int(fields.lines[firstRecord + row])
  }

  /// Calls `body` with every cell of a column from the top, or with those of `rows` in their order.
  func forEachCell(
    inColumn column: Int, rows: [Int]?, _ body: (_ row: Int, _ cell: UnsafeBufferPointer<UInt8>) -> Void
  ) {
    bytes.withUnsafeBufferPointer { bytes in
      func visit(_ row: Int) {
        body(row, UnsafeBufferPointer(rebasing: bytes[fields.range(record: firstRecord + row, column: column)]))
      }
      if let rows {
        for row in rows {
          require(row >= 0 && row < rowCount, "row \(row) is outside 0 ..< \(rowCount)")
          visit(row)
        }
      } else {
        for row in 0..<rowCount { visit(row) }
      }
    }
  }
}

/// Where the fields of a file lie in its bytes; records of equal width, the header among them.
struct CSVFields: Sendable {
  /// The number of fields of every record.
  var columnCount = 0
  /// Offsets of the first byte of every field, record after record.
  var starts: [UInt32] = []
  /// Offsets of the byte after every field.
  var ends: [UInt32] = []
  /// The line on which every record starts, from 1.
  var lines: [UInt32] = []

  func range(record: Int, column: Int) -> Range<Int> {
    let index = record * columnCount + column
    return Int(starts[index])..<Int(ends[index])
  }

  func text(record: Int, column: Int, in bytes: [UInt8]) -> String {
    String(decoding: bytes[range(record: record, column: column)], as: UTF8.self)
  }

  func cell(record: Int, column: Int, in bytes: [UInt8]) -> Cell {
    bytes[range(record: record, column: column)].withUnsafeBufferPointer { Cell($0) }
  }
}
