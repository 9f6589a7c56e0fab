import Foundation
import Testing

/// What is public is documented, and a name means one thing.
@Suite struct SurfaceTests {
  @Test func `every public declaration has a doc comment`() throws {
    var count = 0
    for file in try House.swiftFiles("Sources") {
      let lines = try House.text(file).split(separator: "\n", omittingEmptySubsequences: false)
      for (i, line) in lines.enumerated() {
        // Looked for first: the pattern takes its time.
        guard line.contains("public "),
          let match = line.firstMatch(of: #/^\s*(?:@\w+(?:\([^)]*\))?\s+)*public\s+(\w+)/#)
        else { continue }
        if match.output.1 == "extension" { continue }
        count += 1
        var above = i - 1
        while above >= 0, lines[above].contains(#/^\s*@\w+(\(.*\))?( +\/\/.*)?\s*$/#) { above -= 1 }
        let isDocumented = above >= 0 && lines[above].contains(#/^\s*\/\/\//#)
        #expect(isDocumented, "\(file):\(i + 1): \(line.trimmingCharacters(in: .whitespaces))")
      }
    }
    #expect(count > 1000)
  }

  @Test func `no two types of different modules have one name`() throws {
    var places: [String: Set<String>] = [:]
    for file in try House.swiftFiles("Sources") where !file.contains("/CLI/") {
      let module = String(file.split(separator: "/")[1])
      let pattern = #/(?m)^(?:public |package |final |indirect )*(?:struct|class|enum|protocol|actor) (\w+)/#
      for match in try House.text(file).matches(of: pattern) {
        places[String(match.output.1), default: []].insert(module)
      }
    }
    for (name, modules) in places { #expect(modules.count == 1, "\(name) is declared in \(modules.sorted())") }
    // Names that once meant two things.
    for name in ["Spread", "Plan", "Schedule", "Moments", "Split"] {
      let everywhere = try House.swiftFiles("Sources").filter { file in
        try House.text(file).contains(try Regex("(?m)^\\s*(public |package )?(struct|class|enum) \(name)\\b"))
      }
      #expect(everywhere.count <= 1, "\(name): \(everywhere)")
    }
  }
}
