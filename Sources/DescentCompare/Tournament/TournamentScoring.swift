/// Scores of a tournament, block by block.
///
/// A draw of the tuning on a task is a contest of its own: each method was tuned once and judged on the same seeds. Its cost
/// is the median over those seeds, and its score compares that with the least in the draw.
struct TournamentScoring {
  let tournament: Tournament
  /// By position in `Tournament.tasks`, in the order of the names: nothing may depend on the order of the tasks.
  private let tasks: [Int]
  /// `[task][draw][contestant]`.
  private let costs: [[[Double]]]
  private let scores: [[[Double]]]

  init(_ tournament: Tournament, tasks: [Int]) {
    self.tournament = tournament
    self.tasks = tasks.sorted { tournament.tasks[$0].name < tournament.tasks[$1].name }
    let cost = tournament.plan.cost
    costs = self.tasks.map { task in
      let entries = tournament.tasks[task].entries
      return (0..<tournament.draws).map { draw in
        // On the seeds that all have run.
        let shared = entries.map { $0.draws[draw].runs.count }.min() ?? 0
        return entries.map { Self.median($0.draws[draw].runs.prefix(shared).map(cost.toTarget)) }
      }
    }
    scores = costs.map { draws in
      draws.map { costs in costs.map { PerformanceProfile.score($0, best: costs.min() ?? .infinity) } }
    }
  }

  static func median(_ values: [Double]) -> Double { SampleSummary.median(values) ?? .infinity }

  /// Of all draws on all tasks.
  var profile: PerformanceProfile {
    let contests = costs.flatMap { $0 }
    return PerformanceProfile(costs: tournament.contestants.indices.map { i in contests.map { $0[i] } })
  }

  /// Whether the tasks are enough to be exchanged as a whole. Else the draws on them are, and nothing is said of others.
  var exchangesTasks: Bool { scores.count >= ExchangeTest.leastBlocks }

  /// `[block][contestant]`.
  var blocks: [[Double]] { exchangesTasks ? scores.map(Self.means) : scores.flatMap { $0 } }

  /// How far each method's score comes out from its own when the even draws are held against the odd ones.
  var selfDifferences: [Double]? {
    guard tournament.draws > 1, !scores.isEmpty else { return nil }
    let differences = scores.map { Self.halvesDifference($0) }
    return Self.means(differences).map(abs)
  }

  /// The mean of the even rows without that of the odd ones.
  static func halvesDifference(_ rows: [[Double]]) -> [Double] {
    let halves = [0, 1].map { half in means(rows.indices.filter { $0 % 2 == half }.map { rows[$0] }) }
    return zip(halves[0], halves[1]).map { $0 - $1 }
  }

  private static func means(_ rows: [[Double]]) -> [Double] {
    (rows.first ?? []).indices.map { i in rows.reduce(0) { $0 + $1[i] } / Double(rows.count) }
  }

  func standings(_ leads: Leads) -> [TournamentSummary.Standing] {
    let selfDifferences = selfDifferences
    return leads.order.map { i in
      let runs = tasks.flatMap { tournament.tasks[$0].entries[i].runs }
      return TournamentSummary.Standing(
        index: i, title: tournament.contestants[i].title,
        rank: 1 + leads.means.count { $0 > leads.means[i] }, score: leads.means[i], interval: leads.intervals[i],
        selfDifference: selfDifferences?[i],
        solved: tasks.count { task in
          Self.median(tournament.tasks[task].entries[i].runs.map(tournament.plan.cost.toTarget)).isFinite
        },
        runs: runs.count, misses: runs.count { $0.evaluationsToTarget == nil },
        seconds: runs.reduce(0) { $0 + $1.seconds }, cpuSeconds: runs.reduce(0) { $0 + ($1.cpuSeconds ?? 0) },
        evaluations: runs.reduce(0) { $0 + ($1.gradientEvaluations ?? 0) }, verdict: leads.verdicts[i])
    }
  }
}
