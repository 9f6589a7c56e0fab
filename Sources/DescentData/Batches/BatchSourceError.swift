/// What can be wrong with the batches of a source.
public enum BatchSourceError: Error, Equatable, CustomStringConvertible {
  /// The epoch has only `batches` of them: the data are not those that the position was taken in.
  case positionBeyondEnd(position: BatchPosition, batches: Int)
  /// A batch has other fields, or has them in another order, than the first one had.
  case otherFields(found: [String], expected: [String])

  /// What is wrong and what to do.
  public var description: String {
    switch self {
    case .positionBeyondEnd(let position, let batches):
      "cannot go on at batch \(position.batch) of epoch \(position.epoch): the data have \(batches) batches only. "
        + "Give the data that the run was started with."
    case .otherFields(let found, let expected):
      "a batch has the fields \(found.joined(separator: ", ")); the first one had \(expected.joined(separator: ", ")). "
        + "A source gives the same fields in the same order each time."
    }
  }
}
