import DescentData

/// An interval for the centre of a few values (Hartigan 1969, "Using subsample values as typical values").
///
/// The centre of a symmetric distribution lies between any two neighbours of the sorted means of all subsets of a sample with
/// the same probability. So the interval is right for six values as for sixty, where percentiles of bootstrapped means are
/// too narrow. It contains just what the exchange of signs cannot tell from the centre: differences exclude 0 when
/// `SignFlipTest` gives less than one minus the confidence.
enum SubsetMeans {
  /// All subsets are taken up to this many values, a seeded sample of them beyond.
  static let greatestExactCount = 13
  static let sampleCount = 8_191

  /// - Returns: nil for fewer values than such an interval takes: six for 95 %.
  static func interval(_ values: [Double], confidence: Double = 0.95, seed: UInt64 = 0) -> ClosedRange<Double>? {
    let isExact = values.count <= greatestExactCount
    let subsets = isExact ? (1 << values.count) - 1 : sampleCount
    let left = Int((1 - confidence) / 2 * Double(subsets + 1) + 1e-9)
    guard left >= 1 else { return nil }
    var random = SeededGenerator(seed: seed, stream: UInt64(values.count))
    func mean(_ isIn: (Int) -> Bool) -> Double? {
      var (sum, count) = (0.0, 0)
      for i in values.indices where isIn(i) { (sum, count) = (sum + values[i], count + 1) }
      return count > 0 ? sum / Double(count) : nil
    }
    var means: [Double] = []
    while means.count < subsets {
      if isExact {
        let subset = means.count + 1
        means.append(mean { subset >> $0 & 1 == 1 } ?? 0)
      } else if let mean = mean({ _ in random.next() & 1 == 1 }) {
        means.append(mean)
      }
    }
    means.sort()
    return means[left - 1]...means[subsets - left]
  }
}
