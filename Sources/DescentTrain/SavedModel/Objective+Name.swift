import DescentNN

/// Objectives as text, in files and on the command line: `cross-entropy`, `cross-entropy:0.1` (label smoothing),
/// `mean-squared-error`, `huber`, `huber:0.5` (delta).
extension Objective {
  /// The names without their parameters.
  public static let names = ["cross-entropy", "mean-squared-error", "huber"]

  /// The text that `init(name:)` reads back.
  public var name: String {
    switch self {
    case .crossEntropy(let smoothing): smoothing == 0 ? "cross-entropy" : "cross-entropy:\(smoothing)"
    case .meanSquaredError: "mean-squared-error"
    case .huber(let delta): delta == 1 ? "huber" : "huber:\(delta)"
    }
  }

  /// - Returns: nil for an unknown name and for a parameter outside its range: label smoothing is in `0..<1`, delta is
  ///   positive and finite.
  public init?(name: String) {
    let parts = name.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    let number = parts.count == 2 ? Double(parts[1]) : nil
    if parts.count == 2, number == nil { return nil }
    switch parts[0] {
    case "cross-entropy":
      let smoothing = number ?? 0
      guard (0..<1).contains(smoothing) else { return nil }
      self = .crossEntropy(labelSmoothing: smoothing)
    case "mean-squared-error" where number == nil: self = .meanSquaredError
    case "huber":
      let delta = number ?? 1
      guard delta > 0, delta.isFinite else { return nil }
      self = .huber(delta: delta)
    default: return nil
    }
  }
}
