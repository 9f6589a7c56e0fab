import DescentGraph
import DescentData

/// Points that fill the unit cube evenly: Halton's sequence (1960) with every digit of every coordinate permuted at random
/// (Owen 2017, "A randomized Halton algorithm in R", arXiv 1706.02808), which breaks the correlation of high dimensions.
///
/// Each point by itself is uniformly distributed; the first n of them cover every coordinate more evenly than n
/// independent draws.
struct Halton {
  private static let primes = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53]
  /// Dimensions there are primes for.
  static var greatestDimension: Int { primes.count }
  /// By dimension and digit.
  private let permutations: [[[Int]]]

  /// - Parameter seed: of the permutations; the same seed gives the same points.
  init(dimensions: Int, seed: UInt64) {
    require(dimensions <= Self.greatestDimension, "\(dimensions) dimensions, at most \(Self.greatestDimension)")
    permutations = (0..<dimensions).map { dimension in
      var random = SeededGenerator(seed: seed, stream: UInt64(dimension))
      // Enough digits for 32 bits.
      var digits: [[Int]] = []
      var weight = 1.0
      while weight > 0x1p-32 {
        var order = Array(0..<Self.primes[dimension])
        random.shuffle(&order)
        digits.append(order)
        weight /= Double(Self.primes[dimension])
      }
      return digits
    }
  }

  /// Point number `index`, from 0; each coordinate in 0..<1.
  func point(_ index: Int) -> [Double] {
    zip(Self.primes, permutations).map { base, digits in
      var (rest, weight, value) = (index, 1 / Double(base), 0.0)
      // Leading zeros are permuted too.
      for permutation in digits {
        value += weight * Double(permutation[rest % base])
        rest /= base
        weight /= Double(base)
      }
      return min(value, 1 - 0x1p-53)
    }
  }
}
