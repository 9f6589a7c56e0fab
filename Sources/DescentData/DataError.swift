/// What can be wrong with data: every case says where it is and, in its `description`, what to do about it.
///
/// `file` is the path as the caller gave it. A `line` is a line of the file, counted from 1 as an editor counts, line
/// breaks within quotes included. A `column` that is a number counts from 1.
public enum DataError: Error, Equatable, Sendable {
  // MARK: Files

  /// There is nothing at the path.
  case missingFile(file: String)
  /// A folder, or a file that may not be read; `reason` says which.
  case unreadableFile(file: String, reason: String)
  /// A CSV file of more than `limit` bytes, 2³² − 1.
  case fileTooLarge(file: String, bytes: Int, limit: Int)

  // MARK: CSV

  /// `line` has the first byte that is wrong.
  case notUTF8(file: String, line: Int)
  /// The file starts with the byte order mark of UTF-16.
  case utf16(file: String)
  /// There is no record; blank lines are none.
  case emptyFile(file: String)
  /// The column names are the only record.
  case headerWithoutRows(file: String)
  /// The record that starts at `line` has not as many fields as the first one.
  case raggedRow(file: String, line: Int, found: Int, expected: Int)
  /// The quote that opens at `line` is never closed.
  case unterminatedQuote(file: String, line: Int, column: Int)
  /// Something else than a delimiter or a line end follows a closing quote.
  case textAfterQuote(file: String, line: Int, column: Int)
  /// The first row holds column names, and there is none for `column`.
  case emptyColumnName(file: String, line: Int, column: Int)
  /// The columns `first` and `second`, counted from 1, have the same name.
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
  /// A column without a value in the rows that are used.
  case allMissing(file: String, column: String)
  /// The table has no column besides the target.
  case noFeatures(file: String, target: String)
  /// A categorical column with more different values than get a feature each.
  case tooManyLevels(file: String, column: String, count: Int, limit: Int)

  // MARK: Targets

  /// A row in which the cell of the target is missing.
  case missingTarget(file: String, line: Int, column: String)
  /// Text in the target column of a regression.
  case nonNumericTarget(file: String, line: Int, column: String, value: String)
  /// The target has the same value in every row.
  case singleClass(file: String, column: String, value: String)
  /// A target with more classes than are supported, or in IDX files than have names.
  case tooManyClasses(file: String, column: String, count: Int, limit: Int)
  /// A class that the preprocessing was not fitted on.
  case unknownClass(file: String, line: Int, column: String, value: String, classes: [String])

  // MARK: Splits

  /// Each fraction must be 0 or more, and their sum below 1.
  case invalidFractions(validation: Double, test: Double)
  /// A part with a fraction above 0, or the training part, would be empty.
  case tooFewRows(name: String, rows: Int, validation: Double, test: Double)

  // MARK: IDX

  /// `found` are the first bytes, four at most.
  case notIDX(file: String, found: [UInt8])
  /// The file starts as gzip files do.
  case compressed(file: String)
  /// Only unsigned bytes, code 8, are read.
  case unsupportedElementType(file: String, code: UInt8)
  /// `found` dimensions, where `expected` says in words how many, and which.
  case wrongRank(file: String, found: Int, expected: String)
  /// `found` bytes, where the header promises `expected`.
  case wrongLength(file: String, found: Int, expected: Int)
  /// Not one label for each image.
  case countMismatch(images: String, imageCount: Int, labels: String, labelCount: Int)
}
