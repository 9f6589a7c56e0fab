/// What the results of several methods in blocks support: an order, intervals, and which of the best one's leads are claimed.
///
/// Nothing depends on the order in which the methods are given: equal ones stand in the order of their names.
struct Leads {
  /// Below which a p-value counts.
  static let level = 0.05

  /// Methods that are alike in each block have the same chance of each of its values.
  let values: [[Double]]
  /// Best first.
  let order: [Int]
  let means: [Double]
  /// Of the means, 95 %; nil with too few blocks.
  let intervals: [ClosedRange<Double>?]
  /// Of the differences to the best method.
  let verdicts: [ComparisonSummary.Verdict]

  /// - Parameters:
  ///   - values: `[block][method]`.
  ///   - names: of the methods.
  ///   - higherIsBetter: else less is.
  ///   - floor: what a claimed difference must exceed.
  ///   - withheld: why nothing is claimed, however clear it is; nil when differences are judged.
  init(
    _ values: [[Double]], names: [String], higherIsBetter: Bool = true, floor: Double?, withheld: String?, seed: UInt64
  ) {
    func mean(_ method: Int) -> Double { values.reduce(0) { $0 + $1[method] } / Double(values.count) }
    let means = names.indices.map(mean)
    let order = names.indices.sorted { a, b in
      means[a] == means[b] ? names[a] < names[b] : (means[a] > means[b]) == higherIsBetter
    }
    (self.values, self.means, self.order) = (values, means, order)
    func interval(_ value: ([Double]) -> Double) -> ClosedRange<Double>? {
      SubsetMeans.interval(values.map(value), seed: seed)
    }
    intervals = names.indices.map { i in interval { $0[i] } }
    let sign = higherIsBetter ? 1.0 : -1.0
    let pValues =
      values.count < ExchangeTest.leastBlocks || withheld != nil
      ? []
      : StepDown.pValues(
        values.map { $0.map { sign * $0 } }, order: order, level: Self.level, seed: seed,
        pair: { SignFlipTest.pValue($0, seed: seed) })
    verdicts = names.indices.map { i in
      if i == order[0] { return .best }
      guard let interval = interval({ $0[i] - $0[order[0]] }) else {
        return .nothingCanBeClaimed(withheld ?? Self.tooFew(blocks: values.count))
      }
      let difference = PairedDifference(count: values.count, mean: means[i] - means[order[0]], interval: interval)
      let isShown =
        withheld == nil && !difference.includesZero && pValues[i] < Self.level && abs(difference.mean) > (floor ?? 0)
      return isShown ? .differenceShown(difference) : .noDifferenceShown(difference)
    }
  }

  static func tooFew(blocks: Int) -> String {
    "\(blocks) independent result\(blocks == 1 ? "" : "s"), a claim takes \(ExchangeTest.leastBlocks)"
  }
}
