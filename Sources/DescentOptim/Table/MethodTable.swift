/// Every method, by name. A new method is a file in `Methods/` and a row in one of the tables.
public enum MethodTable {
  /// The rows of all files of the table, in the order of lists.
  public static let entries = basic + adaptive + adam + normalized + factored + matrix + evaluating

  /// The methods a comparison takes when it is told none.
  public static let standardComparison = [
    "gd", "sgd", "momentum", "nesterov", "rmsprop", "adam", "adamw", "geo", "normalized",
  ]

  /// The row of that name, whose capitals do not matter; nil when there is none.
  public static func entry(named name: String) -> MethodEntry? {
    entries.first { $0.name == name.lowercased() }
  }
}

extension OptimizationMethod {
  /// The hyper-parameters by name, in the order of declaration, as text for reports: those of the method inside a modifier
  /// first, then the modifier's own after its name (`clipped.limit`).
  public var hyperparameters: [(name: String, value: String)] {
    let children = Mirror(reflecting: self).children
    let base = children.first { $0.label == "base" }?.value as? any OptimizationMethod
    guard let base else { return children.compactMap { label, value in label.map { ($0, "\(value)") } } }
    let type = "\(Self.self)".prefix { $0 != "<" }
    let prefix = type.prefix(1).lowercased() + type.dropFirst()
    let own = children.filter { $0.label != "base" }.flatMap { label, value -> [(name: String, value: String)] in
      let name = "\(prefix).\(label ?? "")"
      guard let method = value as? any OptimizationMethod else { return [(name, "\(value)")] }
      return method.hyperparameters.map { ("\(prefix).\($0.name)", $0.value) }
    }
    return base.hyperparameters + own
  }
}
