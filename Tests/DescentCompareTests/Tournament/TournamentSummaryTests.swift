import DescentTrain
import Foundation
import Testing

@testable import DescentCompare

@Suite struct TournamentSummaryTests {
  /// A tournament with given costs to the target and final metrics, `[task][contestant][seed]`; the last contestant repeats
  /// the first.
  static func tournament(costs: [[[Int?]]], metrics: [[[Double]]]? = nil) -> Tournament {
    let count = costs[0].count
    var plan = Tournament.Settings()
    plan.seeds = costs[0][0].count
    let names = ["a", "b", "c", "d"]
    return Tournament(
      plan: plan,
      contestants: (0..<count).map { i in
        let isRepeat = i == count - 1
        let name = isRepeat ? names[0] : names[i]
        return .init(
          method: name, title: name.uppercased() + (isRepeat ? " (again)" : ""), isRepeat: isRepeat,
          space: "learningRate 1 … 2")
      },
      tasks: costs.enumerated().map { task, costs in
        Tournament.TaskResult(
          name: "task\(task)", title: "Task \(task) <&>", summary: "One & two.", metric: ToyTask.metric, target: 0.5,
          targetOrigin: "by hand", budget: 1000,
          entries: costs.enumerated().map { contestant, costs in
            let values = [Comparison.NamedNumber("learningRate", 0.1)]
            return Tournament.Entry(
              trials: [.init(values: values, metrics: [0.3, 0.4], evaluations: [10, 20])], chosen: values,
              runs: costs.enumerated().map { seed, cost in
                let metric = metrics?[task][contestant][seed] ?? 0.1
                var run = RunRecord(
                  seed: UInt64(seed),
                  points: [
                    .init(epoch: 0, step: 0, seconds: 0, trainLoss: .nan, testLoss: .nan, metric: 1),
                    .init(epoch: 1, step: 1000, seconds: 1, trainLoss: 0.1, testLoss: .nan, metric: metric),
                  ], stepsToTarget: cost, secondsToTarget: cost.map { Double($0) / 1000 }, finalLoss: 0.1, seconds: 1,
                  steps: 1000)
                run.evaluationsToTarget = cost
                run.gradientEvaluations = 1000
                run.cpuSeconds = 0.5
                return run
              })
          })
      },
      commandLine: "descent compare --tasks 'a<b'", date: Date(timeIntervalSince1970: 1_780_000_000),
      machine: "a machine", versions: [.init("Descent", "0.1.0")])
  }

  /// Costs around a value, different for each seed.
  private func around(_ value: Int, _ count: Int, shift: Int = 0) -> [Int?] {
    (0..<count).map { value + ($0 * 7 + shift) % 5 - 2 }
  }

  @Test func `scores and ranks by hand`() {
    // Medians: A 100 and 200, B 200 and 200, C missed and 100.
    let summary = TournamentSummary(
      Self.tournament(costs: [
        [[100, 100, 100], [200, 200, 900], [nil, nil, 50], [100, 100, 100]],
        [[200, 200, 200], [200, 200, nil], [100, 100, 100], [200, 200, 200]],
      ]))
    #expect(summary.standings.map(\.index) == [0, 1, 2, 3])
    #expect(summary.standings.map(\.rank) == [1, 2, 3, nil])
    let expected: [Double] = [5.0 / 6, 4.0 / 6, 3.0 / 6, 5.0 / 6]
    let scores = summary.standings.map(\.score)
    #expect(zip(scores, expected).allSatisfy { abs($0 - $1) < 1e-12 }, "\(scores)")
    #expect(summary.standings.map(\.misses) == [0, 1, 2, 0] && summary.standings.map(\.solved) == [2, 2, 1, 2])
    #expect(summary.floor == 0)
  }

  @Test func `a clear lead over several tasks is claimed, an unclear one is not`() {
    let seeds = 6
    let costs = (0..<4).map { task in
      [
        around(100, seeds, shift: task), around(300, seeds, shift: task), around(100, seeds, shift: task + 2),
        around(100, seeds, shift: task + 1),
      ]
    }
    let tournament = Self.tournament(costs: costs)
    let summary = TournamentSummary(tournament)
    let byIndex = Dictionary(uniqueKeysWithValues: summary.standings.map { ($0.index, $0) })
    guard case .differenceShown(let difference)? = byIndex[1]?.verdict else {
      Issue.record("three times the cost on four tasks is not claimed: \(String(describing: byIndex[1]?.verdict))")
      return
    }
    #expect(difference.interval.upperBound < 0)
    let others = [0, 2].compactMap { byIndex[$0]?.verdict }
    #expect(!others.contains { if case .differenceShown = $0 { true } else { false } }, "\(others)")
    let headline = summary.headline(tournament)
    #expect(headline.contains("lead over B is supported") && headline.contains("is not supported."))
  }

  /// Found with costs in seconds: measured by the cheapest run, all others scored 0, and nothing could be claimed.
  @Test func `one run by luck much cheaper than the others does not hide a lead`() {
    let usual: [Int?] = [20] + [Int?](repeating: 100, count: 9)
    let costs = [usual, [Int?](repeating: nil, count: 10), usual, usual]
    let summary = TournamentSummary(Self.tournament(costs: [costs]))
    let shown = summary.standings.filter { if case .differenceShown = $0.verdict { true } else { false } }
    #expect(shown.map(\.index) == [1])
  }

  @Test func `what seeds cannot show on one task is not claimed`() {
    func verdict(seeds: Int) -> ComparisonSummary.Verdict? {
      let means: [Double] = [0.1, 0.5, 0.1002, 0.1003]
      let metrics = means.map { mean -> [Double] in (0..<seeds).map { mean + 0.001 * Double($0) } }
      let costs = (0..<4).map { _ in [Int?](repeating: 100, count: seeds) }
      let summary = TournamentSummary(Self.tournament(costs: [costs], metrics: [metrics]))
      #expect(summary.seedsForTaskClaims == 7)
      return summary.tasks[0].first { $0.index == 1 }?.verdict
    }
    // Three pairs: 2/2⁶·3 is above 5 %, 2/2⁷·3 below.
    guard case .noDifferenceShown? = verdict(seeds: 6), case .differenceShown? = verdict(seeds: 7) else {
      Issue.record("\(String(describing: verdict(seeds: 6))), \(String(describing: verdict(seeds: 7)))")
      return
    }
  }

  /// The repetition costs half as much again, so what differs by a tenth or a fifth is noise; what costs double is not.
  @Test func `a difference below that of the repetition is not claimed`() {
    let seeds = 10
    let costs = (0..<4).map { _ in [100, 110, 200, 150].map { [Int?](repeating: $0, count: seeds) } }
    let summary = TournamentSummary(Self.tournament(costs: costs))
    let shown = summary.standings.filter { if case .differenceShown = $0.verdict { true } else { false } }
    #expect(shown.map(\.index) == [2])
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
    let costs = [[[100, 110, 120], [nil, 300, 310], [200, 210, 220], [101, 109, 122]]] as [[[Int?]]]
    let html = TournamentReport(Self.tournament(costs: costs)).html()
    for part in [
      "Ranking by score", "Performance profile", "Task 0 &lt;&amp;&gt;", "Protocol", "Search spaces", "Run it again",
      "A (again)", "2 of 3", "a&lt;b", "learning rate (log scale)", "by hand",
    ] {
      #expect(html.contains(part), "\(part) is missing")
    }
    #expect(!html.contains("Task 0 <&>") && !html.contains("http://") && !html.contains("https://"))
    #expect(html.components(separatedBy: "<svg").count == html.components(separatedBy: "</svg>").count)
  }
}
