import DescentBench
import DescentText
import Descent
import Dispatch
import Foundation

/// How long new processes take to the end of a workload's first training step, with and without cached kernels.
struct StartReport {
  /// One process: its parts in order, and how many kernels it compiled and read from the cache.
  private struct Run {
    var parts: [(name: String, milliseconds: Double)] = []
    var kernels = ""
    var total: Double { parts.reduce(0) { $0 + $1.milliseconds } }
  }
  let workload: Workload
  private var cold: [Run] = []
  private var warm: [Run] = []

  /// Starts process after process for about `seconds`.
  ///
  /// - Parameter options: of the command line, for the workload's size.
  /// - Returns: nil when it was cancelled before two processes were done.
  init?(of workload: Workload, options: [String], seconds: Double, isCancelled: () -> Bool) throws {
    self.workload = workload
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("descent-start-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let clock = ContinuousClock()
    let end = clock.now + .seconds(seconds)
    repeat {
      try? FileManager.default.removeItem(at: folder)
      cold.append(try Self.launch(workload, options, cache: folder.path))
      if isCancelled() { break }
      warm.append(try Self.launch(workload, options, cache: folder.path))
    } while clock.now < end && !isCancelled()
    if warm.isEmpty { return nil }
  }

  private static func launch(_ workload: Workload, _ options: [String], cache: String) throws -> Run {
    let process = Process()
    let output = Pipe()
    process.executableURL = Bundle.main.executableURL
    process.environment = ProcessInfo.processInfo.environment.merging(["DESCENT_CACHE": cache]) { $1 }
    process.standardOutput = output
    process.arguments =
      ["bench", workload.name] + options + ["--launched-at", String(DispatchTime.now().uptimeNanoseconds)]
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    var run = Run()
    for line in text.split(separator: "\n") {
      let cells = line.split(separator: "\t").map(String.init)
      if let milliseconds = Double(cells[1]) {
        run.parts.append((cells[0], milliseconds))
      } else {
        run.kernels = cells[1]
      }
    }
    guard process.terminationStatus == 0, !run.parts.isEmpty else {
      throw Failure("the process that was to be timed ended with status \(process.terminationStatus)")
    }
    return run
  }

  /// What such a process does: one step, and a line for each part.
  static func runChild(of workload: Workload, launchedAt: Int) throws {
    let age = Double(DispatchTime.now().uptimeNanoseconds) - Double(launchedAt)
    let timing = try StartTiming(of: workload, age: age / 1e6)
    for part in timing.parts { print("\(part.name)\t\(part.milliseconds)") }
    print("kernels\t\(timing.compiled) compiled, \(timing.loaded) loaded")
  }

  private static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

  private func part(_ i: Int, _ runs: [Run]) -> Double { Self.median(runs.map { $0.parts[i].milliseconds }) }

  var text: String {
    var rows = [[workload.name + ", ms", "cold", "warm"]]
    func row(_ name: String, _ value: ([Run]) -> Double) {
      rows.append([name] + [cold, warm].map { NumberText.significant(value($0)) })
    }
    for (i, part) in cold[0].parts.enumerated() { row(part.name) { self.part(i, $0) } }
    row("in all, median") { Self.median($0.map(\.total)) }
    row("in all, minimum") { $0.map(\.total).min()! }
    let lines = rows.map { row in
      TextLayout.pad(row[0], to: 18, alignRight: false)
        + row[1...].map { TextLayout.pad($0, to: 9, alignRight: true) }.joined()
    }
    return lines.joined(separator: "\n") + "\ncold: \(cold[0].kernels); warm: \(warm[0].kernels); "
      + "\(warm.count) processes each"
  }

  var json: OrderedJSON {
    func object(_ runs: [Run]) -> OrderedJSON {
      .object(
        runs[0].parts.enumerated().map { ($1.name, .number(part($0, runs))) } + [
          ("median", .number(Self.median(runs.map(\.total)))), ("minimum", .number(runs.map(\.total).min()!)),
          ("processes", .integer(runs.count)),
        ])
    }
    return .object([
      ("workload", .string(workload.name)), ("coldMs", object(cold)), ("warmMs", object(warm)),
      ("machine", .string(Machine.description)),
      ("versions", .object(Machine.versions.map { ($0.name, .string($0.value)) })),
    ])
  }
}
