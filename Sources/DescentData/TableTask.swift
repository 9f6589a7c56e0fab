/// A CSV file made ready for training: three parts, and the preprocessing that was fitted on the first.
public struct TableTask: Sendable, Equatable {
  /// The part that parameters are learned from, and the preprocessing too.
  public let train: Dataset
  /// The part that settings are chosen by; no examples for a fraction of 0.
  public let validation: Dataset
  /// The part that the final figure is measured on; no examples for a fraction of 0.
  public let test: Dataset
  /// Turns rows of other files into features, and predictions back into the target's own values.
  public let preprocessing: Preprocessing

  /// Whether classes or numbers are predicted.
  public var task: PredictionTask { preprocessing.target.task }

  /// Reads a CSV file, splits its rows, fits the preprocessing on the training part and applies it to all three.
  ///
  ///     let data = try TableTask.load(csv: "iris.csv", target: "species", seed: 0)
  ///
  /// - Parameters:
  ///   - csv: path of the file
  ///   - target: name of the column to predict
  ///   - task: inferred from the target column if left out; see `Table.task(forTarget:)`
  ///   - validation: fraction of rows for the validation part; 0 for none
  ///   - test: fraction of rows for the test part; 0 for none
  ///   - seed: decides the split, which is stratified by class in classification
  ///   - options: delimiter and header, if they are known
  ///   - categorical: columns to take as categorical whatever is in them
  /// - Throws: `DataError`.
  public static func load(
    csv: String, target: String, task: PredictionTask? = nil, validation: Double = 0.1, test: Double = 0.2,
    seed: UInt64 = 0, options: CSVReader.Options = .init(), categorical: Set<String> = []
  ) throws(DataError) -> TableTask {
    let table = try Table(try CSVReader.read(path: csv, options: options), categorical: categorical)
    return try make(table: table, target: target, task: task, validation: validation, test: test, seed: seed)
  }

  /// Splits a table, fits the preprocessing on the training part and applies it to all three.
  ///
  /// - Throws: `DataError`.
  public static func make(
    table: Table, target: String, task: PredictionTask? = nil, validation: Double = 0.1, test: Double = 0.2,
    seed: UInt64 = 0
  ) throws(DataError) -> TableTask {
    var resolvedTask = task
    if resolvedTask == nil { resolvedTask = try table.task(forTarget: target) }
    let allRows = Array(0..<table.rowCount)
    var labels: [Int32]?
    if resolvedTask == .classification {
      let classes = try TargetEncoding.fit(table: table, target: target, task: .classification, rows: allRows)
      if case .classes(let allLabels, _) = try classes.apply(to: table, rows: allRows) { labels = allLabels }
    }
    let rows = try SplitRows.draw(
      name: table.file, count: table.rowCount, validation: validation, test: test, seed: seed, labels: labels)
    let preprocessing = try Preprocessing.fit(table: table, rows: rows.train, target: target, task: resolvedTask)
    return TableTask(
      train: try preprocessing.apply(to: table, rows: rows.train, name: "\(table.file) (train)"),
      validation: try preprocessing.apply(to: table, rows: rows.validation, name: "\(table.file) (validation)"),
      test: try preprocessing.apply(to: table, rows: rows.test, name: "\(table.file) (test)"),
      preprocessing: preprocessing)
  }
}
