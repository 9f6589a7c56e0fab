import DescentGraph
import DescentOptim
import Foundation
import Synchronization
import Testing

@testable import DescentCompare

@Suite struct TournamentRunnerTests {
  private func runner(
    _ methods: [String], tasks: [ComparisonTask], trials: Int = 3, seeds: Int = 4
  ) throws -> TournamentRunner {
    var plan = Tournament.Settings()
    (plan.trials, plan.seeds) = (trials, seeds)
    let entries = try methods.map { try #require(MethodTable.entry(named: $0)) }
    return TournamentRunner(tasks: tasks, methods: entries, plan: plan)
  }

  @Test func `every method has the same trials, seeds and budget`() throws {
    let tournament = try runner(["sgd", "adam", "gd"], tasks: [ToyTask.task(target: 0.1, spread: 0.2)], seeds: 7)
      .run(commandLine: "")
    let task = try #require(tournament.tasks.first)
    #expect(tournament.contestants.map(\.method) == ["sgd", "adam", "gd"])
    #expect(tournament.draws == 6)
    for entry in task.entries {
      #expect(entry.draws.map(\.trials.count) == [3, 3, 3, 3, 3, 3])
      #expect(entry.draws.map { $0.runs.map(\.seed) } == [[0, 6], [1], [2], [3], [4], [5]])
      #expect(entry.sweep.count == Tournament.Settings.sweepFactors.count)
      #expect(entry.trials.allSatisfy { $0.metrics.count == 1 && $0.evaluations.count == 1 })
      #expect(entry.runs.allSatisfy { $0.gradientEvaluations == 60 })
      #expect(entry.draws.allSatisfy { draw in draw.trials.contains { $0.values == draw.chosen } })
    }
  }

  @Test(arguments: [(1, 6), (2, 3), (3, 2), (5, 2), (6, 2), (8, 2)])
  func `there are as many draws as a claim takes`(tasks: Int, draws: Int) {
    var plan = Tournament.Settings()
    #expect(plan.draws(tasks: tasks) == draws && tasks * draws >= ExchangeTest.leastBlocks)
    plan.seeds = 1
    #expect(plan.draws(tasks: tasks) == 1, "each draw is judged")
    (plan.seeds, plan.draws) = (12, 9)
    #expect(plan.draws(tasks: tasks) == 9)
  }

  @Test func `tuning uses seeds of its own, and other ones in each draw`() throws {
    let log = ToyTask.Log()
    let tournament = try runner(["sgd", "adam"], tasks: [ToyTask.task(target: 0.1, spread: 0.2, log: log)])
      .run(commandLine: "")
    #expect(tournament.draws == 4, "as many as there are seeds")
    let judged = tournament.tasks[0].entries.map { Set($0.runs.map(\.seed)) }
    #expect(judged[0] == [0, 1, 2, 3] && judged[1] == judged[0])
    let all = log.seeds.withLock { $0 }
    // Each method is run for a moment first, on seed 0. Trials and the sweep come next, then seeds, each with all methods.
    let (warmUps, runs) = (2, 2 * (4 * 3 + 4))
    let tuning = all[warmUps..<(warmUps + runs)]
    #expect(Set(tuning).isDisjoint(with: judged[0]) && Set(tuning).count == 4)
    #expect(Array(all[(warmUps + runs)...]) == [0, 0, 1, 1, 2, 2, 3, 3], "seeds are the outer loop")
  }

  /// An entry without its times; as text, since what is not a number equals nothing.
  private struct Timeless: Equatable {
    var entry: Tournament.Entry

    init(_ entry: Tournament.Entry) {
      self.entry = entry
      for draw in entry.draws.indices {
        for run in entry.draws[draw].runs.indices {
          var record = entry.draws[draw].runs[run]
          (record.seconds, record.cpuSeconds, record.secondsToTarget) = (0, nil, nil)
          for point in record.points.indices { record.points[point].seconds = 0 }
          self.entry.draws[draw].runs[run] = record
        }
      }
    }

    static func == (a: Self, b: Self) -> Bool { "\(a.entry)" == "\(b.entry)" }
  }

  /// What a method does depends on the method, the task, the draw and the trial: on nothing else that takes part, and on no
  /// order.
  @Test func `a method's runs do not depend on what it is compared with`() throws {
    func entries(_ methods: [String], _ tasks: [String]) throws -> [String: Timeless] {
      let tournament = try runner(
        methods, tasks: tasks.map { ToyTask.task($0, target: 0.1, spread: 0.4) }
      ).run(commandLine: "")
      var entries: [String: Timeless] = [:]
      for task in tournament.tasks {
        for (contestant, entry) in zip(tournament.contestants, task.entries) {
          entries["\(contestant.method) on \(task.name)"] = Timeless(entry)
        }
      }
      return entries
    }
    let first = try entries(["sgd", "adam", "lion"], ["one", "two"])
    #expect(try entries(["lion", "sgd", "adam"], ["two", "one"]) == first)
    let sgd = try #require(first["sgd on one"])
    #expect(try entries(["momentum", "sgd"], ["two", "one"])["sgd on one"] == sgd)
    // Each search has points of its own.
    let rates = first.values.flatMap { $0.entry.draws.flatMap { $0.trials.dropFirst().map(\.learningRate) } }
    #expect(rates.count == 6 * 3 * 2 && Set(rates).count == rates.count)
  }

  @Test func `a method named twice is compared with itself`() throws {
    let tournament = try runner(["sgd", "sgd"], tasks: [ToyTask.task(target: 0.1, spread: 0.2)], seeds: 6)
      .run(commandLine: "")
    #expect(tournament.contestants.map(\.method) == ["sgd", "sgd-2"] && tournament.contestants[1].title == "SGD (2)")
    let entries = tournament.tasks[0].entries
    #expect(entries[0].trials.map(\.learningRate) != entries[1].trials.map(\.learningRate))
    #expect(entries[0].runs.map(\.seed) == entries[1].runs.map(\.seed))
  }

  @Test func `a repetition draws everything anew`() throws {
    func run(_ seed: UInt64) throws -> Tournament.Entry {
      var runner = try runner(["sgd"], tasks: [ToyTask.task(target: 0.1, spread: 0.2)])
      runner.plan.seed = seed
      return try runner.run(commandLine: "").tasks[0].entries[0]
    }
    let (first, second) = (try run(0), try run(1))
    #expect(Set(first.runs.map(\.seed)).isDisjoint(with: second.runs.map(\.seed)))
    #expect(zip(first.draws, second.draws).allSatisfy { $0.trials[1].values != $1.trials[1].values })
    #expect(first.trials[0].values == second.trials[0].values, "the defaults are always tried")
  }

  @Test func `a target that nobody reaches is missed by all, and nothing is dropped`() throws {
    let tournament = try runner(["sgd", "adam"], tasks: [ToyTask.task(target: -1)]).run(commandLine: "")
    let summary = TournamentSummary(tournament)
    for standing in summary.standings {
      #expect(standing.misses == standing.runs && standing.runs == 4 && standing.score == 0 && standing.solved == 0)
    }
    #expect(summary.tasks[0].allSatisfy { $0.reached == 0 && $0.cost == .infinity && $0.runs == 4 })
    let text = TournamentTable(tournament).text()
    #expect(text.contains("missed") && text.contains("0/4"))
    let json = try #require(
      try JSONSerialization.jsonObject(with: Data(TournamentJSON(tournament).text().utf8)) as? [String: Any])
    let task = try #require((json["tasks"] as? [[String: Any]])?.first)
    let methods = try #require(task["methods"] as? [[String: Any]])
    #expect(methods.allSatisfy { $0["missed"] as? Int == 4 && $0["cost"] is NSNull })
    #expect(TournamentReport(tournament).html().contains("0 of 4"))
  }

  @Test func `an interrupted comparison keeps what was judged`() throws {
    let count = Mutex(0)
    var runner = try runner(
      ["sgd", "adam"], tasks: [ToyTask.task("one", target: 0.1), ToyTask.task("two", target: 0.1)], trials: 1, seeds: 3)
    // A run asks before each of its forty parts. Three draws of a trial, the sweep, three seeds.
    let perTask = 2 * (3 + 4 + 3) * 40
    runner.isCancelled = {
      count.withLock {
        $0 += 1
        return $0 > perTask + perTask / 2
      }
    }
    let tournament = try runner.run(commandLine: "")
    #expect(tournament.isInterrupted && tournament.tasks.map(\.name) == ["one", "two"])
    #expect(tournament.tasks[0].entries.allSatisfy { $0.runs.count == 3 })
    #expect(tournament.tasks[1].entries.contains { $0.runs.count < 3 })
    let summary = TournamentSummary(tournament)
    #expect(summary.scoredTasks.contains(0))
    #expect(summary.headline(tournament).contains("partial"))
    #expect(!TournamentTable(tournament).text().isEmpty && !TournamentReport(tournament).html().isEmpty)
  }

  @Test func `without a target a reference run sets one`() throws {
    let tournament = try runner(["sgd"], tasks: [ToyTask.task(target: nil, spread: 0.2)], trials: 1, seeds: 2)
      .run(commandLine: "")
    let task = try #require(tournament.tasks.first)
    #expect(task.target > 0 && task.target < 1.2 && task.targetOrigin.contains("AdamW"))
  }

  @Test func `the trial that reaches the target most often wins, then the fastest, then the best`() {
    func trial(_ rate: Double, _ metrics: [Double], _ evaluations: [Double]) -> Tournament.Trial {
      .init(values: [.init("learningRate", rate)], metrics: metrics, evaluations: evaluations)
    }
    func best(_ trials: [Tournament.Trial]) -> Double? {
      TaskWork.best(trials, metric: ToyTask.metric)?.learningRate
    }
    let once = trial(1, [0.01, 0.01], [5, .infinity])
    let twice = trial(2, [0.2, 0.2], [50, 60])
    let faster = trial(3, [0.3, 0.3], [50, 40])
    #expect(best([once, twice]) == 2 && best([once, twice, faster]) == 3)
    let missed = [trial(4, [0.5, 0.7], [.infinity, .infinity]), trial(5, [0.5, 0.5], [.infinity, .infinity])]
    #expect(best(missed) == 5)
    #expect(best([trial(6, [.nan, 0.1], [.infinity, .infinity])] + missed) == 5, "one that diverged comes last")
    #expect(best([]) == nil)
  }
}
