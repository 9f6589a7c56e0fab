/// How often each method is how near to the best one (Dolan & Moré 2002, "Benchmarking optimization software with
/// performance profiles").
///
/// The ratio r of a method on a task is its cost over the least of any method; ρ(τ) is the share of tasks with r ≤ τ.
struct PerformanceProfile {
  /// `[method][task]`; infinite where the target was missed.
  let ratios: [[Double]]

  /// Where the score of AlgoPerf stops to ask (Dahl et al. 2023, arXiv 2306.07179).
  static let greatestRatio = 4.0

  /// - Parameter costs: `[method][task]`; infinite where the target was missed.
  init(costs: [[Double]]) {
    let best = (costs.first ?? []).indices.map { task in costs.map { $0[task] }.min() ?? .infinity }
    ratios = costs.map { zip($0, best).map(Self.ratio) }
  }

  static func ratio(_ cost: Double, best: Double) -> Double {
    guard cost.isFinite else { return .infinity }
    // A target that was met before the first step: every method meets it.
    return best > 0 ? cost / best : cost > 0 ? .infinity : 1
  }

  /// What a task adds to a method's score, 1 for the best: max(0, 4 − r) / 3.
  static func score(_ cost: Double, best: Double) -> Double {
    max(0, (greatestRatio - ratio(cost, best: best)) / (greatestRatio - 1))
  }

  /// ρ(τ).
  func share(of method: Int, within ratio: Double) -> Double {
    let own = ratios[method]
    return own.isEmpty ? 0 : Double(own.count { $0 <= ratio }) / Double(own.count)
  }

  /// The area under ρ from 1 to 4, over its width, in 0...1.
  func score(of method: Int) -> Double {
    let own = ratios[method]
    return own.isEmpty ? 0 : own.reduce(0) { $0 + Self.score($1, best: 1) } / Double(own.count)
  }
}
