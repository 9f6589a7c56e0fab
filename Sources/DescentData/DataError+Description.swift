extension DataError: CustomStringConvertible {
  /// Where the error is, what is wrong and what to do, in one or two sentences.
  public var description: String {
    switch self {
    case .missingFile, .unreadableFile, .fileTooLarge: fileDescription
    case .notUTF8, .utf16, .emptyFile, .headerWithoutRows, .raggedRow, .unterminatedQuote, .textAfterQuote,
      .emptyColumnName, .duplicateColumn:
      csvDescription
    case .unknownColumn, .missingColumn, .notANumber, .notFinite, .allMissing, .noFeatures, .tooManyLevels:
      tableDescription
    case .missingTarget, .nonNumericTarget, .singleClass, .tooManyClasses, .unknownClass: targetDescription
    case .invalidFractions, .tooFewRows: splitDescription
    case .notIDX, .compressed, .unsupportedElementType, .wrongRank, .wrongLength, .countMismatch: idxDescription
    }
  }

  private var fileDescription: String {
    switch self {
    case .missingFile(let file):
      "\(file): no such file. Check the path; a relative one starts at the current folder."
    case .unreadableFile(let file, let reason):
      "\(file): cannot be read (\(reason)). Check that it is a file and that you may read it."
    case .fileTooLarge(let file, let bytes, let limit):
      "\(file): \(bytes) bytes are more than the \(limit) that can be read. Divide the file."
    default: fatalError("not an error about files")
    }
  }

  private var csvDescription: String {
    switch self {
    case .notUTF8(let file, let line):
      "\(file):\(line): not UTF-8 text. Save the file with the encoding UTF-8."
    case .utf16(let file):
      "\(file): the text is UTF-16. Save the file with the encoding UTF-8."
    case .emptyFile(let file):
      "\(file): the file is empty. It needs a row per example, and column names in its first line are best."
    case .headerWithoutRows(let file):
      "\(file): there are column names but no rows below them. Add rows, or say that the file has no header."
    case .raggedRow(let file, let line, let found, let expected):
      "\(file):\(line): found \(count(found, "field")), expected \(expected) as in the first row. Put quotes around "
        + "a value that contains the delimiter, or give the right delimiter."
    case .unterminatedQuote(let file, let line, let column):
      "\(file):\(line): the quote that opens field \(column) is never closed. Close it, and write a quote within "
        + "quotes twice."
    case .textAfterQuote(let file, let line, let column):
      "\(file):\(line): field \(column) goes on after its closing quote. Write a quote within quotes twice."
    case .emptyColumnName(let file, let line, let column):
      "\(file):\(line): column \(column) has no name. Name it, or delete it if it only numbers the rows."
    case .duplicateColumn(let file, let line, let name, let first, let second):
      "\(file):\(line): columns \(first) and \(second) are both called '\(name)'. Rename one."
    default: fatalError("not an error about CSV text")
    }
  }

  private var tableDescription: String {
    switch self {
    case .unknownColumn(let file, let name, let columns):
      "\(file): there is no column '\(name)'.\(suggestion(for: name, in: columns)) The columns are: \(list(columns))."
    case .missingColumn(let file, let name, let columns):
      "\(file): the column '\(name)', which the model was trained with, is missing."
        + "\(suggestion(for: name, in: columns)) The columns are: \(list(columns))."
    case .notANumber(let file, let line, let column, let value, let lineIsFirst):
      "\(file):\(line): '\(shortened(value))' in the column '\(column)' is not a number. Correct it, leave the cell "
        + "empty to have it imputed, or declare the column categorical."
        + (lineIsFirst ? " If this line holds the column names, say that the file has a header." : "")
    case .notFinite(let file, let line, let column, let value):
      "\(file):\(line): '\(shortened(value))' in the column '\(column)' is not a finite 32-bit number. Leave the cell "
        + "empty to have it imputed."
    case .allMissing(let file, let column):
      "\(file): the column '\(column)' has no value in the rows that are used. Delete the column or fill it in."
    case .noFeatures(let file, let target):
      "\(file): there is no column besides the target '\(target)'. Add at least one to predict it from, or give the "
        + "right delimiter."
    case .tooManyLevels(let file, let column, let count, let limit):
      "\(file): the column '\(column)' has \(count) different values, more than the \(limit) that get a feature each. "
        + "Delete the column, group its values, or write it as numbers."
    default: fatalError("not an error about tables")
    }
  }

  private var targetDescription: String {
    switch self {
    case .missingTarget(let file, let line, let column):
      "\(file):\(line): the target '\(column)' is missing. Fill it in or delete the row."
    case .nonNumericTarget(let file, let line, let column, let value):
      "\(file):\(line): '\(shortened(value))' in the target '\(column)' is not a number, which regression needs. "
        + "Correct it, or choose the task classification."
    case .singleClass(let file, let column, let value):
      "\(file): the target '\(column)' is '\(shortened(value))' in every row, so there is nothing to learn. Choose "
        + "another target, or add rows with other values."
    case .tooManyClasses(let file, let column, let count, let limit):
      "\(file): the target '\(column)' has \(count) different values, more than the \(limit) classes that are "
        + "supported. Choose another target, or the task regression if it is a quantity."
    case .unknownClass(let file, let line, let column, let value, let classes):
      "\(file):\(line): '\(shortened(value))' in the target '\(column)' is not a class that the model was trained with."
        + "\(suggestion(for: value, in: classes)) The classes are: \(list(classes))."
    default: fatalError("not an error about targets")
    }
  }

  private var splitDescription: String {
    switch self {
    case .invalidFractions(let validation, let test):
      "The fractions validation \(validation) and test \(test) cannot be used: each must be at least 0, and their sum "
        + "below 1."
    case .tooFewRows(let name, let rows, let validation, let test):
      "\(name): \(count(rows, "row")) cannot be split into parts for training, validation (\(validation)) and test "
        + "(\(test)) that all have a row. Add rows, or set a fraction to 0."
    default: fatalError("not an error about splits")
    }
  }

  private var idxDescription: String {
    switch self {
    case .notIDX(let file, let found):
      "\(file): not an IDX file: it starts with the bytes \(found), not with 0, 0, an element type and a number of "
        + "dimensions. Check that it is the right file."
    case .compressed(let file):
      "\(file): the file is compressed. Unpack it first: gunzip -k \(file)"
    case .unsupportedElementType(let file, let code):
      "\(file): the IDX element type \(code) is not supported, only unsigned bytes (8). Convert the file."
    case .wrongRank(let file, let found, let expected):
      "\(file): the IDX array has \(count(found, "dimension")), expected \(expected). Check that images and labels are "
        + "not swapped."
    case .wrongLength(let file, let found, let expected):
      "\(file): the file has \(found) bytes, its header promises \(expected). Get the file again."
    case .countMismatch(let images, let imageCount, let labels, let labelCount):
      "\(images) has \(imageCount) images, \(labels) has \(labelCount) labels. Give two files of the same part."
    default: fatalError("not an error about IDX files")
    }
  }
}

private func suggestion(for name: String, in names: [String]) -> String {
  nearestName(to: name, in: names).map { " Did you mean '\($0)'?" } ?? ""
}

/// The first of `names`, and how many more there are.
private func list(_ names: [String]) -> String {
  let shown = 20
  let listed = names.prefix(shown).map(shortened).joined(separator: ", ")
  return names.count > shown ? "\(listed) and \(names.count - shown) more" : listed
}

private func count(_ number: Int, _ noun: String) -> String {
  "\(number) \(noun)\(number == 1 ? "" : "s")"
}

/// A value from the file on one line and of bearable length.
private func shortened(_ value: String) -> String {
  let limit = 40
  let line = String(value.map { $0.isNewline ? " " : $0 })
  return line.count > limit ? line.prefix(limit) + "…" : line
}
