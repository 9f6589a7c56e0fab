/// How a tournament was run, in sentences: what a reader must know to trust it.
struct TournamentProtocol {
  let tournament: Tournament

  init(_ tournament: Tournament) { self.tournament = tournament }

  var statements: [String] {
    let plan = tournament.plan
    let pairs = tournament.contestants.count { !$0.isRepeat }
    var statements: [String] = []
    if plan.trials > 0 {
      statements.append(
        "Tuning: \(plan.trials) trials for each method on each task, \(plan.tuningSeeds) runs each. The first trial is "
          + "the method's defaults, the others are points of a scrambled Halton sequence in the logarithms of its "
          + "hyper-parameters. Chosen is the trial that reached the target most often, then in the fewest gradient "
          + "evaluations, then with the best metric, on validation data and seeds that no judged run uses.")
    } else {
      statements.append("Tuning: none; every method ran with its defaults.")
    }
    statements += [
      "Judging: \(plan.seeds) seeds for each method on each task, the same ones for all; a seed decides the split of the "
        + "data, the starting values and the order of batches. Seeds are the outer loop, and methods run in an order "
        + "drawn anew for each.",
      "Budget: gradients of one batch, the same number for every run. A step that evaluates twice costs two, a step over "
        + "all examples as many as there are batches. The metric is measured \(ProblemRun.pointCount) times, closer "
        + "together at the start; that is how finely the way to the target is known. Times leave out measuring, tracing and compiling.",
      "The entry \"(again)\" is the first method with everything random drawn anew: points of the search, tuning seeds, "
        + "judged seeds. What differs between it and the first is noise. It is not ranked and sets no record.",
      "Score: AlgoPerf's, the mean over tasks of max(0, 4 − r)/3, where r is the median cost to the target over the least "
        + "of any method; a run that missed the target has infinite cost.",
      "Intervals: 95 %, percentiles of 2,000 resamples of the seeds, widened for few seeds (Hesterberg 2015).",
      "Claims: a difference is claimed when its interval excludes 0, Fisher's randomization test (the two methods "
        + "exchanged run by run) gives p < 0.05 after Holm's correction for all \(pairs * (pairs - 1) / 2) pairs, and "
        + "it is greater than that of the entry \"(again)\". The intervals are about other seeds of these tasks, not "
        + "about other tasks.",
    ]
    let needed = TournamentSummary(tournament).seedsForTaskClaims
    if plan.seeds < needed {
      statements.append(
        "With \(ComparisonHeadline.seeds(plan.seeds)) the test cannot claim a difference on a single task; \(needed) "
          + "seeds can. Over all tasks together it can.")
    }
    return statements
  }
}
