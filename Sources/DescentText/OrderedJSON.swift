import Foundation

/// A JSON value whose objects keep the order their members were given in, so that output reads well and two reports
/// can be compared line by line.
package enum OrderedJSON {
  case null
  case bool(Bool)
  case integer(Int)
  /// A number; one that is not finite is written as `null`, which JSON has no other word for.
  case number(Double)
  case string(String)
  case array([OrderedJSON])
  /// Members in order; of members with equal names the first one counts.
  case object([(String, OrderedJSON)])

  package static func optional(_ value: Double?) -> OrderedJSON { value.map(OrderedJSON.number) ?? .null }
  package static func optional(_ value: Int?) -> OrderedJSON { value.map(OrderedJSON.integer) ?? .null }

  /// The value as text: nested values on lines of their own, lists of plain values on one line.
  package func text(indent: Int = 0) -> String {
    let outer = String(repeating: "  ", count: indent)
    let inner = outer + "  "
    switch self {
    case .null: return "null"
    case .bool(let value): return value ? "true" : "false"
    case .integer(let value): return String(value)
    case .number(let value): return Self.number(value)
    case .string(let value): return Self.quote(value)
    case .array(let items):
      let isFlat = items.allSatisfy(\.isPlain)
      let texts = items.map { $0.text(indent: indent + 1) }
      if isFlat { return "[" + texts.joined(separator: ", ") + "]" }
      return "[\n" + texts.map { inner + $0 }.joined(separator: ",\n") + "\n\(outer)]"
    case .object(let members):
      var seen: Set<String> = []
      let unique = members.filter { seen.insert($0.0).inserted }
      if unique.isEmpty { return "{}" }
      let lines = unique.map { inner + Self.quote($0.0) + ": " + $0.1.text(indent: indent + 1) }
      return "{\n" + lines.joined(separator: ",\n") + "\n\(outer)}"
    }
  }

  private var isPlain: Bool {
    switch self {
    case .array, .object: false
    default: true
    }
  }

  /// The shortest digits that read back as the same number; whole numbers without a fraction.
  private static func number(_ value: Double) -> String {
    guard value.isFinite else { return "null" }
    return value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : "\(value)"
  }

  private static func quote(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\t": out += "\\t"
      case "\r": out += "\\r"
      case _ where scalar.value < 0x20 || scalar.value == 0x2028 || scalar.value == 0x2029:
        out += String(format: "\\u%04x", scalar.value)
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out + "\""
  }
}
