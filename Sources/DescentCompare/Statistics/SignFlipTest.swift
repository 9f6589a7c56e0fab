import DescentData

/// Whether paired differences could as well have the other sign (Fisher's randomization test): if two methods are alike,
/// each pair is as likely the other way round.
///
/// Nothing is assumed about the distribution, and a few blocks cannot claim what they do not show: n pairs have a p-value of
/// at least 2/2ⁿ.
enum SignFlipTest {
  /// All sign patterns are gone through up to this many pairs, a seeded sample of them beyond.
  static let greatestExactCount = 13
  static let sampleCount = 10_000

  /// The two-sided p-value of the mean difference.
  ///
  /// - Parameter samples: sign patterns that are drawn where there are too many to go through all.
  static func pValue(_ differences: [Double], samples: Int = sampleCount, seed: UInt64 = 0) -> Double {
    let count = differences.count
    guard count > 0 else { return 1 }
    // Sums in another order differ in their last digits.
    let bound = abs(differences.reduce(0, +)) * (1 - 1e-9)
    func isExtreme(_ pattern: (Int) -> Bool) -> Bool {
      var sum = 0.0
      for i in 0..<count { sum += pattern(i) ? -differences[i] : differences[i] }
      return abs(sum) >= bound
    }
    if count <= greatestExactCount {
      let extreme = (0..<(1 << count)).count { pattern in isExtreme { pattern >> $0 & 1 == 1 } }
      return Double(extreme) / Double(1 << count)
    }
    var random = SeededGenerator(seed: seed, stream: UInt64(count))
    var bits: UInt64 = 0
    let extreme = (0..<samples).count { _ in
      isExtreme { i in
        if i % 64 == 0 { bits = random.next() }
        return bits >> UInt64(i % 64) & 1 == 1
      }
    }
    return Double(extreme + 1) / Double(samples + 1)
  }

  /// The least p-value that `count` pairs can have.
  static func leastPValue(count: Int) -> Double {
    count <= greatestExactCount ? 2 / Double(1 << count) : 1 / Double(sampleCount + 1)
  }
}
