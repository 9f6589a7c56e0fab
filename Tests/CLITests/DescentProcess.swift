import Foundation
import Testing

/// The built command, run as users run it: a process of its own in a folder of its own.
struct DescentProcess {
  struct Output {
    let exitCode: Int32
    /// Whether a signal ended the process that it did not handle.
    let wasKilled: Bool
    let stdout: String
    let stderr: String

    /// stdout as one JSON object.
    var json: [String: Any] {
      get throws {
        let value = try JSONSerialization.jsonObject(with: Data(stdout.utf8))
        return try #require(value as? [String: Any], "stdout is not one JSON object: \(stdout.prefix(200))")
      }
    }
  }

  let folder = try! TemporaryFolder()
  var environment: [String: String] = [:]

  /// Runs `descent` with `arguments`, split at spaces, and waits for its end.
  func run(_ arguments: String) throws -> Output { try start(arguments).wait() }

  /// Runs a line of the shell in which `descent` is the command, and gives its exit code.
  func shell(_ line: String) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", "descent() { \"$DESCENT\" \"$@\"; }; \(line)"]
    process.currentDirectoryURL = folder.url
    process.environment = ProcessInfo.processInfo.environment.merging(
      ["DESCENT": try Self.binary().path, "DESCENT_THREADS": "1", "OMP_NUM_THREADS": "1"]) { $1 }
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }

  /// Runs it and lets it go on.
  func start(_ arguments: String) throws -> Running {
    let process = Process()
    process.executableURL = try Self.binary()
    process.arguments = arguments.split(separator: " ").map(String.init)
    process.currentDirectoryURL = folder.url
    var variables = ProcessInfo.processInfo.environment
    // One thread: tests run beside other work, and a team of threads that wait for each other then takes ages.
    variables["DESCENT_THREADS"] = "1"
    variables["OMP_NUM_THREADS"] = "1"
    variables.merge(environment) { _, new in new }
    process.environment = variables
    return try Running(process, folder)
  }

  /// Beside the test bundle: where that is depends on the system and on what runs the tests.
  private static func binary() throws -> URL {
    if let path = ProcessInfo.processInfo.environment["DESCENT_BINARY"] { return URL(fileURLWithPath: path) }
    let arguments = CommandLine.arguments
    var places = [arguments[0], Bundle.main.bundlePath] + Bundle.allBundles.map(\.bundlePath)
    if let option = arguments.firstIndex(of: "--test-bundle-path"), option + 1 < arguments.count {
      places.insert(arguments[option + 1], at: 0)
    }
    for place in places {
      var url = URL(fileURLWithPath: place).standardizedFileURL
      for _ in 0..<5 where url.path != "/" {
        url.deleteLastPathComponent()
        let candidate = url.appendingPathComponent("descent")
        var isFolder: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: candidate.path, isDirectory: &isFolder)
        if exists, !isFolder.boolValue, FileManager.default.isExecutableFile(atPath: candidate.path) {
          return candidate
        }
      }
    }
    throw BinaryNotFound(places: places)
  }

  struct BinaryNotFound: Error, CustomStringConvertible {
    let places: [String]
    var description: String { "no executable 'descent' above \(places); build it, or set DESCENT_BINARY to its path" }
  }
}

extension DescentProcess {
  /// A process that has been started. Its output goes to files, which never fill up as pipes do.
  final class Running {
    private let process: Process
    private let stdout: URL
    private let stderr: URL

    fileprivate init(_ process: Process, _ folder: TemporaryFolder) throws {
      self.process = process
      let name = UUID().uuidString
      stdout = folder.outputs.appendingPathComponent("\(name).out")
      stderr = folder.outputs.appendingPathComponent("\(name).err")
      for url in [stdout, stderr] { try Data().write(to: url) }
      process.standardInput = FileHandle.nullDevice
      process.standardOutput = try FileHandle(forWritingTo: stdout)
      process.standardError = try FileHandle(forWritingTo: stderr)
      try process.run()
    }

    var identifier: Int32 { process.processIdentifier }

    /// What it has written to stderr so far.
    var errorSoFar: String { (try? String(contentsOf: stderr, encoding: .utf8)) ?? "" }

    /// Waits until stderr contains `text`.
    func waitFor(_ text: String, seconds: Double = 300) throws {
      let end = ContinuousClock.now + .seconds(seconds)
      while ContinuousClock.now < end {
        if errorSoFar.contains(text) { return }
        if !process.isRunning { break }
        Thread.sleep(forTimeInterval: 0.01)
      }
      Issue.record("'\(text)' did not appear on stderr: \(errorSoFar)")
    }

    /// Waits for its end, and ends it by force after `seconds`.
    func wait(seconds: Double) throws -> Output {
      let end = ContinuousClock.now + .seconds(seconds)
      while process.isRunning, ContinuousClock.now < end { Thread.sleep(forTimeInterval: 0.01) }
      if process.isRunning { kill(identifier, SIGKILL) }
      return try wait()
    }

    func wait() throws -> Output {
      process.waitUntilExit()
      return Output(
        exitCode: process.terminationStatus, wasKilled: process.terminationReason == .uncaughtSignal,
        stdout: try String(contentsOf: stdout, encoding: .utf8),
        stderr: try String(contentsOf: stderr, encoding: .utf8))
    }
  }
}

/// A new folder, and another for what processes write, removed when nobody holds them any more.
final class TemporaryFolder: Sendable {
  let url: URL
  let outputs: URL
  private let root: URL

  init() throws {
    root = FileManager.default.temporaryDirectory.appendingPathComponent("descent-cli-\(UUID().uuidString)")
    url = root.appendingPathComponent("work")
    outputs = root.appendingPathComponent("outputs")
    for folder in [url, outputs] {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }
  }

  deinit { try? FileManager.default.removeItem(at: root) }

  func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: url.appendingPathComponent(name))
  }

  func read(_ name: String) throws -> String {
    try String(contentsOf: url.appendingPathComponent(name), encoding: .utf8)
  }

  func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: url.appendingPathComponent(name).path) }

  func remove(_ name: String) throws { try FileManager.default.removeItem(at: url.appendingPathComponent(name)) }
}

/// All tests that start processes, one after the other: two at a time would only wait for each other.
@Suite(.serialized) struct CommandTests {}
