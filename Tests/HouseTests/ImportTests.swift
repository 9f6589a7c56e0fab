import Foundation
import Testing

/// Imports only point up: Package.swift says what each target may import, Tour.md says the same, and the sources keep to it.
@Suite struct ImportTests {
  private func imports(of file: String) throws -> Set<String> {
    let names = try House.text(file).matches(of: #/(?m)^(?:@\w+ )?import (?:\w+ )?(\w+)/#).map { String($0.output.1) }
    return Set(names)
  }

  @Test func `a target depends on targets above it only`() throws {
    let targets = try House.targets()
    #expect(targets.count == 16)
    var above: Set<String> = []
    for (name, dependencies) in targets {
      for dependency in dependencies {
        #expect(
          above.contains(dependency), "\(name) depends on \(dependency), which does not stand above it in Package.swift"
        )
      }
      above.insert(name)
    }
  }

  @Test func `sources import what their target depends on, and all of that`() throws {
    let targets = try House.targets()
    let own = Set(targets.map(\.name))
    for (name, dependencies) in targets where name != "COneDNN" {
      var used: Set<String> = []
      for file in try House.swiftFiles("Sources/\(name)") {
        let imported = try imports(of: file).intersection(own).subtracting([name])
        // The command sees what users see.
        let allowed = Set(dependencies + (dependencies.contains("Descent") ? try reexported() : []))
        #expect(imported.isSubset(of: allowed), "\(file) imports \(imported.subtracting(allowed).sorted())")
        used.formUnion(imported)
      }
      // The umbrella links back ends that nobody imports: they are found by name.
      let linked: Set<String> = name == "Descent" ? ["DescentReference"] : []
      #expect(Set(dependencies).subtracting(linked) == used.intersection(dependencies), "what \(name) does not use")
    }
  }

  private func reexported() throws -> [String] {
    try House.text("Sources/Descent/Descent.swift").matches(of: #/@_exported import (\w+)/#).map { String($0.output.1) }
  }

  @Test func `what users import hands on neither the bench nor recorded runs`() throws {
    let names = Set(try reexported())
    #expect(names.isDisjoint(with: ["DescentBench", "DescentRecorded", "DescentText", "DescentReference"]))
    #expect(names.isSuperset(of: ["DescentGraph", "DescentRuntime", "DescentNN", "DescentOptim", "DescentTrain"]))
  }

  @Test func `the tour's table of folders says the same as Package.swift`() throws {
    let rows = try House.text("Documentation/Tour.md").matches(of: #/(?m)^\| `(\w+)/` \|[^|]*\| ([^|]*) \|$/#)
    let targets = try House.targets()
    let own = Set(targets.map(\.name))
    let table = Dictionary(
      uniqueKeysWithValues: rows.map { row in
        let names = row.output.2.matches(of: #/\w+/#).map { String($0.output) }.filter { $0 != "none" }
        // Without the prefix, where a target has it.
        return (String(row.output.1), Set(names.map { own.contains("Descent\($0)") ? "Descent\($0)" : $0 }))
      })
    #expect(Set(table.keys) == own)
    for (name, dependencies) in targets { #expect(table[name] == Set(dependencies), "\(name)") }
  }

  @Test func `every file that the tour names is there`() throws {
    let tour = try House.text("Documentation/Tour.md")
    let paths = tour.matches(of: #/`((?:Descent\w*|CLI|Tests|COneDNN)\/[\w\/+.-]+\.swift)`/#).map {
      String($0.output.1)
    }
    #expect(paths.count > 60)
    for path in paths {
      let full = path.hasPrefix("Tests/") ? path : "Sources/\(path)"
      #expect(FileManager.default.fileExists(atPath: House.root.appendingPathComponent(full).path), "\(path)")
    }
  }
}
