/// A page in Markdown, as far as tests look at it.
struct Page {
  struct Heading: Equatable {
    let level: Int
    let title: String
  }
  /// A fenced block.
  struct Block: Equatable {
    /// The title of the last heading before it.
    let section: String
    /// What the fence says: `swift`, or nothing.
    let language: String
    /// The number of the fence's line, from 1.
    let line: Int
    var code: [String] = []
  }

  let name: String
  private(set) var headings: [Heading] = []
  private(set) var blocks: [Block] = []
  /// Lines of code that are indented and not fenced.
  private(set) var indentedCode: [String] = []
  /// Where links and pictures lead, but not those into the web or to a place on the same page.
  private(set) var links: [String] = []
  /// The figures of each row of a table, with their separators and points.
  private(set) var figures: [[String]] = []

  init(name: String, text: String) {
    self.name = name
    var open: (block: Block, indentation: Int)?
    for (index, line) in text.components(separatedBy: "\n").enumerated() {
      let content = line.drop { $0 == " " }
      let indentation = line.count - content.count
      if let (block, column) = open {
        if content.hasPrefix("```") {
          blocks.append(block)
          open = nil
        } else {
          open?.block.code.append(String(line.dropFirst(min(column, indentation))))
        }
      } else if content.hasPrefix("```") {
        let section = headings.last?.title ?? ""
        open = (Block(section: section, language: String(content.dropFirst(3)), line: index + 1), indentation)
      } else if line.hasPrefix("    ") {
        indentedCode.append(line)
      } else {
        readText(line)
      }
    }
    if let open { blocks.append(open.block) }
  }

  /// A page of this package, by its path from the package's folder.
  init(_ path: String) throws { self.init(name: path, text: try House.text(path)) }

  private mutating func readText(_ line: String) {
    if let heading = line.wholeMatch(of: /(#+) (.+)/) {
      headings.append(Heading(level: heading.1.count, title: String(heading.2)))
    }
    links += line.matches(of: /\]\(([^)]+)\)/).map { String($0.1) }.filter {
      !$0.hasPrefix("http") && !$0.hasPrefix("#")
    }
    if line.hasPrefix("|") { figures.append(line.matches(of: /[0-9]+(?:[.,][0-9]+)*/).map { String($0.0) }) }
  }
}
