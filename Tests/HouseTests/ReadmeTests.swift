import Foundation
import Testing

/// The README is there in two languages, and says the same in both.
@Suite struct ReadmeTests {
  private static let names = ["README.md", "README.zh.md"]
  private let english: Page
  private let chinese: Page

  init() throws { (english, chinese) = (try Page(Self.names[0]), try Page(Self.names[1])) }

  @Test func `both have the same code`() {
    #expect(english.indentedCode == chinese.indentedCode)
    #expect(english.blocks.count == chinese.blocks.count && english.blocks.count > 5)
    for (a, b) in zip(english.blocks, chinese.blocks) {
      #expect(a.language == b.language && a.code == b.code, "README.md:\(a.line) and README.zh.md:\(b.line)")
    }
  }

  @Test func `both have the same sections`() {
    #expect(english.headings.map(\.level) == chinese.headings.map(\.level) && english.headings.count > 5)
  }

  /// Sentences in two languages put them in different orders.
  @Test func `both have the same links, and one to each other`() {
    func others(_ page: Page, _ other: String) -> [String] { page.links.filter { $0 != other }.sorted() }
    #expect(others(english, Self.names[1]) == others(chinese, Self.names[0]))
    #expect(english.links.first == Self.names[1] && chinese.links.first == Self.names[0])
  }

  @Test func `both have the same figures in tables`() {
    #expect(english.figures.count == chinese.figures.count && english.figures.count > 20)
    for (a, b) in zip(english.figures, chinese.figures) { #expect(a == b) }
  }

  @Test(arguments: names) func `links lead to files`(_ name: String) throws {
    for link in try Page(name).links {
      let path = House.root.appending(path: String(link.prefix { $0 != "#" })).path
      #expect(FileManager.default.fileExists(atPath: path), "\(name): \(link)")
    }
  }
}
