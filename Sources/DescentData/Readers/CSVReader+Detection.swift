extension CSVReader {
  /// How many records the delimiter is judged by.
  private static let sampledRecords = 20
  /// How many rows are searched for a number, or for a repeated value, to tell a header.
  private static let sampledRows = 1000

  /// The first of tab, semicolon and comma that occurs equally often, and at all, in each of the first records; if
  /// none does, the one that occurs most often in the first of them.
  ///
  /// Semicolons come before commas because files with semicolons are those in which commas are within the values.
  static func detectDelimiter(in text: ArraySlice<UInt8>) -> Delimiter {
    let candidates: [Delimiter] = [.tab, .semicolon, .comma]
    let counts = delimiterCounts(of: candidates, in: text)
    guard let first = counts.first else { return .comma }
    for (place, candidate) in candidates.enumerated()
    where first[place] > 0 && counts.allSatisfy({ $0[place] == first[place] }) {
      return candidate
    }
    let most = first.max() ?? 0
    return most > 0 ? candidates[first.lastIndex(of: most)!] : .comma
  }

  /// For each of the first records, how often each candidate occurs in it outside quotes.
  private static func delimiterCounts(of candidates: [Delimiter], in text: ArraySlice<UInt8>) -> [[Int]] {
    var counts: [[Int]] = []
    var current = [Int](repeating: 0, count: candidates.count)
    var isQuoted = false
    var isBlank = true
    for byte in text {
      let endsRecord = !isQuoted && (byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r"))
      if endsRecord {
        if !isBlank { counts.append(current) }
        if counts.count == sampledRecords { return counts }
        current = [Int](repeating: 0, count: candidates.count)
        isBlank = true
        continue
      }
      isBlank = false
      if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
      if !isQuoted, let place = candidates.firstIndex(where: { $0.byte == byte }) { current[place] += 1 }
    }
    if !isBlank { counts.append(current) }
    return counts
  }

  /// Whether the first record holds column names; the rule is in the comment on `CSVReader`.
  static func looksLikeHeader(_ fields: CSVFields, in bytes: [UInt8]) -> Bool {
    let columns = 0..<fields.columnCount
    func isNumber(_ record: Int, _ column: Int) -> Bool {
      switch fields.cell(record: record, column: column, in: bytes) {
      case .number, .notFinite: true
      case .missing, .text: false
      }
    }
    if columns.contains(where: { isNumber(0, $0) }) { return false }
    let rows = 1..<max(1, min(fields.lines.count, sampledRows + 1))
    if rows.contains(where: { row in columns.contains { isNumber(row, $0) } }) { return true }
    return !rows.contains { row in
      columns.contains { column in
        bytes[fields.range(record: row, column: column)].elementsEqual(bytes[fields.range(record: 0, column: column)])
      }
    }
  }
}
