import Descent
import Foundation

/// Where training data come from: the built-in digits, or a CSV file whose target column is known.
enum DataSource {
  static let builtIn = ["digits"]

  case digits(validation: Double, test: Double)
  case table(Table, target: String, task: PredictionTask, validation: Double, test: Double)

  /// Finds what the user named.
  ///
  /// - Parameters:
  ///   - data: 'digits', or a path.
  ///   - column: the column to predict; only tables have one.
  ///   - columnOption: the option that gives it, for errors.
  /// - Throws: `UsageError` for options that do not fit the data, `DataError` for the file.
  init(_ data: String, _ options: TableOptions, column: String?, columnOption: String) throws {
    if data == "digits" {
      if let option = options.optionsForTables.first ?? (column == nil ? nil : columnOption) {
        throw UsageError("\(option) is for CSV files; the digits need none (a file of that name is './digits').")
      }
      self = .digits(validation: options.split.validation, test: options.split.test)
      return
    }
    try Self.checkExistence(of: data)
    let document = try CSVReader.read(path: data, options: options.csv.readerOptions)
    guard let column else {
      let names = document.columnNames.prefix(20).joined(separator: ", ")
      throw UsageError("name the column to predict with \(columnOption); \(data) has the columns: \(names).")
    }
    let table = try Table(document, categorical: Set(options.categorical))
    let task = if let task = options.task { task } else { try table.task(forTarget: column) }
    self = .table(
      table, target: column, task: task, validation: options.split.validation, test: options.split.test)
  }

  /// Says more about a missing file when its name is near that of a data set.
  static func checkExistence(of path: String) throws {
    guard !FileManager.default.fileExists(atPath: path) else { return }
    let looksLikeName = !path.contains("/") && !path.contains(".")
    if looksLikeName, let name = nearestName(to: path, in: builtIn) {
      throw UsageError("there is no data set or file '\(path)'; did you mean '\(name)'?")
    }
    if looksLikeName {
      throw UsageError("there is no data set or file '\(path)'; give 'digits' or the path of a CSV file.")
    }
    throw DataError.missingFile(file: path)
  }

  /// The data in parts drawn by `seed`.
  func prepare(seed: Int) throws -> PreparedData {
    let seed = UInt64(bitPattern: Int64(seed))
    switch self {
    case .digits(let validation, let test):
      return try .digits(validation: validation, test: test, seed: seed)
    case .table(let table, let target, let task, let validation, let test):
      let parts = try TableTask.make(
        table: table, target: target, task: task, validation: validation, test: test, seed: seed)
      return PreparedData(parts, name: URL(fileURLWithPath: table.file).lastPathComponent)
    }
  }

  /// A sentence or two about the data and their split, for reports.
  func summary(of data: PreparedData) -> String {
    let rows = data.train.count + data.validation.count + data.test.count
    var split = "\(data.train.count) for training"
    if data.validation.count > 0 { split += ", \(data.validation.count) for validation" }
    split += ", \(data.test.count) held out for the test; the split changes with the seed"
    switch self {
    case .digits: return "\(rows) handwritten digits of 8 × 8 pixels in 10 classes: \(split), stratified by class."
    case .table(_, let target, let task, _, _):
      let stratified = task == .classification ? ", stratified by class" : ""
      let what = task == .classification ? "the class '\(target)'" : "the number '\(target)'"
      return "\(rows) rows, \(what) predicted from \(data.train.featureCount) features: \(split)\(stratified)."
    }
  }
}
