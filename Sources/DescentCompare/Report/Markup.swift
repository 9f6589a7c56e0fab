import DescentText
import Foundation

/// Writing text and numbers into HTML and SVG.
enum Markup {
  /// `text` with the characters that mean something in markup replaced; safe between tags and inside quoted
  /// attributes. Control characters, which markup may not contain, are dropped.
  static func escape(_ text: String) -> String {
    var out = ""
    out.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      case "\"": out += "&quot;"
      case "'": out += "&#39;"
      case "\t", "\n": out.unicodeScalars.append(scalar)
      case _ where scalar.value < 0x20 || scalar.value == 0x7F: break
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }

  /// A coordinate with one decimal, which is a tenth of a pixel.
  static func coordinate(_ value: Double) -> String {
    let text = NumberText.fixed(value, decimals: 1)
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  /// A position along a line as a percentage, for coordinates that scale with the window.
  static func percent(_ position: Double) -> String { NumberText.fixed(position * 100, decimals: 2) + "%" }
}
