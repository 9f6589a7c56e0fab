import Foundation
import TestSupport

/// The compiler as somebody uses it who has this package built, and writes code of their own: what is not public is not
/// there.
struct SwiftCompiler {
  struct Output {
    let exitCode: Int32
    let text: String
  }
  struct NotFound: Error, CustomStringConvertible {
    let description: String
  }

  private let swiftc: URL
  /// The folder with the modules and object files of this build.
  private let products: URL
  private let options: [String]
  /// The machine has two processors, or is busy with other tests: two compilers at a time are enough.
  private static let turns = DispatchSemaphore(value: 2)

  init() throws {
    swiftc = try Self.tool()
    products = try Self.folderOfProducts()
    var options = ["-swift-version", "6", "-I", products.appending(path: "Modules").path]
    options += ["-module-cache-path", products.appending(path: "ModuleCache").path]
    // The C modules that ours import.
    var maps = try Self.children(of: products).filter { $0.pathExtension == "build" }
      .map { $0.appending(path: "module.modulemap") }
    for package in try Self.children(of: Self.ancestor(of: products, with: "checkouts").appending(path: "checkouts")) {
      let targets = (try? Self.children(of: package.appending(path: "Sources"))) ?? []
      maps += targets.map { $0.appending(path: "include/module.modulemap") }
    }
    maps = maps.filter { FileManager.default.fileExists(atPath: $0.path) }
    options += maps.flatMap { ["-Xcc", "-fmodule-map-file=\($0.path)"] }
    #if os(macOS)
      let sdk = try Self.run(URL(filePath: "/usr/bin/xcrun"), ["--show-sdk-path"]).text
      options += ["-sdk", sdk.trimmingCharacters(in: .whitespacesAndNewlines)]
    #endif
    self.options = options
  }

  /// Checks a program without building it.
  func check(_ source: URL) throws -> Output {
    try Self.run(swiftc, ["-typecheck"] + options + [source.path])
  }

  /// Builds a program from a source and our object files.
  func build(_ source: URL, to program: String, in folder: TemporaryFolder) throws -> Output {
    // What an example is linked from, without the example.
    let example = "OwnOptimizer"
    let list = products.appending(path: "\(example).product/Objects.LinkFileList")
    let objects = try String(contentsOf: list, encoding: .utf8).split(separator: "\n")
      .filter { !$0.contains("/\(example).build/") }
    let ours = folder.path("\(program).objects")
    try Data(objects.joined(separator: "\n").utf8).write(to: URL(filePath: ours))
    var arguments = options + [source.path, "@\(ours)", "-o", folder.path(program)]
    if let sanitizer = Self.sanitizer { arguments.append("-sanitize=\(sanitizer)") }
    return try Self.run(swiftc, arguments)
  }

  /// Runs a program and waits for its end.
  static func run(_ program: URL, _ arguments: [String] = []) throws -> Output {
    turns.wait()
    defer { turns.signal() }
    let folder = try TemporaryFolder()
    let process = Process()
    process.executableURL = program
    process.arguments = arguments
    process.currentDirectoryURL = folder.url
    // One thread: tests run beside other work, and a team of threads that wait for each other then takes ages.
    process.environment = ProcessInfo.processInfo.environment.merging(["DESCENT_THREADS": "1"]) { $1 }
    process.standardInput = FileHandle.nullDevice
    // A file never fills up as a pipe does.
    let log = folder.url.appending(path: "log")
    try Data().write(to: log)
    let handle = try FileHandle(forWritingTo: log)
    process.standardOutput = handle
    process.standardError = handle
    try process.run()
    process.waitUntilExit()
    return Output(exitCode: process.terminationStatus, text: try String(contentsOf: log, encoding: .utf8))
  }

  // MARK: Where things are

  /// Beside the `swift` that the Makefile was given, or where the shell would find it.
  private static func tool() throws -> URL {
    let variables = ProcessInfo.processInfo.environment
    var folders = (variables["PATH"] ?? "").split(separator: ":").map { URL(filePath: String($0)) }
    if let swift = variables["SWIFT"], swift.contains("/") {
      folders.insert(URL(filePath: swift).deletingLastPathComponent(), at: 0)
    }
    for folder in folders {
      let tool = folder.appending(path: "swiftc")
      if FileManager.default.isExecutableFile(atPath: tool.path) { return tool }
    }
    throw NotFound(
      description: "no 'swiftc' in \(folders.map(\.path)); put it on the PATH, or set SWIFT to the swift to use")
  }

  /// Above the test bundle: where that is depends on the system and on what runs the tests.
  private static func folderOfProducts() throws -> URL {
    let arguments = CommandLine.arguments
    var places = [arguments[0], Bundle.main.bundlePath] + Bundle.allBundles.map(\.bundlePath)
    if let option = arguments.firstIndex(of: "--test-bundle-path"), option + 1 < arguments.count {
      places.insert(arguments[option + 1], at: 0)
    }
    for place in places {
      let url = URL(filePath: place).resolvingSymlinksInPath()
      if let folder = try? ancestor(of: url, with: "Modules/Descent.swiftmodule") { return folder }
    }
    throw NotFound(description: "no folder 'Modules' with the module Descent above \(places)")
  }

  private static func ancestor(of url: URL, with name: String) throws -> URL {
    var folder = url
    for _ in 0..<5 where folder.path != "/" {
      folder.deleteLastPathComponent()
      if FileManager.default.fileExists(atPath: folder.appending(path: name).path) { return folder }
    }
    throw NotFound(description: "no '\(name)' above \(url.path)")
  }

  private static func children(of folder: URL) throws -> [URL] {
    try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
  }

  /// What this build's objects must be linked with.
  private static var sanitizer: String? {
    let program = dlopen(nil, RTLD_NOW)
    return ["address", "thread"].first { dlsym(program, $0 == "address" ? "__asan_init" : "__tsan_init") != nil }
  }
}
