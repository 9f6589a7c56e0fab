/// Reads comma-separated values: RFC 4180, and what is met besides it.
///
/// - Fields in quotes may contain delimiters, line ends and doubled quotes. A quote within a field that does not start
///   with one is an ordinary character. Text after a closing quote is an error, since it is the usual sign of a quote
///   that was not doubled.
/// - Lines end with LF, CRLF or CR; the last one need not end. Blank lines are skipped.
/// - The text is UTF-8, with or without a byte order mark.
/// - The delimiter is found out from the first records unless it is given: tab, semicolon or comma, the first of them
///   that occurs equally often in all of those records.
/// - The first row holds column names, unless `hasHeader` says otherwise, if none of its cells is a number and one of
///   the rows below has a number; in a file without any number, if none of its cells comes again in its column.
///   Spaces around a column name do not count. Columns without names are called `column1`, `column2`, …
///
/// A decimal comma is not understood: write 1.5.
public enum CSVReader {
  /// What separates the fields of a record.
  public enum Delimiter: String, Sendable, CaseIterable, Codable {
    case comma = ","
    case semicolon = ";"
    case tab = "\t"

    var byte: UInt8 {
      switch self {
      case .comma: UInt8(ascii: ",")
      case .semicolon: UInt8(ascii: ";")
      case .tab: UInt8(ascii: "\t")
      }
    }
  }

  /// What is known about a file beforehand; what is `nil` is found out.
  public struct Options: Sendable, Equatable {
    /// What separates fields; nil takes what separates the first records alike.
    public var delimiter: Delimiter?
    /// Whether the first row holds column names; nil looks at its cells and those below.
    public var hasHeader: Bool?

    /// What is left out is found out.
    public init(delimiter: Delimiter? = nil, hasHeader: Bool? = nil) {
      self.delimiter = delimiter
      self.hasHeader = hasHeader
    }
  }

  /// The largest file in bytes: the place of a field is kept in 32 bits.
  static let byteLimit = Int(UInt32.max)

  /// Reads the file at `path`.
  ///
  /// - Throws: the cases of `DataError` on files and on CSV.
  public static func read(path: String, options: Options = Options()) throws(DataError) -> CSVDocument {
    try parse(try readBytes(path: path), file: path, options: options)
  }

  /// Reads a text in memory; `file` is what errors call it.
  ///
  /// - Throws: the cases of `DataError` on CSV.
  public static func parse(
    _ bytes: [UInt8], file: String, options: Options = Options()
  ) throws(DataError) -> CSVDocument {
    guard bytes.count <= byteLimit else { throw .fileTooLarge(file: file, bytes: bytes.count, limit: byteLimit) }
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) { throw .utf16(file: file) }
    if let offset = bytes.withUnsafeBufferPointer({ firstInvalidUTF8(in: $0) }) {
      throw .notUTF8(file: file, line: lineNumber(of: offset, in: bytes))
    }
    let start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    let delimiter = options.delimiter ?? detectDelimiter(in: bytes[start...])
    var unquoted = bytes
    let fields = try CSVParser.parse(&unquoted, from: start, delimiter: delimiter.byte, file: file)
    guard !fields.lines.isEmpty else { throw .emptyFile(file: file) }
    let hasHeader = options.hasHeader ?? looksLikeHeader(fields, in: unquoted)
    let names =
      hasHeader ? try header(fields, in: unquoted, file: file) : (1...fields.columnCount).map { "column\($0)" }
    guard !hasHeader || fields.lines.count > 1 else { throw .headerWithoutRows(file: file) }
    return CSVDocument(
      file: file, bytes: unquoted, fields: fields, columnNames: names, hasHeader: hasHeader, delimiter: delimiter)
  }

  /// The number of the line that holds the byte at `offset`, from 1.
  private static func lineNumber(of offset: Int, in bytes: [UInt8]) -> Int {
    var line = 1
    for index in 0..<offset {
      let endsLine = bytes[index] == UInt8(ascii: "\n")
      let endsOldLine = bytes[index] == UInt8(ascii: "\r") && bytes[index + 1] != UInt8(ascii: "\n")
      line += endsLine || endsOldLine ? 1 : 0
    }
    return line
  }

  /// The names in the first record.
  private static func header(_ fields: CSVFields, in bytes: [UInt8], file: String) throws(DataError) -> [String] {
    var names: [String] = []
    var places: [String: Int] = [:]
    for column in 0..<fields.columnCount {
      let range = fields.range(record: 0, column: column)
      let name = bytes[range].withUnsafeBufferPointer { String(decoding: Cell.trimmed($0), as: UTF8.self) }
      guard !name.isEmpty else { throw .emptyColumnName(file: file, line: Int(fields.lines[0]), column: column + 1) }
      if let first = places.updateValue(column, forKey: name) {
        throw .duplicateColumn(
          file: file, line: Int(fields.lines[0]), name: name, first: first + 1, second: column + 1)
      }
      names.append(name)
    }
    return names
  }
}
