/// What can be wrong with data: every case says where it is and, in its `description`, what to do about it.
///
/// `file` is the path as the caller gave it. A `line` is a line of the file, counted from 1 as an editor counts, line
/// breaks within quotes included. A `column` that is a number counts from 1.
public enum DataError: Error, Equatable, Sendable {
  // MARK: Files

  case missingFile(file: String)
  case unreadableFile(file: String, reason: String)
  case fileTooLarge(file: String, bytes: Int, limit: Int)

  // MARK: CSV

  case notUTF8(file: String, line: Int)
  /// The file starts with the byte order mark of UTF-16.
  case utf16(file: String)
  case emptyFile(file: String)
  case headerWithoutRows(file: String)
  /// The record that starts at `line` has not as many fields as the first one.
  case raggedRow(file: String, line: Int, found: Int, expected: Int)
  /// The quote that opens at `line` is never closed.
  case unterminatedQuote(file: String, line: Int, column: Int)
  /// Something else than a delimiter or a line end follows a closing quote.
  case textAfterQuote(file: String, line: Int, column: Int)
  case emptyColumnName(file: String, line: Int, column: Int)
  case duplicateColumn(file: String, line: Int, name: String, first: Int, second: Int)

  // MARK: Tables

  /// A column that the caller named does not exist.
  case unknownColumn(file: String, name: String, columns: [String])
  /// A column that the preprocessing was fitted on does not exist.
  case missingColumn(file: String, name: String, columns: [String])
  /// Text in a column of numbers. `lineIsFirst` tells that the line may be a header taken for data.
  case notANumber(file: String, line: Int, column: String, value: String, lineIsFirst: Bool)
  /// NaN, an infinity, or a number too large for 32-bit floating point.
  case notFinite(file: String, line: Int, column: String, value: String)
  case allMissing(file: String, column: String)
  /// The table has no column besides the target.
  case noFeatures(file: String, target: String)
  case tooManyLevels(file: String, column: String, count: Int, limit: Int)

  // MARK: Targets

  case missingTarget(file: String, line: Int, column: String)
  /// Text in the target column of a regression.
  case nonNumericTarget(file: String, line: Int, column: String, value: String)
  /// The target has the same value in every row.
  case singleClass(file: String, column: String, value: String)
  case tooManyClasses(file: String, column: String, count: Int, limit: Int)
  /// A class that the preprocessing was not fitted on.
  case unknownClass(file: String, line: Int, column: String, value: String, classes: [String])

  // MARK: Splits

  case invalidFractions(validation: Double, test: Double)
  case tooFewRows(name: String, rows: Int, validation: Double, test: Double)

  // MARK: IDX

  case notIDX(file: String, found: [UInt8])
  case compressed(file: String)
  case unsupportedElementType(file: String, code: UInt8)
  case wrongRank(file: String, found: Int, expected: String)
  case wrongLength(file: String, found: Int, expected: Int)
  case countMismatch(images: String, imageCount: Int, labels: String, labelCount: Int)
}
