extension LBFGS {
  /// A hyper-parameter that users may set by name.
  public struct Setting: Sendable {
    /// As the property is called.
    public let name: String
    /// The values that `set` takes.
    public let kind: NamedNumber.Kind
    /// Reads it.
    public let value: @Sendable (LBFGS) -> Double
    /// Writes it. The value must be of `kind`: a count is a whole number.
    public let set: @Sendable (inout LBFGS, Double) -> Void
  }

  /// The settings that commands take by name; the limits and the constants of the line search are not among them.
  public static let adjustable: [Setting] = [
    Setting(name: "history", kind: .count, value: { Double($0.history) }, set: { $0.history = Int($1) }),
    Setting(
      name: "gradientTolerance", kind: .nonNegative, value: { $0.gradientTolerance },
      set: { $0.gradientTolerance = $1 }),
    Setting(
      name: "lossTolerance", kind: .nonNegative, value: { $0.lossTolerance }, set: { $0.lossTolerance = $1 }),
  ]

  /// The settings' values by name, as text for reports.
  public var hyperparameters: [(name: String, value: String)] {
    Self.adjustable.map { setting in
      let value = setting.value(self)
      return (setting.name, value == value.rounded() ? "\(Int(value))" : "\(value)")
    }
  }
}
