import DescentGraph

/// How the columns of a table become the features and targets of a dataset, fitted on training rows only.
///
/// - A numeric column becomes one feature, `(value - mean) / scale`; a missing cell is imputed with the mean, so it
///   becomes 0.
/// - A categorical column becomes one feature per level seen in training, 1 for the cell's level and 0 for the others
///   (one-hot). Missing cells are a level of their own if training had any. A level that training did not have gives
///   zeros.
/// - A regression target is standardized like a numeric column; `inverse` goes back.
///
/// Every column but the target is used, in the order of the file, columns that only number the rows among them: a
/// running number tells nothing about unseen rows, so delete such columns first.
///
/// The value is `Codable`, so it can be kept with a model and applied to other files, which may have their columns in
/// another order, more columns, and no target.
public struct Preprocessing: Sendable, Equatable, Codable {
  /// The transformation of one column.
  public enum FeatureColumn: Sendable, Equatable, Codable {
    /// (x − mean)/scale; a missing cell becomes the mean, so 0.
    case numeric(name: String, mean: Double, scale: Double)
    /// `levels` in rising order; `hasMissingLevel` adds one feature after them.
    case categorical(name: String, levels: [String], hasMissingLevel: Bool)

    /// The name of the column in the file.
    public var name: String {
      switch self {
      case .numeric(let name, _, _), .categorical(let name, _, _): name
      }
    }

    /// The features that the column becomes: `age`, or `colour=blue`, `colour=red`, `colour=(missing)`.
    public var featureNames: [String] {
      switch self {
      case .numeric(let name, _, _): [name]
      case .categorical(let name, let levels, let hasMissingLevel):
        levels.map { "\(name)=\($0)" } + (hasMissingLevel ? ["\(name)=(missing)"] : [])
      }
    }

    /// The number of features that the column becomes.
    public var width: Int {
      switch self {
      case .numeric: 1
      case .categorical(_, let levels, let hasMissingLevel): levels.count + (hasMissingLevel ? 1 : 0)
      }
    }
  }

  /// The most levels that a categorical column may have.
  public static let levelLimit = 100

  /// The transformations of the columns, in the order of the features.
  public let columns: [FeatureColumn]
  /// The encoding of the target.
  public let target: TargetEncoding

  /// One name per feature.
  public var featureNames: [String] { columns.flatMap(\.featureNames) }
  /// The number of features.
  public var featureCount: Int { columns.reduce(0) { $0 + $1.width } }

  /// Predictions of a regression in the units of the target column. See `TargetEncoding.inverse`.
  public func inverse(_ standardized: [Float]) -> [Float] { target.inverse(standardized) }
}

extension Preprocessing {
  /// Fits the transformations on some rows of a table.
  ///
  /// - Parameters:
  ///   - table: the table; the kind of a column is inferred from all its rows
  ///   - rows: the training rows, at least one: means, deviations and levels come from them alone
  ///   - target: name of the target column
  ///   - task: inferred from the target column if left out; see `Table.task(forTarget:)`
  /// - Throws: the cases of `DataError` on tables and targets.
  public static func fit(
    table: Table, rows: [Int], target: String, task: PredictionTask? = nil
  ) throws(DataError) -> Preprocessing {
    require(!rows.isEmpty, "no rows to fit on")
    var resolvedTask = task
    if resolvedTask == nil { resolvedTask = try table.task(forTarget: target) }
    let encoding = try TargetEncoding.fit(table: table, target: target, task: resolvedTask!, rows: rows)
    return Preprocessing(columns: try fitColumns(table: table, rows: rows, target: target), target: encoding)
  }

  static func fitColumns(table: Table, rows: [Int], target: String) throws(DataError) -> [FeatureColumn] {
    let names = table.columnNames.filter { $0 != target }
    guard !names.isEmpty else { throw .noFeatures(file: table.file, target: target) }
    var columns: [FeatureColumn] = []
    for name in names {
      let column = try table.column(named: name, rows: rows)
      guard column.presentCount > 0 else { throw .allMissing(file: table.file, column: name) }
      columns.append(try fit(column, file: table.file))
    }
    return columns
  }

  private static func fit(_ column: TableColumn, file: String) throws(DataError) -> FeatureColumn {
    switch column.values {
    case .numeric(let numbers):
      let statistics = ColumnStatistics(numbers)
      return .numeric(name: column.name, mean: statistics.mean, scale: statistics.scale)
    case .categorical(let levels, let codes):
      guard levels.count <= levelLimit else {
        throw .tooManyLevels(file: file, column: column.name, count: levels.count, limit: levelLimit)
      }
      return .categorical(name: column.name, levels: levels.sorted(), hasMissingLevel: codes.contains(-1))
    }
  }
}
