/// Fitting text into the cells of a terminal.
package enum TextLayout {
  /// Terminal cells `text` takes: East Asian wide characters and emoji take two.
  package static func width(_ text: String) -> Int { text.reduce(0) { $0 + width($1) } }

  private static func width(_ character: Character) -> Int {
    guard let scalar = character.unicodeScalars.first else { return 0 }
    switch scalar.value {
    case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
      0x1F300...0x1FAFF, 0x20000...0x3FFFD:
      return 2
    default: return 1
    }
  }

  package static func pad(_ text: String, to width: Int, alignRight: Bool) -> String {
    let space = String(repeating: " ", count: max(0, width - self.width(text)))
    return alignRight ? space + text : text + space
  }

  /// `text` in at most `limit` cells, its middle replaced by "…" where it is longer; line breaks become spaces.
  package static func shorten(_ text: String, to limit: Int) -> String {
    let flat = String(text.map { $0.isNewline || $0 == "\t" ? " " : $0 })
    guard width(flat) > limit else { return flat }
    var head = ""
    var tail = ""
    var rest = Substring(flat)
    while let first = rest.first, let last = rest.last, rest.count > 1 {
      if width(head) <= width(tail) {
        if width(head) + width(tail) + width(first) + 1 > limit { break }
        head.append(first)
        rest.removeFirst()
      } else {
        if width(head) + width(tail) + width(last) + 1 > limit { break }
        tail.insert(last, at: tail.startIndex)
        rest.removeLast()
      }
    }
    return head + "…" + tail
  }

  /// `text` broken at spaces into lines of at most `width` cells; a longer word is cut. Empty text has no lines.
  package static func wrap(_ text: String, width limit: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(whereSeparator: \.isWhitespace) {
      var word = String(word)
      if !line.isEmpty, width(line) + 1 + width(word) > limit {
        lines.append(line)
        line = ""
      }
      while width(word) > limit {
        var piece = ""
        while let first = word.first, width(piece) + width(first) <= limit {
          piece.append(first)
          word.removeFirst()
        }
        if piece.isEmpty { break }
        lines.append(piece)
      }
      line += line.isEmpty ? word : " " + word
    }
    if !line.isEmpty { lines.append(line) }
    return lines
  }

  package static func trimEnd(_ text: String) -> String {
    var text = text
    while text.last == " " { text.removeLast() }
    return text
  }
}
