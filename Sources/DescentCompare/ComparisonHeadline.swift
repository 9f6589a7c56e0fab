/// The sentences at the head of a comparison, composed from the ranked methods.
struct ComparisonHeadline {
  let methods: [ComparisonSummary.Method]
  let comparison: Comparison

  var text: String {
    guard !methods.isEmpty else { return "No method was run." }
    guard let best = methods.first, best.verdict == .best, let spread = best.metric else {
      let cause = comparison.interrupted ? " The comparison was interrupted." : ""
      return "No run finished with a finite result, so there is nothing to rank.\(cause)"
    }
    var sentences = [opening(best: best, spread: spread)]
    if methods.count > 1 { sentences += support(best: best) }
    sentences += caveats
    return sentences.joined(separator: " ")
  }

  private func opening(best: ComparisonSummary.Method, spread: SampleSummary) -> String {
    let metric = comparison.metric
    let value = metric.text(spread)
    let seeds = "over \(Self.seeds(spread.count))" + (best.isComplete ? "" : " that finished")
    if methods.count == 1 {
      return "\(best.title): \(metric.title) \(value) \(seeds); one method alone is not a comparison."
    }
    let superlative = metric.higherIsBetter ? "highest" : "lowest"
    let mean = spread.count > 1 ? "mean " : ""
    let tied = methods.dropFirst().filter { $0.rank == best.rank }.map(\.title)
    if tied.isEmpty { return "\(best.title) has the \(superlative) \(mean)\(metric.title): \(value) \(seeds)." }
    return "\(Self.list([best.title] + tied)) share the \(superlative) \(mean)\(metric.title), "
      + "\(metric.text(spread.mean)) \(seeds)."
  }

  /// Whether the lead is supported, and over whom it is not.
  private func support(best: ComparisonSummary.Method) -> [String] {
    if (best.metric?.count ?? 0) < 2 {
      return ["With fewer than two seeds nothing can be claimed about the differences."]
    }
    guard best.isComplete else {
      return ["No method finished on every seed, so nothing can be claimed about the differences."]
    }
    var shown: [String] = []
    var notShown: [String] = []
    var unclear: [String] = []
    // Methods that share the first rank are named as such already.
    for method in methods.dropFirst() where method.rank != best.rank {
      switch method.verdict {
      case .best: break
      case .differenceShown: shown.append(method.title)
      case .noDifferenceShown: notShown.append(method.title)
      // Methods that did not finish have a sentence of their own.
      case .nothingCanBeClaimed: if method.isComplete { unclear.append(method.title) }
      }
    }
    var parts: [String] = []
    let complete = methods.count(where: \.isComplete)
    let judged = complete > 2 ? "paired t-tests, corrected for \(complete) methods" : "paired t-test"
    if !notShown.isEmpty {
      let whom = notShown.count > 4 ? "\(notShown.count) methods" : Self.list(notShown)
      let rest = shown.isEmpty ? "" : "; the lead over \(Self.others(shown)) is supported"
      parts.append("The lead over \(whom) is not supported by the spread over seeds\(rest) (\(judged)).")
    } else if !shown.isEmpty {
      parts.append("The lead over \(Self.others(shown)) is supported by the spread over seeds (\(judged)).")
    }
    if !unclear.isEmpty { parts.append("Nothing can be claimed about \(Self.list(unclear)).") }
    let areOthersIncomplete = methods.dropFirst().allSatisfy { !$0.isComplete }
    if areOthersIncomplete { parts.append("No other method finished on every seed, so the lead cannot be judged.") }
    return parts
  }

  private var caveats: [String] {
    var sentences: [String] = []
    for method in methods where !method.divergences.isEmpty {
      let count = method.divergences.count
      sentences.append(
        count == method.runs
          ? "\(method.title) diverged on every seed."
          : "\(method.title) diverged on \(count) of \(method.runs) seeds and is ranked after the methods "
            + "that finished."
      )
    }
    if comparison.interrupted { sentences.append("The comparison was interrupted; these results are partial.") }
    return sentences
  }

  private static func others(_ names: [String]) -> String {
    names.count > 4 ? "\(names.count) methods" : list(names)
  }

  static func seeds(_ count: Int) -> String { count == 1 ? "1 seed" : "\(count) seeds" }

  /// `a`, `a and b`, `a, b and c`.
  static func list(_ names: [String]) -> String {
    guard names.count > 1 else { return names.first ?? "" }
    return names.dropLast().joined(separator: ", ") + " and " + names[names.count - 1]
  }
}
