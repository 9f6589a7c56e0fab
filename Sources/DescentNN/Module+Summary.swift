import DescentGraph

extension Module {
  /// The type's name.
  public var title: String { "\(Self.self)" }

  /// The title and the number of trainable elements: `Linear(4, 2): 10 parameters`.
  public var description: String {
    let count = parameterCount
    return "\(title): \(count) parameter\(count == 1 ? "" : "s")"
  }

  /// A table of the model's layers for `print`: the name of each, its parameters with their shapes, and how many elements
  /// they have; what is not trained is marked.
  public func summary() -> String {
    var rows: [(layer: String, parameters: [String], count: Int)] = []
    var (trained, fixed, bytes) = (0, 0, 0)
    for (name, parameter) in parameters {
      let parts = name.split(separator: ".")
      let layer = parts.dropLast().joined(separator: ".")
      let count = parameter.shape.elementCount
      let mark = parameter.isTrainable ? "" : parameter.isState ? " (state)" : " (frozen)"
      let text = "\(parts.last ?? "") \(parameter.variable.dtype)\(parameter.shape)\(mark)"
      if rows.last?.layer == layer {
        rows[rows.count - 1].parameters.append(text)
        rows[rows.count - 1].count += count
      } else {
        rows.append((layer, [text], count))
      }
      if parameter.isTrainable { trained += count } else { fixed += count }
      bytes += count * parameter.variable.dtype.byteCount
    }
    let lines = rows.map { ($0.layer.isEmpty ? title : $0.layer, $0.parameters.joined(separator: ", "), "\($0.count)") }
    let widths = (lines.map(\.0.count).max() ?? 0, lines.map(\.1.count).max() ?? 0, lines.map(\.2.count).max() ?? 0)
    func padded(_ text: String, _ width: Int) -> String {
      text + String(repeating: " ", count: max(0, width - text.count))
    }
    func indented(_ text: String, _ width: Int) -> String {
      String(repeating: " ", count: max(0, width - text.count)) + text
    }
    let table = lines.map { "\(padded($0.0, widths.0))  \(padded($0.1, widths.1))  \(indented($0.2, widths.2))" }
    let rest = fixed == 0 ? "" : ", \(fixed) not trained"
    return ([title] + table + ["\(trained) parameters\(rest), \(bytes) bytes"]).joined(separator: "\n")
  }
}
