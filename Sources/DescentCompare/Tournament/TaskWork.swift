import DescentCPU
import DescentTrain
import DescentData
import DescentOptim

/// The runs of one task: the target where it is not given, tuning, the sweep, judging.
struct TaskWork {
  let task: ComparisonTask
  let plan: Tournament.Settings
  let draws: Int
  let spaces: [SearchSpace]
  let contestants: [Tournament.Contestant]
  let isCancelled: () -> Bool
  /// Nil until there is a target.
  private(set) var result: Tournament.TaskResult?
  private let runs: ProblemRuns
  private var random: SeededGenerator

  init(
    task: ComparisonTask, plan: Tournament.Settings, draws: Int, spaces: [SearchSpace],
    contestants: [Tournament.Contestant], orderSeed: UInt64, isCancelled: @escaping () -> Bool
  ) throws {
    (self.task, self.plan, self.draws) = (task, plan, draws)
    (self.spaces, self.contestants) = (spaces, contestants)
    self.isCancelled = isCancelled
    runs = ProblemRuns(try task.make())
    random = SeededGenerator(seed: orderSeed, stream: 7)
  }

  /// The methods in another random order each time.
  private mutating func shuffled() -> [Int] {
    var order = Array(contestants.indices)
    random.shuffle(&order)
    return order
  }

  mutating func run(_ counter: inout TournamentRunner.Counter) throws {
    var (target, origin) = (task.target, task.targetOrigin)
    if target == nil { (target, origin) = try referenceTarget(&counter) }
    guard !isCancelled() else { return }
    guard let target else { throw TrainingError.noTarget(task: task.name) }
    var result = Tournament.TaskResult(
      name: task.name, title: task.title, summary: task.summary, metric: task.metric, target: target,
      targetOrigin: origin, budget: task.budget,
      entries: contestants.map { _ in Tournament.Entry(draws: .init(repeating: .init(), count: draws)) })
    defer { self.result = result }
    // Compiled before anything is timed, and run for a moment.
    for i in contestants.indices where !isCancelled() { try warmUp(spaces[i]) }
    try tune(&result, &counter)
    try sweep(&result, &counter)
    for seed in 0..<plan.seeds {
      let draw = seed % draws
      for i in shuffled() where !isCancelled() {
        guard let chosen = result.entries[i].draws[draw].chosen else { continue }
        let run = try run(spaces[i], chosen, seed: plan.judgedSeed(seed), target, .test)
        if let run { result.entries[i].draws[draw].runs.append(run) }
        counter.count(task, contestants[i].title, .judging)
      }
    }
    counter.count(task, "", .judging, finished: result)
  }

  private func warmUp(_ space: SearchSpace) throws {
    let run = try runs[space]
    try run.start(space.method(space.defaults), seed: 0)
    for _ in 0..<3 { _ = try run.advance() }
    for part in Problem.Part.allCases { _ = try run.measure(part) }
  }

  /// Nil when it was cancelled.
  private func run(
    _ space: SearchSpace, _ values: [Comparison.NamedNumber], seed: UInt64, _ target: Double?, _ part: Problem.Part
  ) throws -> RunRecord? {
    try runs[space].run(
      space.method(values), seed: seed, budget: task.budget, metric: task.metric, target: target, on: part,
      isCancelled: isCancelled)
  }

  // MARK: Tuning

  /// Settings that a search tries: the defaults, then points of a scrambled Halton sequence.
  static func settings(_ space: SearchSpace, trials: Int, seed: UInt64) -> [[Comparison.NamedNumber]] {
    let sequence = Halton(dimensions: space.dimensions.count, seed: seed)
    return (0..<trials).map { $0 == 0 ? space.defaults : space.values(at: sequence.point($0 - 1)) }
  }

  private mutating func tune(_ result: inout Tournament.TaskResult, _ counter: inout TournamentRunner.Counter) throws {
    let settings = spaces.indices.map { i in
      (0..<draws).map { draw in
        Self.settings(
          spaces[i], trials: plan.trials, seed: plan.searchSeed(contestants[i].method, on: task.name, draw: draw))
      }
    }
    for trial in 0..<plan.trials {
      for draw in 0..<draws {
        let seeds = (0..<plan.tuningSeeds).map { plan.tuningSeed($0, on: task.name, draw: draw) }
        for i in shuffled() where !isCancelled() {
          let tried = try self.trial(spaces[i], settings[i][draw][trial], seeds, result.target) {
            counter.count(task, contestants[i].title, .tuning)
          }
          if let tried { result.entries[i].draws[draw].trials.append(tried) }
        }
      }
    }
    // A search that was cut short would have had less than the others.
    guard !isCancelled() else { return }
    for i in contestants.indices {
      for draw in 0..<draws {
        result.entries[i].draws[draw].chosen =
          Self.best(result.entries[i].draws[draw].trials, metric: task.metric)?.values ?? spaces[i].defaults
      }
    }
  }

  /// The trial that reached the target most often, then in the least evaluations, then with the best final metric.
  static func best(_ trials: [Tournament.Trial], metric: Metric) -> Tournament.Trial? {
    func merit(_ trial: Tournament.Trial) -> [Double] {
      let reached = trial.evaluations.filter(\.isFinite)
      let sign: Double = metric.higherIsBetter ? 1 : -1
      return [
        Double(reached.count), -reached.reduce(0, +), trial.metric.isFinite ? sign * trial.metric : -.infinity,
      ]
    }
    // Of equal trials the first.
    return trials.reduce(nil) { best, trial in
      guard let best else { return trial }
      return merit(best).lexicographicallyPrecedes(merit(trial)) ? trial : best
    }
  }

  private func trial(
    _ space: SearchSpace, _ values: [Comparison.NamedNumber], _ seeds: [UInt64], _ target: Double?,
    _ onRun: () -> Void
  ) throws -> Tournament.Trial? {
    var runs: [RunRecord] = []
    for seed in seeds {
      guard let run = try run(space, values, seed: seed, target, .validation) else { return nil }
      runs.append(run)
      onRun()
    }
    return Tournament.Trial(
      values: values, metrics: runs.map { $0.finalMetric ?? .nan },
      evaluations: runs.map { Tournament.Cost.evaluations.toTarget($0) })
  }

  /// What the first draw chose, with other learning rates.
  private mutating func sweep(_ result: inout Tournament.TaskResult, _ counter: inout TournamentRunner.Counter) throws {
    guard plan.trials > 0 else { return }
    for factor in Tournament.Settings.sweepFactors {
      for i in shuffled() where !isCancelled() {
        guard let chosen = result.entries[i].draws[0].chosen else { continue }
        let values = [.init(chosen[0].name, chosen[0].value * factor)] + chosen.dropFirst()
        let seed = plan.tuningSeed(0, on: task.name, draw: 0)
        let tried = try trial(spaces[i], values, [seed], result.target) {
          counter.count(task, contestants[i].title, .sweep)
        }
        if let tried { result.entries[i].sweep.append(tried) }
      }
    }
  }

  // MARK: Target

  /// What the reference method, tuned, has reached at a share of the budget on the validation part.
  private func referenceTarget(
    _ counter: inout TournamentRunner.Counter
  ) throws -> (target: Double?, origin: String) {
    let reference = TournamentRunner.reference
    guard let entry = MethodTable.entry(named: reference.method) else {
      fatalError("there is no method '\(reference.method)' for targets")
    }
    let space = SearchSpace(entry, decades: plan.decades, scope: .rate)
    var best: (final: Double, atShare: Double)?
    let seed = plan.searchSeed("reference", on: task.name, draw: 0)
    for setting in Self.settings(space, trials: reference.trials, seed: seed) {
      var (finals, shares): ([Double], [Double]) = ([], [])
      for seed in 0..<reference.seeds {
        let run = try run(space, setting, seed: plan.referenceSeed(seed, on: task.name), nil, .validation)
        guard let run else { return (nil, "") }
        counter.count(task, entry.title, .target)
        finals.append(run.finalMetric ?? .nan)
        let share = Int(reference.share * Double(task.budget))
        if let point = run.points.first(where: { $0.step >= share }) { shares.append(point.metric) }
      }
      guard finals.allSatisfy(\.isFinite), shares.count == finals.count, let final = SampleSummary.median(finals),
        let share = SampleSummary.median(shares)
      else { continue }
      if best.map({ task.metric.isBetter(final, than: $0.final) }) ?? true { best = (final, share) }
    }
    let origin =
      "what \(entry.title), its learning rate tuned by \(reference.trials) trials, had reached on the validation part "
      + "after \(Int(reference.share * 100)) % of the budget (median of \(reference.seeds) seeds that no other run uses)"
    return (best?.atShare, origin)
  }
}

/// A problem's compiled runs, one for each method; one that takes part twice has one.
private final class ProblemRuns {
  private let problem: Problem
  private var known: [String: ProblemRun] = [:]

  init(_ problem: Problem) { self.problem = problem }

  subscript(space: SearchSpace) -> ProblemRun {
    get throws {
      if let run = known[space.entry.name] { return run }
      let run = try ProblemRun.make(problem, space.method(space.defaults), isFullBatch: space.entry.isFullBatch)
      known[space.entry.name] = run
      return run
    }
  }
}
