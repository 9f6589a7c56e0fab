import DescentData
import DescentTrain
import Foundation
import Testing

@testable import DescentCompare

@Suite struct TournamentSummaryTests {
  /// A tournament with given costs to the target and final metrics, `[task][contestant][seed]`, in two draws: the even seeds
  /// and the odd ones.
  static func tournament(
    costs: [[[Int?]]], metrics: [[[Double]]]? = nil, draws: Int = 2, trials: Int = 8
  ) -> Tournament {
    var plan = Tournament.Settings()
    (plan.seeds, plan.trials) = (costs[0][0].count, trials)
    func run(_ task: Int, _ contestant: Int, _ seed: Int) -> RunRecord {
      let (cost, metric) = (costs[task][contestant][seed], metrics?[task][contestant][seed] ?? 0.1)
      var run = RunRecord(
        seed: UInt64(seed),
        points: [
          .init(epoch: 0, step: 0, seconds: 0, trainLoss: .nan, testLoss: .nan, metric: 1),
          .init(epoch: 1, step: 1000, seconds: 1, trainLoss: 0.1, testLoss: .nan, metric: metric),
        ], stepsToTarget: cost, secondsToTarget: cost.map { Double($0) / 1000 }, finalLoss: 0.1, seconds: 1, steps: 1000
      )
      run.evaluationsToTarget = cost
      run.gradientEvaluations = 1000
      run.cpuSeconds = 0.5
      return run
    }
    let values = [Comparison.NamedNumber("learningRate", 0.1)]
    return Tournament(
      plan: plan,
      contestants: ["a", "b", "c", "d"].prefix(costs[0].count).map {
        .init(method: $0, title: $0.uppercased(), space: "learningRate 1 … 2")
      }, draws: draws,
      tasks: costs.indices.map { task in
        Tournament.TaskResult(
          name: "task\(task)", title: "Task \(task) <&>", summary: "One & two.", metric: ToyTask.metric, target: 0.5,
          targetOrigin: "by hand", budget: 1000,
          entries: costs[task].indices.map { contestant in
            Tournament.Entry(
              draws: (0..<draws).map { draw in
                Tournament.Draw(
                  trials: [.init(values: values, metrics: [0.3], evaluations: [10])], chosen: values,
                  runs: stride(from: draw, to: costs[task][contestant].count, by: draws).map {
                    run(task, contestant, $0)
                  })
              })
          })
      },
      commandLine: "descent compare --tasks 'a<b'", date: Date(timeIntervalSince1970: 1_780_000_000),
      machine: "a machine", versions: [.init("Descent", "0.1.0")])
  }

  private func shown(_ summary: TournamentSummary) -> Set<Int> {
    Set(summary.standings.filter { if case .differenceShown = $0.verdict { true } else { false } }.map(\.index))
  }

  /// The medians of the even and of the odd seeds. A: 100 and 100; 200 and 100. B: 200 and 250; 400 and 100. C: missed
  /// and 100; 100 and 400.
  @Test func `scores and ranks by hand`() {
    let summary = TournamentSummary(
      Self.tournament(costs: [
        [[100, 100, 100, 100], [200, 250, 200, 250], [nil, 100, 50, 100]],
        [[200, 100, 200, 100], [400, 100, 400, 100], [100, 400, 100, 400]],
      ]))
    // A: 1, 1, 2/3, 1. B: 2/3, 1/2, 0, 1. C: 0, 1, 1, 0.
    let (scores, expected): ([Double], [Double]) = (summary.standings.map(\.score), [11.0 / 12, 13.0 / 24, 0.5])
    #expect(summary.standings.map(\.index) == [0, 1, 2] && summary.standings.map(\.rank) == [1, 2, 3])
    #expect(zip(scores, expected).allSatisfy { abs($0 - $1) < 1e-12 }, "\(scores)")
    // A median of an infinite and a finite run is infinite.
    #expect(summary.standings.map(\.misses) == [0, 0, 1] && summary.standings.map(\.solved) == [2, 2, 2])
    // The even draws without the odd ones: A −1/3 over two tasks; B 1/6 and −1; C −1 and 1.
    let own: [Double] = summary.standings.map { $0.selfDifference ?? .nan }
    let expectedOwn: [Double] = [1.0 / 6, 5.0 / 12, 0]
    #expect(zip(own, expectedOwn).allSatisfy { abs($0 - $1) < 1e-12 }, "\(own)")
    #expect(summary.floor == summary.standings[1].selfDifference)
  }

  @Test func `six tasks in a row are a claim about such tasks, an unclear lead is none`() {
    let costs = (0..<6).map { task -> [[Int?]] in [100, 300, 101 + task % 3 - 1].map { .init(repeating: $0, count: 4) }
    }
    let tournament = Self.tournament(costs: costs)
    let summary = TournamentSummary(tournament)
    #expect(shown(summary) == [1] && summary.exchangesTasks && summary.blocks == 6)
    let headline = summary.headline(tournament)
    #expect(
      headline.contains("lead over B is supported, on tasks of this kind.")
        && headline.contains("lead over C is not supported"), "\(headline)")
    #expect(
      TournamentProtocol(tournament).statements.contains { $0.contains("as far as 6 tasks can say, other tasks") })
  }

  /// One stroke of luck in the tuning hits all seeds of a draw: it must count once.
  @Test func `many seeds do not make up for few tasks and draws`() {
    func tournament(tasks: Int, draws: Int) -> Tournament {
      let costs = (0..<tasks).map { _ -> [[Int?]] in [100, 300].map { .init(repeating: $0, count: 60) } }
      return Self.tournament(costs: costs, draws: draws)
    }
    for (tasks, draws, isEnough) in [
      (1, 5, false), (1, 6, true), (2, 2, false), (2, 3, true), (3, 2, true), (6, 2, true),
    ] {
      let tournament = tournament(tasks: tasks, draws: draws)
      let summary = TournamentSummary(tournament)
      #expect((shown(summary) == [1]) == isEnough && (summary.withheld == nil) == isEnough, "\(tasks), \(draws)")
      let headline = summary.headline(tournament)
      #expect(headline.contains("is supported") == isEnough)
      #expect(headline.contains("No lead is claimed: \(tasks) task") != isEnough, "\(headline)")
      #expect(summary.exchangesTasks == (tasks == 6))
    }
  }

  @Test func `few trials claim nothing, defaults may`() {
    let costs = (0..<6).map { _ -> [[Int?]] in [100, 300].map { .init(repeating: $0, count: 4) } }
    for (trials, isEnough) in [(1, false), (7, false), (8, true), (0, true)] {
      let tournament = Self.tournament(costs: costs, trials: trials)
      let summary = TournamentSummary(tournament)
      #expect(shown(summary).isEmpty != isEnough)
      #expect(summary.headline(tournament).contains("a claim takes 8 (--tune 8)") != isEnough)
    }
    let single = TournamentSummary(Self.tournament(costs: costs, draws: 1))
    #expect(shown(single).isEmpty && single.withheld?.contains("--draws 2") == true && single.floor == nil)
  }

  @Test func `final metrics of one task are judged by draws`() {
    func verdict(draws: Int) -> ComparisonSummary.Verdict? {
      let means: [Double] = [0.1, 0.5, 0.1002]
      let metrics = means.map { mean in (0..<12).map { mean + 0.0001 * Double($0 % 5) } }
      let costs = means.map { _ in [Int?](repeating: 100, count: 12) }
      let summary = TournamentSummary(Self.tournament(costs: [costs], metrics: [metrics], draws: draws))
      return summary.tasks[0].first { $0.index == 1 }?.verdict
    }
    guard case .nothingCanBeClaimed? = verdict(draws: 4), case .differenceShown? = verdict(draws: 6) else {
      Issue.record("\(String(describing: verdict(draws: 4))), \(String(describing: verdict(draws: 6)))")
      return
    }
  }

  /// C's odd draws cost double on every task, which moves its score by a third; B is behind by less, D by more.
  @Test func `a difference below that of a method with itself is not claimed`() {
    let costs = (0..<6).map { _ -> [[Int?]] in
      [[100, 100, 100, 100], [170, 170, 170, 170], [100, 200, 100, 200], [350, 350, 350, 350]]
    }
    let summary = TournamentSummary(Self.tournament(costs: costs))
    #expect(abs((summary.floor ?? 0) - 1.0 / 3) < 1e-12)
    #expect(shown(summary) == [3])
  }

  /// What is said must not depend on the order in which methods and tasks were named.
  @Test func `the order of methods and tasks changes nothing`() {
    var random = SeededGenerator(seed: 5)
    let costs = (0..<7).map { _ -> [[Int?]] in
      (0..<4).map { method in (0..<4).map { _ in 60 + 60 * method + Int(random.next(below: 90)) } }
    }
    let tournament = Self.tournament(costs: costs)
    func facts(_ summary: TournamentSummary) -> [String] {
      summary.standings.map {
        "\($0.title) \($0.rank) \($0.score) \(String(describing: $0.interval)) \(String(describing: $0.selfDifference)) "
          + "\($0.verdict)"
      }
    }
    let first = facts(TournamentSummary(tournament))
    #expect(first.contains { $0.contains("differenceShown") })
    for _ in 0..<4 {
      var (methods, tasks) = (Array(0..<4), Array(0..<7))
      random.shuffle(&methods)
      random.shuffle(&tasks)
      let other = Tournament(
        plan: tournament.plan, contestants: methods.map { tournament.contestants[$0] }, draws: tournament.draws,
        tasks: tasks.map { task in
          var result = tournament.tasks[task]
          result.entries = methods.map { result.entries[$0] }
          return result
        }, commandLine: "", date: tournament.date, machine: "", versions: [])
      #expect(facts(TournamentSummary(other)) == first)
    }
  }

  @Test func `cost can be counted in steps and time`() {
    var run = RunRecord(
      seed: 0, points: [], stepsToTarget: 5, secondsToTarget: 0.25, finalLoss: 0, seconds: 1, steps: 9)
    run.evaluationsToTarget = 10
    #expect(Tournament.Cost.allCases.map { $0.toTarget(run) } == [10, 5, 0.25])
    run.secondsToTarget = nil
    #expect(Tournament.Cost.time.toTarget(run) == .infinity)
  }

  @Test func `the report is one page that loads nothing and escapes what it is given`() {
    let costs = [[[100, 110, 120], [nil, 300, 310], [200, 210, 220]]] as [[[Int?]]]
    let html = TournamentReport(Self.tournament(costs: costs)).html()
    for part in [
      "Ranking by score", "Performance profile", "Task 0 &lt;&amp;&gt;", "Protocol", "Search spaces", "Run it again",
      "with itself", "2 of 3", "a&lt;b", "learning rate (log scale)", "by hand",
    ] {
      #expect(html.contains(part), "\(part) is missing")
    }
    #expect(!html.contains("Task 0 <&>") && !html.contains("http://") && !html.contains("https://"))
    #expect(html.components(separatedBy: "<svg").count == html.components(separatedBy: "</svg>").count)
  }
}
