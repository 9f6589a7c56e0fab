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
    let tournament = try runner(["sgd", "adam", "gd"], tasks: [ToyTask.task(target: 0.1, spread: 0.2)])
      .run(commandLine: "")
    let task = try #require(tournament.tasks.first)
    #expect(tournament.contestants.map(\.method) == ["sgd", "adam", "gd", "sgd"])
    #expect(tournament.contestants.map(\.isRepeat) == [false, false, false, true])
    for entry in task.entries {
      #expect(entry.trials.count == 3 && entry.runs.count == 4)
      #expect(entry.sweep.count == Tournament.Settings.sweepFactors.count)
      #expect(entry.trials.allSatisfy { $0.metrics.count == 2 && $0.evaluations.count == 2 })
      #expect(entry.runs.allSatisfy { $0.gradientEvaluations == 60 })
      #expect(entry.trials.contains { $0.values == entry.chosen })
    }
    #expect(task.entries[..<3].allSatisfy { $0.runs.map(\.seed) == [0, 1, 2, 3] })
  }

  @Test func `tuning and the repetition use seeds of their own`() throws {
    let log = ToyTask.Log()
    let tournament = try runner(["sgd", "adam"], tasks: [ToyTask.task(target: 0.1, spread: 0.2, log: log)])
      .run(commandLine: "")
    let judged = tournament.tasks[0].entries.map { Set($0.runs.map(\.seed)) }
    #expect(judged[0] == judged[1] && judged[2].isDisjoint(with: judged[0]))
    let all = log.seeds.withLock { $0 }
    // Each method is run for a moment first, on seed 0. Trials and the sweep come next, then seeds, each with all methods.
    let (warmUps, runs) = (3, 3 * (3 * 2 + 4))
    let tuning = all[warmUps..<(warmUps + runs)]
    #expect(Set(tuning).isDisjoint(with: judged[0]) && Set(tuning).isDisjoint(with: judged[2]))
    let judging = all[(warmUps + runs)...]
    #expect(judging.count == 12)
    for seed in 0..<4 {
      let block = judging.dropFirst(3 * seed).prefix(3).sorted()
      #expect(block == [UInt64(seed), UInt64(seed), 2_000_000 + UInt64(seed)], "seeds are the outer loop")
    }
  }

  /// Without tuning only the seeds differ, which is what intervals are about; the luck of a short search may be greater, and
  /// still nothing is claimed about two equal methods.
  @Test(arguments: [0, 3]) func `the same method twice`(trials: Int) throws {
    let tournament = try runner(
      ["sgd", "momentum"], tasks: [ToyTask.task(target: 0.05, budget: 200, spread: 0.5)], trials: trials, seeds: 8
    ).run(commandLine: "")
    let summary = TournamentSummary(tournament)
    let again = try #require(summary.standings.last)
    #expect(again.rank == nil && again.index == 2)
    guard case .noDifferenceShown(let difference) = again.verdict else {
      Issue.record("\(again.verdict) is a claim about equal methods")
      return
    }
    if trials == 0 { #expect(difference.interval.contains(0)) }
    #expect(try #require(summary.floor) == abs(difference.mean))
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
    // A run asks before each of its forty parts.
    let perTask = 3 * (1 * 2 + 4 + 3) * 40
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
