import DescentGraph

/// A dataset in three parts that have no example in common.
public struct Split: Sendable, Equatable {
  /// The part that parameters are learned from.
  public let train: Dataset
  /// The part that settings are chosen by.
  public let validation: Dataset
  /// The part that the final figure is measured on.
  public let test: Dataset
}

/// The rows of the three parts of a split, each in rising order.
public struct SplitRows: Sendable, Equatable {
  /// Rows that parameters are learned from.
  public let train: [Int]
  /// Rows that settings are chosen by; empty for a fraction of 0.
  public let validation: [Int]
  /// Rows that the final figure is measured on; empty for a fraction of 0.
  public let test: [Int]

  /// Draws the rows of a split at random, the same ones for the same seed on every platform.
  ///
  /// The parts have `count · fraction` rows, rounded to the nearest integer; what is left is the training part. With
  /// `labels` the split is stratified: the number of examples that a class has in the test part is its share of that
  /// part, rounded up or down, and the same holds for the validation part among the rows that the test part left.
  ///
  /// How: the shuffled rows are put in order of class, and every (1 / fraction)-th of them is taken. A class of a few
  /// examples may be absent from a part.
  ///
  /// - Parameters:
  ///   - name: what the data are called in errors, such as the name of the file
  ///   - count: number of rows
  ///   - validation: fraction of the validation part; 0 for none
  ///   - test: fraction of the test part; 0 for none
  ///   - seed: any number
  ///   - labels: the class of every row, from 0; `nil` for a split that is not stratified
  /// - Throws: `DataError.invalidFractions` unless both fractions are in `0 ..< 1` and their sum is below 1;
  ///   `DataError.tooFewRows` if a part with a fraction above 0, or the training part, would be empty.
  public static func draw(
    name: String, count: Int, validation: Double, test: Double, seed: UInt64, labels: [Int32]? = nil
  ) throws(DataError) -> SplitRows {
    // Written so that NaN fails too.
    guard validation >= 0, test >= 0, validation + test < 1 else {
      throw .invalidFractions(validation: validation, test: test)
    }
    require(labels.map { $0.count == count } ?? true, "\(labels?.count ?? 0) labels for \(count) rows")
    let testCount = Int((Double(count) * test).rounded())
    let validationCount = Int((Double(count) * validation).rounded())
    guard
      testCount > 0 || test == 0, validationCount > 0 || validation == 0,
      testCount + validationCount < count
    else {
      throw .tooFewRows(name: name, rows: count, validation: validation, test: test)
    }
    var rows = Array(0..<count)
    var generator = SeededGenerator(seed: seed)
    generator.shuffle(&rows)
    if let labels { rows = grouped(rows, by: labels) }
    let (testRows, remaining) = pickEvenly(testCount, of: rows)
    let (validationRows, trainRows) = pickEvenly(validationCount, of: remaining)
    return SplitRows(train: trainRows.sorted(), validation: validationRows.sorted(), test: testRows.sorted())
  }

  /// `rows` in order of their class; rows of one class keep their order (a counting sort).
  private static func grouped(_ rows: [Int], by labels: [Int32]) -> [Int] {
    let classCount = Int(labels.max() ?? 0) + 1
    var groups = [[Int]](repeating: [], count: classCount)
    for row in rows { groups[Int(labels[row])].append(row) }
    return groups.flatMap { $0 }
  }

  /// Takes `wanted` of `rows` at even distances. Integer arithmetic keeps the choice exact.
  private static func pickEvenly(_ wanted: Int, of rows: [Int]) -> (picked: [Int], remaining: [Int]) {
    var picked: [Int] = []
    var remaining: [Int] = []
    for (place, row) in rows.enumerated() {
      if (place + 1) * wanted / rows.count > place * wanted / rows.count {
        picked.append(row)
      } else {
        remaining.append(row)
      }
    }
    return (picked, remaining)
  }
}

extension Dataset {
  /// Splits the examples at random, stratified by class if the targets are classes. See `SplitRows.draw`.
  ///
  ///     let parts = try Digits.load().split(validation: 0.1, test: 0.2, seed: 0)
  ///
  /// - Throws: `DataError.invalidFractions` and `DataError.tooFewRows`.
  public func split(validation: Double, test: Double, seed: UInt64) throws(DataError) -> Split {
    var labels: [Int32]?
    if hasTargets, case .classes(let classLabels, _) = targets { labels = classLabels }
    let rows = try SplitRows.draw(
      name: name, count: count, validation: validation, test: test, seed: seed, labels: labels)
    return Split(
      train: subset(rows: rows.train), validation: subset(rows: rows.validation), test: subset(rows: rows.test))
  }
}
