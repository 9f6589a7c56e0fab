import DescentGraph

/// A schedule as commands and tests know it: a name and numbers, `step:0.5:10`.
public struct ScheduleEntry: Sendable {
  /// What users type first.
  public let name: String
  /// What may be given after the name, in this order.
  public let numbers: [NamedNumber]
  /// Whether the last number may be given several times.
  public let repeatsLast: Bool
  /// One phrase on what it does.
  public let summary: String
  /// The schedule of a run, given a value for each number.
  let make: @Sendable (_ values: [Double], _ run: Run) -> Schedule

  /// What a schedule is made for.
  public struct Run: Sendable {
    /// The learning rate that is scheduled.
    public var rate: Double
    /// Steps that the schedule has.
    public var steps: Int
    /// Steps in an epoch.
    public var stepsPerEpoch: Int
    /// Steps are those of the optimizer, which schedules count.
    public init(rate: Double, steps: Int, stepsPerEpoch: Int) {
      (self.rate, self.steps, self.stepsPerEpoch) = (rate, steps, stepsPerEpoch)
    }
    func steps(_ epochs: Double) -> Int { max(Int((epochs * Double(stepsPerEpoch)).rounded()), 1) }
    /// A fraction of the run.
    func part(_ fraction: Double) -> Int { Int((fraction * Double(steps)).rounded()) }
  }

  /// The schedule; numbers that are left out have their standard.
  public func schedule(_ given: [Double] = [], for run: Run) -> Schedule {
    make(values(given), run)
  }

  /// The numbers given, and the standards of those left out.
  public func values(_ given: [Double]) -> [Double] { given + numbers.dropFirst(given.count).map(\.standard) }

  /// How the name and its numbers are written: `step[:FACTOR[:EPOCHS]]`.
  public var grammar: String {
    let inner = numbers.reversed().reduce(repeatsLast ? "[:…]" : "") { "[:\($1.name)\($0)]" }
    return name + inner
  }
}

/// Every schedule that can be named, closed forms all of them.
public enum ScheduleTable {
  /// In the order of lists.
  public static let entries: [ScheduleEntry] = [
    .init("constant", [], "the rate as it is") { _, run in .constant(run.rate) },
    .init("linear", [.init("END", 0, .fraction)], "a straight line down to END times the rate at the run's end") {
      .linear(from: $1.rate, to: $1.rate * $0[0], over: $1.steps)
    },
    .init("cosine", [.init("END", 0, .fraction)], "half a cosine down to END times the rate at the run's end") {
      .cosine(from: $1.rate, to: $1.rate * $0[0], over: $1.steps)
    },
    .init(
      "polynomial", [.init("POWER", 2, .positive), .init("END", 0, .fraction)],
      "as (1 − t/T)^POWER down to END times the rate at the run's end"
    ) { .polynomial(from: $1.rate, to: $1.rate * $0[1], power: $0[0], over: $1.steps) },
    .init("exponential", [.init("FACTOR", 0.95, .factor)], "times FACTOR every epoch, step by step") {
      .exponential(from: $1.rate, rate: $0[0], every: $1.stepsPerEpoch)
    },
    .init("staircase", [.init("FACTOR", 0.95, .factor)], "times FACTOR after every epoch") {
      .exponential(from: $1.rate, rate: $0[0], every: $1.stepsPerEpoch, staircase: true)
    },
    .init("step", [.init("FACTOR", 0.1, .factor), .init("EPOCHS", 10, .epochs)], "times FACTOR after every EPOCHS") {
      .step(from: $1.rate, factor: $0[0], every: $1.steps($0[1]))
    },
    .init(
      "multistep", [.init("FACTOR", 0.1, .factor), .init("EPOCH", 10, .epochs)], repeatsLast: true,
      "times FACTOR after each EPOCH named"
    ) { numbers, run in
      .multiStep(from: run.rate, factor: numbers[0], at: numbers.dropFirst().map(run.steps))
    },
    .init("inverse-time", [.init("RATE", 1, .positive)], "divided by 1 + RATE · epochs") {
      .inverseTime(from: $1.rate, rate: $0[0], every: $1.stepsPerEpoch)
    },
    .init("inverse-sqrt", [.init("EPOCHS", 1, .epochs)], "constant for EPOCHS, then as one over the root of the step") {
      .inverseSquareRoot(from: $1.rate, after: $1.steps($0[0]))
    },
    .init(
      "restarts", [.init("EPOCHS", 10, .epochs), .init("GROWTH", 2, .count), .init("END", 0, .fraction)],
      "half a cosine down to END times the rate in EPOCHS, again and again, each GROWTH times as long"
    ) { .cosineWithRestarts(from: $1.rate, to: $1.rate * $0[2], every: $1.steps($0[0]), growth: Int($0[1])) },
    .init("one-cycle", [.init("RISING", 0.3, .share)], "up from a 25th in RISING of the run, then down to nearly 0") {
      let steps = max($1.steps, Int((1.5 / min($0[0], 1 - $0[0])).rounded(.up)))
      return .oneCycle(peak: $1.rate, over: steps, rising: $0[0])
    },
    .init("cyclic", [.init("EPOCHS", 4, .epochs), .init("LOW", 0.1, .fraction)], cyclicSummary) {
      cyclic($0, $1, .triangular)
    },
    .init(
      "cyclic-halving", [.init("EPOCHS", 4, .epochs), .init("LOW", 0.1, .fraction)],
      cyclicSummary + ", each triangle half as high"
    ) { cyclic($0, $1, .halving) },
    .init(
      "cyclic-exponential",
      [.init("EPOCHS", 4, .epochs), .init("LOW", 0.1, .fraction), .init("FACTOR", 0.95, .factor)],
      cyclicSummary + ", the height times FACTOR every epoch"
    ) { numbers, run in
      let rate = Schedule.exponential(from: 1, rate: numbers[2], every: run.stepsPerEpoch).value(at: 1)
      return cyclic(numbers, run, .exponential(rate: rate))
    },
    .init(
      "wsd", [.init("WARMUP", 0.05, .fraction), .init("DECAY", 0.2, .share), .init("END", 0, .fraction)],
      "up in WARMUP of the run, level, down to END times the rate in its last DECAY"
    ) { numbers, run in
      let warmUp = run.part(numbers[0])
      let decay = max(run.part(numbers[1]), 1)
      return .warmupStableDecay(
        peak: run.rate, to: run.rate * numbers[2], warmUp: warmUp, stable: max(run.steps - warmUp - decay, 0),
        decay: decay)
    },
  ]

  /// The row of that name, whose capitals do not matter; nil when there is none.
  public static func entry(named name: String) -> ScheduleEntry? { entries.first { $0.name == name.lowercased() } }

  private static let cyclicSummary = "triangles of EPOCHS from LOW times the rate to the rate and back"

  private static func cyclic(_ numbers: [Double], _ run: ScheduleEntry.Run, _ cycle: Schedule.Cycle) -> Schedule {
    .cyclic(from: run.rate * numbers[1], to: run.rate, rise: max(run.steps(numbers[0]) / 2, 1), cycle)
  }
}

extension ScheduleEntry {
  /// A row. `make` gets as many values as `numbers` has, or more where the last is repeated.
  public init(
    _ name: String, _ numbers: [NamedNumber] = [], repeatsLast: Bool = false, _ summary: String,
    _ make: @escaping @Sendable (_ values: [Double], _ run: Run) -> Schedule
  ) {
    (self.name, self.numbers, self.repeatsLast) = (name, numbers, repeatsLast)
    (self.summary, self.make) = (summary, make)
  }
}
