/// The state machine that cuts a text into records and fields.
///
/// Quotes are taken off in place: the content of a quoted field is never longer than the field, so it is moved to
/// where the field starts, and every field is one range of bytes afterwards.
struct CSVParser {
  private let bytes: UnsafeMutableBufferPointer<UInt8>
  private let delimiter: UInt8
  private let file: String
  private var index: Int
  private var line = 1
  private var fields = CSVFields()

  private static let quote = UInt8(ascii: "\"")
  private static let lineFeed = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")

  /// Finds the fields of `bytes`, changing quoted ones in place.
  ///
  /// - Throws: `DataError.raggedRow`, `.unterminatedQuote`, `.textAfterQuote`.
  static func parse(
    _ bytes: inout [UInt8], from start: Int, delimiter: UInt8, file: String
  ) throws(DataError) -> CSVFields {
    try bytes.withUnsafeMutableBufferPointer { (buffer) throws(DataError) -> CSVFields in
      var parser = CSVParser(bytes: buffer, delimiter: delimiter, file: file, index: start)
      while parser.index < buffer.count { try parser.parseRecord() }
      return parser.fields
    }
  }

  private init(bytes: UnsafeMutableBufferPointer<UInt8>, delimiter: UInt8, file: String, index: Int) {
    self.bytes = bytes
    self.delimiter = delimiter
    self.file = file
    self.index = index
  }

  private mutating func parseRecord() throws(DataError) {
    let firstLine = line
    let firstField = fields.starts.count
    let isQuoted = bytes[index] == Self.quote
    var isLast = false
    while !isLast {
      let column = fields.starts.count - firstField
      if index < bytes.count, bytes[index] == Self.quote {
        try parseQuotedField(column: column)
      } else {
        parsePlainField()
      }
      if index < bytes.count, bytes[index] == delimiter {
        index += 1
      } else {
        isLast = true
      }
    }
    skipLineEnd()
    let found = fields.starts.count - firstField
    if found == 1, !isQuoted, isBlankField(firstField) {
      fields.starts.removeLast()
      fields.ends.removeLast()
      return
    }
    if fields.lines.isEmpty {
      fields.columnCount = found
      reserve(bytesPerRecord: index)
    }
    guard found == fields.columnCount else {
      throw .raggedRow(file: file, line: firstLine, found: found, expected: fields.columnCount)
    }
    fields.lines.append(UInt32(firstLine))
  }

  private mutating func parsePlainField() {
    let start = index
    while index < bytes.count {
      let byte = bytes[index]
      if byte == delimiter || byte == Self.lineFeed || byte == Self.carriageReturn { break }
      index += 1
    }
    fields.starts.append(UInt32(start))
    fields.ends.append(UInt32(index))
  }

  private mutating func parseQuotedField(column: Int) throws(DataError) {
    let start = index
    let firstLine = line
    var written = start
    index += 1
    while true {
      guard index < bytes.count else { throw .unterminatedQuote(file: file, line: firstLine, column: column + 1) }
      let byte = bytes[index]
      index += 1
      if byte == Self.quote {
        guard index < bytes.count, bytes[index] == Self.quote else { break }
        index += 1
      } else if byte == Self.lineFeed {
        line += 1
      } else if byte == Self.carriageReturn, index >= bytes.count || bytes[index] != Self.lineFeed {
        line += 1
      }
      bytes[written] = byte
      written += 1
    }
    let isEnded =
      index == bytes.count || bytes[index] == delimiter || bytes[index] == Self.lineFeed
      || bytes[index] == Self.carriageReturn
    guard isEnded else { throw .textAfterQuote(file: file, line: line, column: column + 1) }
    fields.starts.append(UInt32(start))
    fields.ends.append(UInt32(written))
  }

  private mutating func skipLineEnd() {
    guard index < bytes.count else { return }
    let isCarriageReturn = bytes[index] == Self.carriageReturn
    index += 1
    if isCarriageReturn, index < bytes.count, bytes[index] == Self.lineFeed { index += 1 }
    line += 1
  }

  private func isBlankField(_ field: Int) -> Bool {
    bytes[Int(fields.starts[field])..<Int(fields.ends[field])].allSatisfy(Cell.isBlank)
  }

  /// Makes room for as many records as there are if all are as long as the first, so that arrays seldom grow.
  private mutating func reserve(bytesPerRecord: Int) {
    // The header is often shorter or longer than a row; a quarter more costs little.
    let records = bytes.count / max(bytesPerRecord, 1) * 5 / 4 + 1
    fields.lines.reserveCapacity(records)
    fields.starts.reserveCapacity(records * fields.columnCount)
    fields.ends.reserveCapacity(records * fields.columnCount)
  }
}
