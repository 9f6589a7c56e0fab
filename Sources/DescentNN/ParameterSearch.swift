import DescentGraph
import DescentRuntime

/// The way to a module's parameters by reflection.
struct ParameterSearch {
  private var found: [(name: String, parameter: Parameter)] = []
  /// Objects that were looked into, so that references in a circle come to an end.
  private var visited: Set<ObjectIdentifier> = []
  private let root: Any.Type

  static func parameters(of module: any Module) -> [(name: String, parameter: Parameter)] {
    var search = ParameterSearch(root: type(of: module))
    search.visit(module, path: "")
    var seen = Set<ObjectIdentifier>()
    var names = Set<String>()
    // Tied weights are one parameter, under their first name.
    return search.found.filter { name, parameter in
      guard seen.insert(ObjectIdentifier(parameter)).inserted else { return false }
      require(
        names.insert(name).inserted,
        "\(search.root): two parameters are called '\(name)'; a name must tell them apart where they are kept")
      return true
    }
  }

  private init(root: Any.Type) { self.root = root }

  private mutating func visit(_ value: Any, path: String) {
    if let parameter = value as? Parameter {
      found.append((path, parameter))
      return
    }
    require(
      !(value is Variable),
      "\(root): '\(path)' is a Variable, which would be neither saved nor trained with the module; "
        + "make it a Parameter, or Parameter.state for what no optimizer updates")
    if Self.isLeaf(value) { return }
    var mirror: Mirror? = Mirror(reflecting: value)
    if mirror?.displayStyle == .class {
      guard visited.insert(ObjectIdentifier(value as AnyObject)).inserted else { return }
    }
    while let current = mirror {
      for (label, child) in labeled(current, path) {
        let isWrapped = current.displayStyle == .optional
        visit(child, path: isWrapped ? path : path.isEmpty ? label : "\(path).\(label)")
      }
      mirror = current.superclassMirror
    }
  }

  /// A value's children under the labels that names are made of.
  private func labeled(_ mirror: Mirror, _ path: String) -> [(label: String, value: Any)] {
    switch mirror.displayStyle {
    case .dictionary:
      // Entries are pairs, in an order that differs from run to run.
      return mirror.children.map { Array(Mirror(reflecting: $0.value).children) }
        .map { (label: "\($0[0].value)", value: $0[1].value) }.sorted { $0.label < $1.label }
    case .collection: return mirror.children.enumerated().map { (String($0), $1.value) }
    case .set:
      var inside = ParameterSearch(root: root)
      for child in mirror.children { inside.visit(child.value, path: path) }
      require(
        inside.found.isEmpty,
        "\(root): '\(path)' is a Set, whose elements have no order to name \(inside.found.count) parameters by; "
          + "use an array or a dictionary")
      return []
    // Reflection labels the elements of a tuple `.0`, `.1` ….
    case .tuple: return mirror.children.map { (String(($0.label ?? "").drop { $0 == "." }), $0.value) }
    default:
      return mirror.children.enumerated().map { index, child in
        let label = child.label ?? String(index)
        let lazy = "$__lazy_storage_$_"
        return (label.hasPrefix(lazy) ? String(label.dropFirst(lazy.count)) : label, child.value)
      }
    }
  }

  /// What has no parameters in it, and would only take time. Types by name: asking for a protocol searches the process.
  private static func isLeaf(_ value: Any) -> Bool {
    switch value {
    case is Tensor, is Shape, is RandomKey, is String, is Int, is Double, is Float, is Bool: true
    default: false
    }
  }
}
