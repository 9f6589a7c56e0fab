import Foundation
import TestSupport
import Testing

/// What pages tell users to write compiles against this build, as code of theirs: nothing that is not public is there.
@Suite struct SnippetTests {
  /// Pages that users write code from.
  static let pages = ["README.md", "Documentation/AddingAnOptimizer.md"]
  /// Pages whose blocks are complete, each for itself: they are run as well.
  static let runPages = ["Documentation/HowDoI.md"]
  /// Pages about our own sources, whose Swift is cut from those.
  static let ownPages = ["Documentation/AddingAnOp.md", "Documentation/Tour.md"]
  /// Blocks of `pages` that are cut from our own sources, by how they begin.
  static let excerpts = ["MethodEntry(", "Self(source:"]
  /// Sections that go on with another one's program.
  static let continued = ["Keep what was trained": "From Swift"]
  /// What a section's text says instead of its code.
  static let given = ["Loops": "let x = Tensor.zeros([8, 3])"]

  /// The Swift blocks of a section, as one program.
  struct Program: CustomTestStringConvertible, Sendable {
    let page: String
    let section: String
    let source: String
    var testDescription: String { "\(page), \(section)" }
  }

  static func programs(in page: Page) -> [Program] {
    let blocks = page.blocks.filter { block in
      block.language == "swift" && !excerpts.contains { block.code.first?.hasPrefix($0) == true }
    }
    let sections = blocks.map(\.section).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
    return sections.map { section in
      let own = blocks.filter { $0.section == section || $0.section == continued[section] }
      var source = "import Descent\n\(given[section] ?? "")\n"
      for block in own {
        // The compiler's messages then lead to the page.
        source += "#sourceLocation(file: \"\(page.name)\", line: \(block.line + 1))\n"
        source += block.code.joined(separator: "\n") + "\n#sourceLocation()\n"
      }
      return Program(page: page.name, section: section, source: source)
    }
  }

  private func check(_ source: String) throws -> SwiftCompiler.Output {
    let folder = try TemporaryFolder()
    let file = folder.url.appending(path: "main.swift")
    try Data(source.utf8).write(to: file)
    return try SwiftCompiler().check(file)
  }

  @Test(arguments: try pages.flatMap { programs(in: try Page($0)) }) func `a page's code compiles`(
    _ program: Program
  ) throws {
    let output = try check(program.source)
    #expect(output.exitCode == 0, "\(program.testDescription):\n\(output.text)")
  }

  @Test(
    arguments: try FileManager.default.contentsOfDirectory(
      at: House.root.appending(path: "Tests/Outside"), includingPropertiesForKeys: nil
    ).map(\.lastPathComponent).sorted()
  ) func `a program from outside compiles and runs`(_ name: String) throws {
    let folder = try TemporaryFolder()
    let file = House.root.appending(path: "Tests/Outside/\(name)")
    let built = try SwiftCompiler().build(file, to: "program", in: folder)
    try #require(built.exitCode == 0, "\(name):\n\(built.text)")
    let run = try SwiftCompiler.run(folder.url.appending(path: "program"))
    #expect(run.exitCode == 0 && run.text.contains("from outside"), "\(name):\n\(run.text)")
  }

  /// All blocks of a page as one program: it runs one after the other, each in a function of its own.
  ///
  /// Types and functions that a block declares stand outside, as in a file of its own.
  static func script(of page: Page) -> (source: String, count: Int) {
    var program = "import Descent\nimport Foundation\n"
    var calls = ""  // They report on standard error, which loses nothing when a later entry traps.
    let blocks = page.blocks.filter { $0.language == "swift" }
    for (number, block) in blocks.enumerated() {
      // An empty line for one that stands elsewhere: the compiler's messages then lead to the page.
      var (outside, inside) = ("", "")
      var isDeclared = false
      for line in block.code {
        isDeclared = isDeclared || line.starts(with: /(struct|enum|func|extension)\s/)
        outside += (isDeclared ? line : "") + "\n"
        inside += (isDeclared ? "" : line) + "\n"
        if line == "}" { isDeclared = false }
      }
      let place = "#sourceLocation(file: \"\(page.name)\", line: \(block.line + 1))\n"
      program += place + outside + "#sourceLocation()\nfunc entry\(number)() async throws {\n"
      program += place + inside + "#sourceLocation()\n}\n"
      calls += "try await entry\(number)()\nFileHandle.standardError.write(Data(\"entry \(number) has run\\n\".utf8))\n"
    }
    return (program + calls, blocks.count)
  }

  @Test(arguments: runPages) func `a page's entries compile and run`(_ name: String) throws {
    let page = try Page(name)
    let (source, count) = Self.script(of: page)
    #expect(count == page.headings.count { $0.level == 3 }, "\(name): every entry has one block")
    let folder = try TemporaryFolder()
    let file = folder.url.appending(path: "main.swift")
    try Data(source.utf8).write(to: file)
    let built = try SwiftCompiler().build(file, to: "program", in: folder)
    try #require(built.exitCode == 0, "\(name):\n\(built.text)")
    let run = try SwiftCompiler.run(folder.url.appending(path: "program"))
    let missing = (0..<count).filter { !run.text.contains("entry \($0) has run\n") }
    #expect(run.exitCode == 0 && missing.isEmpty, "\(name): entries \(missing) have not run:\n\(run.text)")
  }

  // MARK: The check itself

  @Test func `what does not compile is noticed, and where`() throws {
    let text = "## Wrong\n\n```swift\nlet x = Tensor.zeros([3])\nlet y = x.summed()\n```\n"
    let program = try #require(Self.programs(in: Page(name: "page.md", text: text)).first)
    let output = try check(program.source)
    #expect(
      output.exitCode != 0 && output.text.contains("page.md:5") && output.text.contains("summed"), "\(output.text)")
  }

  @Test func `what is not public is noticed`() throws {
    let output = try check("import Descent\nSequential.perceptron([2, 1]).nameVariables()\n")
    #expect(output.exitCode != 0 && output.text.contains("'package' protection level"), "\(output.text)")
  }

  /// A page, a section or an excerpt that is in a list here, and no longer anywhere else, would be checked by nobody.
  @Test func `every page with Swift in it is listed, and everything listed is there`() throws {
    let documents = try FileManager.default.contentsOfDirectory(
      atPath: House.root.appending(path: "Documentation").path
    )
    .filter { $0.hasSuffix(".md") }.map { "Documentation/\($0)" }
    let withSwift = try (["README.md"] + documents).filter { name in
      try Page(name).blocks.contains { $0.language == "swift" }
    }
    #expect(withSwift.sorted() == (Self.pages + Self.runPages + Self.ownPages).sorted())

    let blocks = try Self.pages.flatMap { try Page($0).blocks }.filter { $0.language == "swift" }
    for section in Array(Self.continued.keys) + Self.continued.values + Self.given.keys {
      #expect(blocks.contains { $0.section == section }, "\(section)")
    }
    for start in Self.excerpts { #expect(blocks.count { $0.code.first?.hasPrefix(start) == true } == 1, "\(start)") }
  }
}
