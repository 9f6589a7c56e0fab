import DescentBench
import DescentText
import Descent

/// The kernels of a workload's step by time, beside what the machine reaches at best.
struct ProfileReport {
  let workload: Workload
  let profile: Profile
  let peaks: MachinePeaks

  /// Measures `workload` for about `seconds`.
  ///
  /// - Returns: nil when it was cancelled before a step was over.
  init?(
    of workload: Workload, beside peaks: MachinePeaks, seconds: Double, isCancelled: () -> Bool
  ) throws {
    let prepared = try workload.prepare()
    let clock = ContinuousClock()
    var step = 0.0
    for _ in 0..<5 where !isCancelled() { step = try clock.measure { try prepared.step() } / .seconds(1) }
    // Each step runs twice: once whole, once kernel by kernel.
    let steps = min(max(seconds / (2 * step), 1), 2000)
    guard let profile = prepared.executable.profile(steps: Int(steps), isCancelled: isCancelled) else { return nil }
    self.workload = workload
    self.profile = profile
    self.peaks = peaks
  }

  /// One kind of kernel, all its calls in a step together.
  private struct Group {
    let kind: Profile.Kind
    var microseconds = 0.0
    var operations = 0.0
    var bytes = 0.0

    init(_ kind: Profile.Kind, in profile: Profile) {
      self.kind = kind
      for kernel in profile.kernels where kernel.kind == kind {
        microseconds += kernel.stepMicroseconds
        operations += Double(kernel.cost.operations * kernel.calls)
        bytes += Double(kernel.cost.bytes * kernel.calls)
      }
    }
    var gigaflops: Double { operations / microseconds / 1e3 }
    var gigabytesPerSecond: Double { bytes / microseconds / 1e3 }
  }

  private var groups: [Group] {
    Profile.Kind.allCases.map { Group($0, in: profile) }.filter { $0.microseconds > 0 }
  }

  // MARK: Text

  var text: String {
    let step = NumberText.significant(profile.stepMicroseconds / 1e3)
    return """
      \(workload.name): \(workload.summary)
      \(step) ms a step, median of \(profile.steps); \(Machine.description)
      at best: \(rate(peaks.gigaflops)) GFLOP/s in a large matrix product, \(rate(peaks.gigabytesPerSecond)) GB/s in a \
      large triad

      \(table)

      \(summary)
      """
  }

  private var table: String {
    let heading = ["share", "calls", "µs a call", "GFLOP/s", "GB/s", "of peak"]
    let rows = profile.kernels.map { kernel in
      [
        percent(kernel.stepMicroseconds / profile.accountedMicroseconds), "\(kernel.calls)",
        NumberText.significant(kernel.microseconds), rate(kernel.gigaflops), rate(kernel.gigabytesPerSecond),
        percent(shareOfPeak(kernel)),
      ]
    }
    let widths = heading.indices.map { column in ([heading] + rows).map { $0[column].count }.max()! }
    func line(_ cells: [String], _ end: String) -> String {
      zip(cells, widths).map { TextLayout.pad($0, to: $1, alignRight: true) }.joined(separator: "  ") + "  " + end
    }
    let titles = profile.kernels.map { kernel in
      (kernel.positions.first.map { "\($0). " } ?? "") + kernel.title + repeats(kernel)
    }
    return ([line(heading, "kernel")] + zip(rows, titles).map(line)).joined(separator: "\n")
  }

  /// Which other steps of the plan do the same.
  private func repeats(_ kernel: Profile.Kernel) -> String {
    kernel.positions.count < 2
      ? "" : " (also " + kernel.positions.dropFirst().map(String.init).joined(separator: ", ") + ")"
  }

  private var summary: String {
    let lines = groups.map { group in
      let time = "\(NumberText.significant(group.microseconds / 1e3)) ms"
      let share = percent(group.microseconds / profile.accountedMicroseconds)
      let speed =
        switch group.kind {
        case .product, .routine: "\(percent(group.gigaflops / peaks.gigaflops)) of the matrix peak"
        case .loop, .copy: "\(percent(group.gigabytesPerSecond / peaks.gigabytesPerSecond)) of the triad's bandwidth"
        }
      return "\(name(group.kind)): \(time), \(share) of the step, at \(speed)"
    }
    let between = "\(NumberText.significant(profile.betweenKernels / 1e3)) ms"
    let share = percent(profile.betweenKernels / profile.accountedMicroseconds)
    return (lines + ["between kernels: \(between), \(share) of the step"]).joined(separator: "\n")
  }

  private func name(_ kind: Profile.Kind) -> String {
    switch kind {
    case .product: "matrix products"
    case .loop: "element-wise kernels"
    case .routine: "other kernels"
    case .copy: "copies"
    }
  }

  /// How near a kernel comes to the nearer one of the machine's two limits.
  private func shareOfPeak(_ kernel: Profile.Kernel) -> Double {
    max(kernel.gigaflops / peaks.gigaflops, kernel.gigabytesPerSecond / peaks.gigabytesPerSecond)
  }

  private func percent(_ share: Double) -> String { "\(Int((share * 100).rounded())) %" }
  private func rate(_ value: Double) -> String { value < 0.05 ? "–" : NumberText.significant(value, 3) }

  // MARK: JSON

  var json: OrderedJSON {
    .object([
      ("workload", .string(workload.name)),
      ("msPerStep", .number(profile.stepMicroseconds / 1e3)),
      ("steps", .integer(profile.steps)),
      (
        "peaks",
        .object([
          ("gigaflops", .number(peaks.gigaflops)), ("gigabytesPerSecond", .number(peaks.gigabytesPerSecond)),
        ])
      ),
      ("kernels", .array(profile.kernels.map(json))),
      ("kinds", .object(groups.map { ($0.kind.rawValue, json($0)) })),
      ("msBetweenKernels", .number(profile.betweenKernels / 1e3)),
      ("machine", .string(Machine.description)),
      ("versions", .object(Machine.versions.map { ($0.name, .string($0.value)) })),
    ])
  }

  private func json(_ kernel: Profile.Kernel) -> OrderedJSON {
    .object([
      ("title", .string(kernel.title)),
      ("kind", .string(kernel.kind.rawValue)),
      ("steps", .array(kernel.positions.map { .integer($0) })),
      ("calls", .integer(kernel.calls)),
      ("microsecondsPerCall", .number(kernel.microseconds)),
      ("microsecondsPerStep", .number(kernel.stepMicroseconds)),
      ("share", .number(kernel.stepMicroseconds / profile.accountedMicroseconds)),
      ("operations", .integer(kernel.cost.operations)),
      ("bytesRead", .integer(kernel.cost.bytesRead)),
      ("bytesWritten", .integer(kernel.cost.bytesWritten)),
      ("gigaflops", .number(kernel.gigaflops)),
      ("gigabytesPerSecond", .number(kernel.gigabytesPerSecond)),
    ])
  }

  private func json(_ group: Group) -> OrderedJSON {
    .object([
      ("msPerStep", .number(group.microseconds / 1e3)),
      ("gigaflops", .number(group.gigaflops)),
      ("gigabytesPerSecond", .number(group.gigabytesPerSecond)),
    ])
  }
}
