import Foundation

/// The sources as files: what the tests of the house read.
enum House {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  static func text(_ path: String) throws -> String {
    try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
  }

  /// Swift files below a folder, as paths from the root, in order.
  static func swiftFiles(_ folder: String) throws -> [String] {
    let base = root.appendingPathComponent(folder)
    let names = try FileManager.default.subpathsOfDirectory(atPath: base.path)
    return names.filter { $0.hasSuffix(".swift") }.sorted().map { "\(folder)/\($0)" }
  }

  /// Our own targets in the order of Package.swift, each with those that it depends on.
  static func targets() throws -> [(name: String, dependencies: [String])] {
    let package = try text("Package.swift")
    // A target's arguments reach to the bracket that closes its dependencies, which hold no other brackets of that kind.
    let pattern = #/\.(?:target|executableTarget)\(\s*name: "(\w+)"(?:,\s*dependencies: \[([^\]]*)\])?/#
    return package.matches(of: pattern).map { match in
      let list = match.output.2.map(String.init) ?? ""
      let names = list.matches(of: #/(product\(name: )?"(\w+)"/#).filter { $0.output.1 == nil }.map {
        String($0.output.2)
      }
      return (String(match.output.1), names.filter { FileManager.default.fileExists(atPath: folder(of: $0)) })
    }.filter { FileManager.default.fileExists(atPath: folder(of: $0.name)) }
  }

  private static func folder(of target: String) -> String { root.appendingPathComponent("Sources/\(target)").path }
}
