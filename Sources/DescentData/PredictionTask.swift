/// What is predicted from a row of a table.
public enum PredictionTask: String, Sendable, Codable, CaseIterable {
  /// One of several classes.
  case classification
  /// A real number.
  case regression
}

extension Table {
  /// The largest number of different whole numbers in a target that is still taken for classes.
  private static let inferredClassLimit = 20

  /// Infers the task from the target column.
  ///
  /// Text is classification. So are whole numbers of at most 2 different values, or of at most 20 if every value
  /// stands for 20 rows or more on average; this takes labels 0 ... 9 for classes, and ages or counts for quantities.
  /// Everything else is regression.
  ///
  /// - Throws: `DataError.unknownColumn`, `.allMissing`; `.notANumber` and `.notFinite` for a faulty cell.
  public func task(forTarget target: String) throws(DataError) -> PredictionTask {
    let column = try column(named: target)
    guard column.presentCount > 0 else { throw .allMissing(file: file, column: target) }
    guard case .numeric(let numbers) = column.values else { return .classification }
    var distinct: Set<Double> = []
    for number in numbers where !number.isNaN {
      guard number == number.rounded() else { return .regression }
      distinct.insert(number)
      if distinct.count > Self.inferredClassLimit { return .regression }
    }
    return distinct.count <= 2 || distinct.count * 20 <= column.presentCount ? .classification : .regression
  }
}
