import DescentRuntime
import DescentGraph

/// A part of a model: a struct or class that holds parameters and other modules.
///
/// Parameters are found by reflection. A parameter's name is its property path, with the index for elements of an
/// array or tuple and the key for entries of a dictionary: `blocks.0.attention.query.weight`.
public protocol Module: Sendable {}

extension Module {
  /// Every parameter with its name, state of layers included, in the order of declaration. One that is used in several
  /// places (tied weights) is listed once, under its first name.
  public var parameters: [(name: String, parameter: Parameter)] {
    var found: [(String, Parameter)] = []
    Self.collect(self, path: "", into: &found)
    var seen = Set<ObjectIdentifier>()
    return found.filter { seen.insert(ObjectIdentifier($0.1)).inserted }
  }

  /// The variables that optimizers update.
  public var trainableVariables: [Variable] {
    name()
    return parameters.filter(\.parameter.isTrainable).map(\.parameter.variable)
  }

  /// The number of trainable elements.
  public var parameterCount: Int { trainableVariables.reduce(0) { $0 + $1.shape.elementCount } }

  /// Draws every parameter's starting value. Each depends on the seed and the parameter's name only: adding a layer does
  /// not change the others.
  ///
  /// - Throws: what the current device's back end throws, such as `EngineError` when a library is missing.
  public func initialize(seed: Int) throws {
    name()
    let all = parameters
    let key = RandomKey(seed)
    let values = try evaluate(
      all.map { name, parameter in
        parameter.initializer.sample(parameter.shape, dtype: parameter.variable.dtype, key: key.folding(in: name))
      })
    for ((_, parameter), value) in zip(all, values) { parameter.variable.assign(value) }
  }

  /// Excludes parameters whose name satisfies `matches` from training.
  public func freeze(where matches: (String) -> Bool = { _ in true }) {
    for (name, parameter) in parameters where matches(name) { parameter.isTrainable = false }
  }
  public func unfreeze(where matches: (String) -> Bool = { _ in true }) {
    for (name, parameter) in parameters where matches(name) && !parameter.isState { parameter.isTrainable = true }
  }

  private func name() {
    for (name, parameter) in parameters { parameter.variable.name = name }
  }

  private static func collect(_ value: Any, path: String, into found: inout [(String, Parameter)]) {
    if let parameter = value as? Parameter {
      found.append((path, parameter))
      return
    }
    var mirror: Mirror? = Mirror(reflecting: value)
    // Leaves of Foundation and the standard library have no parameters below them.
    while let current = mirror {
      for (label, child) in labeled(current) where isWorthVisiting(child) {
        let isWrapped = current.displayStyle == .optional
        let next = isWrapped ? path : path.isEmpty ? label : "\(path).\(label)"
        collect(child, path: next, into: &found)
      }
      mirror = current.superclassMirror
    }
  }

  /// A value's children under the labels that names are made of.
  private static func labeled(_ mirror: Mirror) -> [(label: String, value: Any)] {
    switch mirror.displayStyle {
    case .dictionary:
      // Entries are pairs, in an order that differs from run to run.
      mirror.children.map { Array(Mirror(reflecting: $0.value).children) }
        .map { (label: "\($0[0].value)", value: $0[1].value) }.sorted { $0.label < $1.label }
    case .collection: mirror.children.enumerated().map { (String($0), $1.value) }
    // Reflection labels the elements of a tuple `.0`, `.1` ….
    case .tuple: mirror.children.map { (String(($0.label ?? "").drop { $0 == "." }), $0.value) }
    default: mirror.children.enumerated().map { ($1.label ?? String($0), $1.value) }
    }
  }

  private static func isWorthVisiting(_ value: Any) -> Bool {
    if value is Parameter || value is any Module { return true }
    switch Mirror(reflecting: value).displayStyle {
    case .collection, .optional, .tuple, .dictionary: return true
    case .struct, .class, .enum, .set, .none, .some: return false
    }
  }
}
