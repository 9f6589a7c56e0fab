/// How the target column becomes labels or standardized values, and back.
public enum TargetEncoding: Sendable, Equatable, Codable {
  /// Classes in the order of their labels. If all names are numbers, cells are compared as numbers, so that 1, 1.0 and
  /// 01 are one class.
  case classes(column: String, names: [String], areNumbers: Bool)
  /// `(value - mean) / scale`; `scale` is the standard deviation, or 1 if that is 0.
  case values(column: String, mean: Double, scale: Double)

  /// The most classes that a target may have.
  public static let classLimit = 1000

  /// The name of the target column.
  public var column: String {
    switch self {
    case .classes(let column, _, _), .values(let column, _, _): column
    }
  }

  /// The task that the encoding belongs to.
  public var task: PredictionTask {
    switch self {
    case .classes: .classification
    case .values: .regression
    }
  }

  /// Predictions in the units of the target column: `standardized · scale + mean`. Classes have no such units, and
  /// their values come back unchanged.
  public func inverse(_ standardized: [Float]) -> [Float] {
    guard case .values(_, let mean, let scale) = self else { return standardized }
    return standardized.map { Float(Double($0) * scale + mean) }
  }

  /// Fits the encoding.
  ///
  /// Classes are collected from all rows of the table, so that the parts of a split agree on the labels; mean and
  /// scale come from `rows` alone.
  ///
  /// - Throws: `DataError.unknownColumn`, `.allMissing`, `.missingTarget`, `.nonNumericTarget`, `.notFinite`,
  ///   `.singleClass`, `.tooManyClasses`.
  static func fit(
    table: Table, target: String, task: PredictionTask, rows: [Int]
  ) throws(DataError) -> TargetEncoding {
    switch task {
    case .classification: return try fitClasses(table: table, target: target)
    case .regression:
      let all = try regressionValues(table: table, target: target, rows: nil)
      guard let first = all.first, all.contains(where: { $0 != first }) else {
        let value = table.document.text(row: 0, column: try table.place(of: target))
        throw .singleClass(file: table.file, column: target, value: value)
      }
      let statistics = ColumnStatistics(rows.map { all[$0] })
      return .values(column: target, mean: statistics.mean, scale: statistics.scale)
    }
  }

  /// The targets of `rows`: labels, or standardized values.
  ///
  /// - Throws: `DataError.missingTarget`, `.nonNumericTarget`, `.notFinite`, `.unknownClass`.
  func apply(to table: Table, rows: [Int]) throws(DataError) -> Dataset.Targets {
    switch self {
    case .classes(_, let names, _): return .classes(labels: try labels(table: table, rows: rows), names: names)
    case .values(let column, let mean, let scale):
      let values = try Self.regressionValues(table: table, target: column, rows: rows)
      return .values(values.map { Float(($0 - mean) / scale) }, name: column)
    }
  }

  private static func fitClasses(table: Table, target: String) throws(DataError) -> TargetEncoding {
    let contents = table.contents(of: try table.place(of: target))
    guard contents.numbers + contents.texts > 0 else { throw .allMissing(file: table.file, column: target) }
    // A single text makes all classes text, whatever its share: the caller has said that these are classes.
    let areNumbers = contents.texts == 0 && !table.categorical.contains(target)
    let column = try table.column(named: target, as: areNumbers ? .numeric : .categorical)
    try requirePresent(column, table: table, rows: nil)
    let names: [String]
    switch column.values {
    case .numeric(let numbers): names = Set(numbers).sorted().map(className)
    case .categorical(let levels, _): names = levels.sorted()
    }
    guard names.count > 1 else { throw .singleClass(file: table.file, column: target, value: names[0]) }
    guard names.count <= classLimit else {
      throw .tooManyClasses(file: table.file, column: target, count: names.count, limit: classLimit)
    }
    return .classes(column: target, names: names, areNumbers: areNumbers)
  }

  private func labels(table: Table, rows: [Int]) throws(DataError) -> [Int32] {
    guard case .classes(let target, let names, let areNumbers) = self else { return [] }
    let column = try table.column(named: target, as: .categorical, rows: rows)
    try Self.requirePresent(column, table: table, rows: rows)
    guard case .categorical(let levels, let codes) = column.values else { return [] }
    let labelOfName = Dictionary(zip(names, names.indices.map(Int32.init))) { first, _ in first }
    let labelOfLevel = levels.map { level -> Int32? in
      guard areNumbers else { return labelOfName[level] }
      var text = level
      guard case .number(let number) = text.withUTF8({ Cell($0) }) else { return nil }
      return labelOfName[Self.className(number)]
    }
    var labels: [Int32] = []
    labels.reserveCapacity(codes.count)
    for (place, code) in codes.enumerated() {
      guard let label = labelOfLevel[Int(code)] else {
        throw .unknownClass(
          file: table.file, line: table.document.line(ofRow: rows[place]), column: target, value: levels[Int(code)],
          classes: names)
      }
      labels.append(label)
    }
    return labels
  }

  private static func regressionValues(table: Table, target: String, rows: [Int]?) throws(DataError) -> [Double] {
    let column: TableColumn
    do {
      column = try table.column(named: target, as: .numeric, rows: rows)
    } catch .notANumber(let file, let line, let name, let value, _) {
      throw .nonNumericTarget(file: file, line: line, column: name, value: value)
    }
    try requirePresent(column, table: table, rows: rows)
    guard case .numeric(let values) = column.values else { return [] }
    return values
  }

  /// Throws unless every cell has a value.
  private static func requirePresent(_ column: TableColumn, table: Table, rows: [Int]?) throws(DataError) {
    let missing: Int?
    switch column.values {
    case .numeric(let numbers): missing = numbers.firstIndex { $0.isNaN }
    case .categorical(_, let codes): missing = codes.firstIndex { $0 < 0 }
    }
    guard let missing else { return }
    guard column.presentCount > 0 else { throw .allMissing(file: table.file, column: column.name) }
    let row = rows.map { $0[missing] } ?? missing
    throw .missingTarget(file: table.file, line: table.document.line(ofRow: row), column: column.name)
  }

  /// A number as the name of a class: whole numbers without a point.
  private static func className(_ number: Double) -> String {
    Int(exactly: number).map(String.init) ?? String(number)
  }
}
