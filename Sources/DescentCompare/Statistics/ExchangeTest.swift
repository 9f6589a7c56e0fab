import DescentData
import Foundation

/// Whether the lead of the best of several methods could as well be another's (Fisher's randomization test, in blocks): if the
/// methods are alike, any of them could have had any of the values of a block.
///
/// A block is what methods were measured on together and apart from all other blocks: a task, or one draw of the tuning on
/// a task. Nothing is assumed about the distribution. Of two methods it is `SignFlipTest`.
enum ExchangeTest {
  /// Two methods need so many blocks for a p-value below 0.05: 2/2⁶.
  static let leastBlocks = 6
  static let sampleCount = 4_000

  /// The probability that the greatest and the least mean lie as far apart as they do when the values of each block are
  /// exchanged among the methods.
  ///
  /// - Parameter values: `[block][method]`.
  static func pValue(_ values: [[Double]], seed: UInt64 = 0) -> Double {
    guard let count = values.first?.count, count > 1 else { return 1 }
    if count == 2 { return SignFlipTest.pValue(values.map { $0[0] - $0[1] }, seed: seed) }
    func range(_ rows: [[Double]]) -> Double {
      var sums = [Double](repeating: 0, count: count)
      for row in rows { for i in 0..<count { sums[i] += row[i] } }
      return (sums.max() ?? 0) - (sums.min() ?? 0)
    }
    // Sums in another order differ in their last digits.
    let bound = range(values) * (1 - 1e-9)
    var random = SeededGenerator(seed: seed, stream: UInt64(count))
    var rows = values
    let extreme = (0..<sampleCount).count { _ in
      for i in rows.indices { random.shuffle(&rows[i]) }
      return range(rows) >= bound
    }
    return Double(extreme + 1) / Double(sampleCount + 1)
  }
}

/// Which leads of the best method hold, whichever method that is and however many were behind it.
///
/// From the last method upwards, all methods down to it are exchanged; the first set that could as well be alike ends the
/// claims. That is the step-down procedure of Tukey and Welsch (Hochberg & Tamhane 1987, "Multiple Comparison Procedures",
/// chapter 4) with the range's randomization distribution in place of Student's. The two methods of a lead are exchanged
/// by themselves as well, because others that vary less could hide how much these do.
enum StepDown {
  /// For each method the p-value of the best one's lead over it, corrected for all that are asked; 1 for the best.
  ///
  /// Once it is `level`, the methods above have not been asked, and have the same.
  ///
  /// - Parameters:
  ///   - values: `[block][method]`, more is better.
  ///   - order: the methods, best first.
  ///   - pair: the test of two methods by themselves, of their differences.
  static func pValues(
    _ values: [[Double]], order: [Int], level: Double, seed: UInt64, pair: ([Double]) -> Double
  ) -> [Double] {
    var result = [Double](repeating: 1, count: order.count)
    guard order.count > 1 else { return result }
    var greatest = 0.0
    for place in (1..<order.count).reversed() {
      let own = pair(values.map { $0[order[0]] - $0[order[place]] })
      if greatest < level {
        let set = order[...place]
        let p = set.count == 2 ? own : ExchangeTest.pValue(values.map { row in set.map { row[$0] } }, seed: seed)
        greatest = max(greatest, corrected(p, size: set.count, of: order.count))
      }
      result[order[place]] = max(greatest, own)
    }
    return result
  }

  /// A p-value of `size` of `count` methods, as it counts when other sets may be alike too (Ryan 1960, Welsch 1977).
  static func corrected(_ p: Double, size: Int, of count: Int) -> Double {
    size >= count - 1 ? p : 1 - pow(1 - p, Double(count) / Double(size))
  }

  /// Blocks from which on the lead over the second of `count` methods can hold.
  static func leastBlocks(methods count: Int, level: Double) -> Int {
    (1...64).first { corrected(SignFlipTest.leastPValue(count: $0), size: 2, of: count) < level } ?? 64
  }
}
