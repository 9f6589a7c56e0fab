/// Every method, by name. A new method is a file in `Methods/` and a row in one of the tables.
public enum MethodTable {
  public static let entries = basic + adaptive + adam + normalized + factored + matrix + evaluating

  /// The methods a comparison takes when it is told none.
  public static let standardComparison = [
    "gd", "sgd", "momentum", "nesterov", "rmsprop", "adam", "adamw", "geo", "normalized",
  ]

  public static func entry(named name: String) -> MethodEntry? {
    entries.first { $0.name == name.lowercased() }
  }
}

extension OptimizationMethod {
  /// The hyper-parameters by name, in the order of declaration, as text for reports.
  public var hyperparameters: [(name: String, value: String)] {
    Mirror(reflecting: self).children.compactMap { label, value in label.map { ($0, "\(value)") } }
  }
}
