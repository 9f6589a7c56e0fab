extension Preprocessing {
  /// Makes a dataset of some rows of a table.
  ///
  /// - Parameters:
  ///   - table: the table that was fitted on, or another one with the same column names
  ///   - rows: the rows to use, in this order; all if left out
  ///   - includesTarget: whether the target column is read, if the table has one; without it the dataset has no
  ///     targets, as is the case if the column is absent or has no value in these rows
  ///   - name: name of the dataset; the file's path if left out
  /// - Returns: features `[rows, featureCount]`.
  /// - Throws: `DataError.missingColumn` if a column is absent; `.notANumber` and `.notFinite` in a numeric column;
  ///   `.missingTarget`, `.nonNumericTarget` and `.unknownClass` in the target column.
  public func apply(
    to table: Table, rows: [Int]? = nil, includesTarget: Bool = true, name: String? = nil
  ) throws(DataError) -> Dataset {
    let rows = rows ?? Array(0..<table.rowCount)
    let width = featureCount
    var features = [Float](repeating: 0, count: rows.count * width)
    var offset = 0
    for column in columns {
      guard table.hasColumn(column.name) else {
        throw .missingColumn(file: table.file, name: column.name, columns: table.columnNames)
      }
      switch column {
      case .numeric(let name, let mean, let scale):
        let values = try table.column(named: name, as: .numeric, rows: rows)
        Self.standardize(values, mean: mean, scale: scale, into: &features, offset: offset, width: width)
      case .categorical(let name, let levels, let hasMissingLevel):
        let values = try table.column(named: name, as: .categorical, rows: rows)
        Self.encode(
          values, levels: levels, hasMissingLevel: hasMissingLevel, into: &features, offset: offset, width: width)
      }
      offset += column.width
    }
    var targets = noTargets
    if includesTarget, table.hasColumn(target.column),
      table.hasValues(in: try table.place(of: target.column), rows: rows)
    {
      targets = try target.apply(to: table, rows: rows)
    }
    return Dataset(
      name: name ?? table.file, features: features, featureShape: [width], featureNames: featureNames,
      targets: targets)
  }

  private var noTargets: Dataset.Targets {
    switch target {
    case .classes(_, let names, _): .classes(labels: [], names: names)
    case .values(let column, _, _): .values([], name: column)
    }
  }

  private static func standardize(
    _ column: TableColumn, mean: Double, scale: Double, into features: inout [Float], offset: Int, width: Int
  ) {
    guard case .numeric(let numbers) = column.values else { return }
    for (row, number) in numbers.enumerated() where !number.isNaN {
      // In double precision: times and identifiers lose their last digits in `Float` before the mean is taken off.
      features[row * width + offset] = Float((number - mean) / scale)
    }
  }

  private static func encode(
    _ column: TableColumn, levels: [String], hasMissingLevel: Bool, into features: inout [Float], offset: Int,
    width: Int
  ) {
    guard case .categorical(let foundLevels, let codes) = column.values else { return }
    let placeOfLevel = Dictionary(zip(levels, levels.indices)) { first, _ in first }
    let placeOfCode = foundLevels.map { placeOfLevel[$0] }
    for (row, code) in codes.enumerated() {
      let place = code >= 0 ? placeOfCode[Int(code)] : (hasMissingLevel ? levels.count : nil)
      if let place { features[row * width + offset + place] = 1 }
    }
  }
}
