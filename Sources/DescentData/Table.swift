/// What the values of a column are.
public enum ColumnKind: String, Sendable, Codable {
  /// Numbers.
  case numeric
  /// Text: one of a set of levels.
  case categorical
}

/// One column of a table, or some rows of it, with typed values.
public struct TableColumn: Sendable, Equatable {
  /// The cells, one entry for each row that was read.
  public enum Values: Sendable, Equatable {
    /// Numbers; NaN where the cell is missing, and nowhere else.
    case numeric([Double])
    /// Indices into `levels`, which are in order of first appearance; -1 where the cell is missing.
    case categorical(levels: [String], codes: [Int32])
  }

  /// As in the header; spaces around it do not count.
  public let name: String
  /// The cells in the order of the rows that were asked for.
  public let values: Values

  /// Whether the values are numbers or levels.
  public var kind: ColumnKind {
    switch values {
    case .numeric: .numeric
    case .categorical: .categorical
    }
  }

  /// The number of cells that have a value.
  public var presentCount: Int {
    switch values {
    case .numeric(let numbers): numbers.count { !$0.isNaN }
    case .categorical(_, let codes): codes.count { $0 >= 0 }
    }
  }
}

/// A CSV document as typed columns.
///
/// A cell is missing if it is empty, NA, N/A, ? or null, in any case; spaces around a cell do not count. The kind of a
/// column is inferred from all its rows:
///
/// - no text, only numbers and missing cells: numeric;
/// - at least half of the cells that are not missing are text: categorical;
/// - text, but less of it: an error that names the first such cell, since a stray word in a column of numbers is more
///   often a mistake than a category. Columns that are meant that way are named in `categorical`.
///
/// NaN and infinities count as numbers for this rule, and are an error in a numeric column.
///
/// A column is read when it is asked for, so a fault in a column that nobody uses does no harm.
public struct Table: Sendable {
  /// The text of the cells.
  public let document: CSVDocument
  /// Columns that are categorical whatever is in them, such as codes that happen to be numbers.
  public let categorical: Set<String>

  private let places: [String: Int]

  /// - Parameters:
  ///   - document: the text of the cells
  ///   - categorical: names of columns to take as categorical whatever is in them
  /// - Throws: `DataError.unknownColumn` for a name in `categorical` that is no column.
  public init(_ document: CSVDocument, categorical: Set<String> = []) throws(DataError) {
    self.document = document
    self.categorical = categorical
    places = Dictionary(uniqueKeysWithValues: zip(document.columnNames, document.columnNames.indices))
    // Sorted, so that of several unknown names the same one is reported every time.
    for name in categorical.sorted() { _ = try place(of: name) }
  }

  /// The file that the table comes from.
  public var file: String { document.file }
  /// The names of the columns, from the left.
  public var columnNames: [String] { document.columnNames }
  /// The number of rows.
  public var rowCount: Int { document.rowCount }

  /// Whether there is a column of this name.
  public func hasColumn(_ name: String) -> Bool { places[name] != nil }

  /// Reads a column.
  ///
  /// - Parameters:
  ///   - name: name of the column
  ///   - kind: what to read it as; inferred if left out
  ///   - rows: the rows to read, in this order; all if left out. The kind is inferred from all rows in any case.
  /// - Throws: `DataError.unknownColumn`; `.notANumber` and `.notFinite` with the line of the first such cell.
  public func column(
    named name: String, as kind: ColumnKind? = nil, rows: [Int]? = nil
  ) throws(DataError) -> TableColumn {
    let place = try place(of: name)
    // Not `??`, whose right side would lose the type of the error.
    let resolvedKind = if let kind { kind } else { try inferredKind(of: place) }
    switch resolvedKind {
    case .numeric:
      return TableColumn(name: name, values: .numeric(try numbers(in: place, rows: rows)))
    case .categorical:
      let (levels, codes) = levels(in: place, rows: rows)
      return TableColumn(name: name, values: .categorical(levels: levels, codes: codes))
    }
  }

  func place(of name: String) throws(DataError) -> Int {
    guard let place = places[name] else { throw .unknownColumn(file: file, name: name, columns: columnNames) }
    return place
  }
}

extension Table {
  /// How many cells of each sort a column has.
  struct Contents {
    var numbers = 0
    var texts = 0
    /// The first row with a cell that is no finite number.
    var firstFault: Int?
  }

  func contents(of place: Int) -> Contents {
    var contents = Contents()
    document.forEachCell(inColumn: place, rows: nil) { row, bytes in
      switch Cell(bytes) {
      case .missing: return
      case .number:
        contents.numbers += 1
        return
      case .notFinite: contents.numbers += 1
      case .text: contents.texts += 1
      }
      contents.firstFault = contents.firstFault ?? row
    }
    return contents
  }

  /// Whether any of `rows` has a value in the column.
  func hasValues(in place: Int, rows: [Int]) -> Bool {
    var hasValues = false
    document.forEachCell(inColumn: place, rows: rows) { _, bytes in
      hasValues = hasValues || !Cell.isMissing(Cell.trimmed(bytes))
    }
    return hasValues
  }

  private func inferredKind(of place: Int) throws(DataError) -> ColumnKind {
    if categorical.contains(columnNames[place]) { return .categorical }
    let contents = contents(of: place)
    if contents.texts > 0, contents.texts >= contents.numbers { return .categorical }
    // Reported here, so that it is the first fault of the file and not the first of the rows that are read.
    if let row = contents.firstFault { throw fault(row: row, place: place) }
    return .numeric
  }

  private func numbers(in place: Int, rows: [Int]?) throws(DataError) -> [Double] {
    var numbers: [Double] = []
    numbers.reserveCapacity(rows?.count ?? rowCount)
    var faultyRow: Int?
    document.forEachCell(inColumn: place, rows: rows) { row, bytes in
      switch Cell(bytes) {
      case .number(let number): numbers.append(number)
      case .missing: numbers.append(.nan)
      case .notFinite, .text: faultyRow = min(faultyRow ?? row, row)
      }
    }
    if let faultyRow { throw fault(row: faultyRow, place: place) }
    return numbers
  }

  /// Why the cell cannot be read as a number.
  private func fault(row: Int, place: Int) -> DataError {
    let value = document.text(row: row, column: place)
    let name = columnNames[place]
    let line = document.line(ofRow: row)
    var text = value
    let cell = text.withUTF8 { Cell($0) }
    if cell == .notFinite { return .notFinite(file: file, line: line, column: name, value: value) }
    return .notANumber(
      file: file, line: line, column: name, value: value, lineIsFirst: row == 0 && !document.hasHeader)
  }

  private func levels(in place: Int, rows: [Int]?) -> (levels: [String], codes: [Int32]) {
    var levels: [String] = []
    var codes: [Int32] = []
    var codeOfLevel: [String: Int32] = [:]
    codes.reserveCapacity(rows?.count ?? rowCount)
    document.forEachCell(inColumn: place, rows: rows) { _, bytes in
      let trimmed = Cell.trimmed(bytes)
      guard !Cell.isMissing(trimmed) else {
        codes.append(-1)
        return
      }
      let level = String(decoding: trimmed, as: UTF8.self)
      if let code = codeOfLevel[level] {
        codes.append(code)
      } else {
        let code = Int32(levels.count)
        codeOfLevel[level] = code
        levels.append(level)
        codes.append(code)
      }
    }
    return (levels, codes)
  }
}
