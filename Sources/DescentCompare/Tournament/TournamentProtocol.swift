/// How a tournament was run, in sentences: what a reader must know to trust it.
struct TournamentProtocol {
  let tournament: Tournament

  init(_ tournament: Tournament) { self.tournament = tournament }

  var statements: [String] {
    [tuning, draws, judging, budget, score, intervals, claims, about] + limits
  }

  private var plan: Tournament.Settings { tournament.plan }
  private var summary: TournamentSummary { TournamentSummary(tournament) }

  private var tuning: String {
    guard plan.trials > 0 else { return "Tuning: none; every method ran with its defaults." }
    return
      "Tuning: \(plan.trials) trials, \(plan.tuningSeeds == 1 ? "a run" : "\(plan.tuningSeeds) runs") each. The first "
      + "trial is the method's defaults, the others are points of a scrambled Halton sequence in the logarithms of its "
      + "hyper-parameters. Chosen is the trial that reached the target most often, then in the fewest gradient "
      + "evaluations, then with the best metric, on validation data and seeds that no judged run uses."
  }

  private var draws: String {
    let count = tournament.draws
    guard plan.trials > 0 else {
      return
        "Draws: the seeds are judged in \(count) part\(count == 1 ? "" : "s"), as tuning would be drawn \(count) times."
    }
    return
      "Draws: each method was tuned \(count) time\(count == 1 ? "" : "s") on each task, with other points of the search, "
      + "other tuning seeds and other judged seeds. The points depend on the method, the task and the draw only, so that a "
      + "method has the same ones whatever it is compared with; seeds are the same for all methods of a draw."
  }

  private var judging: String {
    "Judging: \(plan.seeds) seeds for each method on each task, spread over the draws, the same ones for all methods; a seed "
      + "decides the split of the data, the starting values and the order of batches. Seeds are the outer loop, and "
      + "methods run in an order drawn anew for each."
  }

  private var budget: String {
    "Budget: gradients of one batch, the same number for every run. A step that evaluates twice costs two, a step over "
      + "all examples as many as there are batches. The metric is measured \(ProblemRun.pointCount) times, closer "
      + "together at the start; that is how finely the way to the target is known. Times leave out measuring, tracing and "
      + "compiling."
  }

  private var score: String {
    "Score: AlgoPerf's, the mean over tasks and draws of max(0, 4 − r)/3, where r is the median cost to the target over the "
      + "least of any method in the same draw; a run that missed the target has infinite cost."
  }

  /// What is resampled and exchanged.
  private var block: String {
    summary.exchangesTasks ? "whole tasks, with every draw and seed on them" : "draws of the tuning, with their seeds"
  }

  private var intervals: String {
    "Intervals: 95 %, from the means of all subsets of what is independent (Hartigan 1969): \(block)."
  }

  private var claims: String {
    "Claims: the best method's lead over another is claimed when its interval excludes 0; when Fisher's randomization test "
      + "gives p < \(Leads.level), which exchanges the methods within \(summary.exchangesTasks ? "whole tasks" : "draws"), these two "
      + "alone and all methods down to the other (step-down, corrected after Ryan and Welsch for \(tournament.contestants.count) "
      + "methods); and when it is greater than the largest difference of a method with itself, its even draws against its "
      + "odd ones."
  }

  private var about: String {
    let tasks = summary.scoredTasks.count
    let drawn = plan.trials > 0 ? "other seeds and other draws of the tuning" : "other seeds, with the defaults"
    return summary.exchangesTasks
      ? "About: \(drawn), and, as far as \(tasks) tasks can say, other tasks of this kind."
      : "About: \(drawn), on \(tasks == 1 ? "this task" : "these \(tasks) tasks"). Nothing is said about other tasks."
  }

  private var limits: [String] {
    let (summary, methods) = (summary, tournament.contestants.count)
    var limits = summary.withheld.map { ["Withheld: no lead is claimed; \($0)."] } ?? []
    let second = StepDown.leastBlocks(methods: methods, level: Leads.level)
    if methods > 2, summary.withheld == nil, summary.blocks < second {
      limits.append(
        "Limits: of \(methods) methods, \(summary.blocks) \(summary.exchangesTasks ? "tasks" : "draws") can show a lead over the "
          + "last ones, not over the second; \(second) can.")
    }
    if tournament.tasks.count > 1, tournament.draws < ExchangeTest.leastBlocks {
      limits.append(
        "Single tasks: \(tournament.draws) draws cannot show a difference of final metrics on a single task; "
          + "\(ExchangeTest.leastBlocks) can (--draws \(ExchangeTest.leastBlocks)).")
    }
    return limits
  }
}
