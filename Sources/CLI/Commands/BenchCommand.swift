import DescentBench
import DescentText
import ArgumentParser
import Descent
import Foundation

struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measure how long a training step takes.",
    discussion: """
      EXAMPLES:
        descent bench
        descent bench mlp-small mlp-mnist --seconds 10
        descent bench adamw-25m --json
        descent bench gpt-tiny --profile
        descent bench gpt-tiny --start
        descent bench --updates
        descent bench --updates adamw lion --json
        descent bench gpt-tiny --width 256 --context 128

      WORKLOADS:
      \(Workload.all.map { "  \($0.name.padding(toLength: 12, withPad: " ", startingAt: 0)) \($0.summary)" }
        .joined(separator: "\n"))

      A step is forward, backward and update together. After 5 steps to warm up, steps are timed one by one until the \
      time is over; the figure is their median. With --json one workload gives an object, several give an array.

      With --profile every kernel is timed on its own. GFLOP/s counts arithmetic operations (a function such as exp is \
      one), GB/s the bytes of all elements that the kernel reads or writes, each once; "of peak" says how near the \
      kernel comes to what this machine reaches in a large matrix product or a large triad a = b + s·c, whichever is \
      nearer. Small workloads live in the caches and may exceed the triad.

      With --start new processes run one step each, in turn with an empty kernel cache ("cold") and with the one that the \
      run before has left ("warm"), until the time is over. The figures are medians from the start of the process on.

      With --updates every method that treats each element for itself, or those that are named, updates one tensor \
      whose gradient is given, in turn with triads. "B/element" says what parameter, gradient and state of an element \
      take, read and written (in brackets what the kernels move, if that is more), GB/s how fast that was, "of triad" \
      how near it came to the triads of the same second. An update works in place, while a triad writes an array of its \
      own, which costs a third more than is counted; "of axpy" compares with y = y + s·x, in place too. Figures are medians.
      """)

  @Argument(help: "The workloads; with --updates, methods. (default: all)")
  var workloads: [String] = []

  @Option(help: "How long to measure each workload. (default: 5; with --updates 1)")
  var seconds: Double?

  @Flag(help: "List the kernels of a step by the time they take.")
  var profile = false

  @Flag(help: "Time the start of a process up to the end of its first step.")
  var start = false

  @Flag(help: "Time the updates of optimization methods.")
  var updates = false

  @Option(help: "Elements of the tensor that --updates updates. (default: 25000000)")
  var elements: Int?

  @Option(help: .hidden)
  var launchedAt: Int?

  @OptionGroup(title: "Sizes, for the transformers") var sizes: SizeOptions
  @OptionGroup(title: "Sizes, for the transformers") var batch: SequenceBatchOption
  @OptionGroup var output: OutputOptions

  func validate() throws {
    if let seconds, !(seconds > 0 && seconds <= Bounds.seconds) {
      throw ValidationError("--seconds must be above 0 and at most \(Int(Bounds.seconds)), not \(seconds).")
    }
    if let elements {
      guard updates else { throw ValidationError("--elements is for --updates.") }
      try Bounds.check(elements, "--elements", to: Int(ProcessInfo.processInfo.physicalMemory / 64))
    }
    guard updates else { return _ = try chosen() }
    if let option = profile ? "--profile" : start ? "--start" : sizes.given.first ?? batch.batch.map({ _ in "--batch" })
    {
      throw ValidationError("\(option) is for workloads; --updates measures methods.")
    }
    _ = try UpdateReport.Choice(names: workloads)
  }

  private func chosen() throws -> [Workload] {
    if workloads.isEmpty {
      if let option = sizes.given.first ?? (batch.batch == nil ? nil : "--batch") {
        throw ValidationError("\(option) needs the name of a transformer workload, such as gpt-tiny.")
      }
      return Workload.all
    }
    return try workloads.map { name in
      if let workload = Workload.named(name) { return try sizes.applied(to: workload, batch: batch.batch) }
      let names = Workload.all.map(\.name)
      let suggestion = nearestName(to: name, in: names).map { "; did you mean '\($0)'?" } ?? "."
      throw ValidationError(
        "there is no workload '\(name)'\(suggestion) The workloads are: \(names.joined(separator: ", ")).")
    }
  }

  func run() throws {
    if let launchedAt { return try StartReport.runChild(of: chosen()[0], launchedAt: launchedAt) }
    let interruption = Interruption()
    let progress = Progress(quiet: output.quiet, isForPrograms: output.json)
    if updates { return try timeUpdates(interruption, progress) }
    let chosen = try chosen()
    let seconds = seconds ?? 5
    let peaks = profile ? try MachinePeaks.measured() : nil
    var values: [OrderedJSON] = []
    if !output.json && !profile && !start { print(StepTiming.heading) }
    for workload in chosen where !interruption.isRequested {
      progress.bar(done: values.count, of: chosen.count, workload.name)
      let result: (text: String, json: OrderedJSON)?
      if start {
        let report = try StartReport(
          of: workload, options: sizes.arguments, seconds: seconds, isCancelled: { interruption.isRequested })
        result = report.map { ($0.text, $0.json) }
      } else if let peaks {
        let report = try ProfileReport(
          of: workload, beside: peaks, seconds: seconds, isCancelled: { interruption.isRequested })
        result = report.map { ((values.isEmpty ? "" : "\n") + $0.text, $0.json) }
      } else {
        let timing = try StepTiming(of: workload, seconds: seconds, isCancelled: { interruption.isRequested })
        result = timing.map { ($0.text, $0.json) }
      }
      progress.clear()
      guard let result else { break }
      values.append(result.json)
      if !output.json { print(result.text) }
    }
    if output.json {
      // The reader asked for one thing, or for a list of them.
      if chosen.count > 1 {
        print(OrderedJSON.array(values).text())
      } else if let only = values.first {
        print(only.text())
      }
    }
    if interruption.isRequested { throw ExitCode(Interruption.exitCode) }
  }
}

extension BenchCommand {
  private func timeUpdates(_ interruption: Interruption, _ progress: Progress) throws {
    let choice = try UpdateReport.Choice(names: workloads)
    let bench = try UpdateTiming.Bench(count: elements ?? 25_000_000)
    var report = UpdateReport(choice, count: bench.count)
    if !output.json { print(report.heading) }
    for (number, method) in choice.methods.enumerated() {
      progress.bar(done: number, of: choice.methods.count, method.name)
      let row = try bench.measure(method, seconds: seconds ?? 1, isCancelled: { interruption.isRequested })
      progress.clear()
      guard let row else { break }
      report.append(row)
      if !output.json { print(UpdateReport.text(of: row)) }
    }
    print(output.json ? report.json.text() : report.summary)
    if interruption.isRequested { throw ExitCode(Interruption.exitCode) }
  }
}

/// How many sequences a transformer's step takes.
struct SequenceBatchOption: ParsableArguments {
  @Option(help: "Sequences a step takes.") var batch: Int?

  func validate() throws {
    try Bounds.check(batch, "--batch", to: Bounds.listed)
  }
}

/// How long the steps of a workload took.
private struct StepTiming {
  let workload: Workload
  let kernelCount: Int
  let memory: MemorySummary
  /// Milliseconds of each step, in rising order.
  let milliseconds: [Double]

  static let warmUpSteps = 5

  /// - Returns: nil when it was cancelled before a step was timed.
  init?(of workload: Workload, seconds: Double, isCancelled: () -> Bool) throws {
    let prepared = try workload.prepare()
    for _ in 0..<Self.warmUpSteps where !isCancelled() { try prepared.step() }
    let clock = ContinuousClock()
    let end = clock.now + .seconds(seconds)
    var times: [Double] = []
    var now = clock.now
    while now < end || times.isEmpty, !isCancelled() {
      try prepared.step()
      let after = clock.now
      times.append((after - now) / .milliseconds(1))
      now = after
    }
    guard !times.isEmpty else { return nil }
    self.workload = workload
    kernelCount = prepared.kernelCount
    memory = prepared.memory
    milliseconds = times.sorted()
  }

  var median: Double {
    let middle = milliseconds.count / 2
    return milliseconds.count % 2 == 1 ? milliseconds[middle] : (milliseconds[middle - 1] + milliseconds[middle]) / 2
  }

  /// The time that 9 of 10 steps did not exceed.
  var ninetiethPercentile: Double { milliseconds[min(milliseconds.count - 1, milliseconds.count * 9 / 10)] }

  var text: String {
    let name = TextLayout.pad(workload.name, to: 10, alignRight: false)
    func cell(_ text: String, _ width: Int) -> String { TextLayout.pad(text, to: width, alignRight: true) }
    func time(_ value: Double) -> String { cell(NumberText.significant(value), 9) }
    return name + time(median) + time(milliseconds[0]) + time(ninetiethPercentile)
      + cell(NumberText.count(Double(milliseconds.count)), 9) + cell("\(kernelCount)", 9) + "  \(workload.summary)"
  }

  /// What stands above the columns of `text`; times are milliseconds per step.
  static var heading: String {
    let names = ["median", "minimum", "90 %", "steps", "kernels"]
    return TextLayout.pad("ms/step", to: 10, alignRight: false)
      + names.map { TextLayout.pad($0, to: 9, alignRight: true) }.joined()
  }

  var json: OrderedJSON {
    .object([
      ("workload", .string(workload.name)),
      ("msPerStep", .number(median)),
      ("msMinimum", .number(milliseconds[0])),
      ("ms90thPercentile", .number(ninetiethPercentile)),
      ("steps", .integer(milliseconds.count)),
      ("kernels", .integer(kernelCount)),
      ("summary", .string(workload.summary)),
      ("plannedMemoryBytes", .integer(memory.total)),
      ("peakMemoryBytes", .integer(ProcessMemory.peakByteCount)),
      ("machine", .string(Machine.description)),
      ("versions", .object(Machine.versions.map { ($0.name, .string($0.value)) })),
    ])
  }
}
