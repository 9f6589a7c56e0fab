import DescentGraph

/// A small seeded random number generator whose sequence is the same on every platform.
///
/// SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014): a counter that
/// grows by a fixed odd number, passed through a 64-bit mixing function. Only integer arithmetic is used, so splits
/// and shuffles made from one seed are bit for bit the same everywhere.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
  private var state: UInt64

  private static let increment: UInt64 = 0x9E37_79B9_7F4A_7C15

  /// The generator that starts from `seed`. Every value, 0 included, is a good seed.
  public init(seed: UInt64) {
    state = seed
  }

  /// The generator number `stream` of `seed`: different streams give unrelated sequences.
  ///
  /// Both numbers are mixed before they meet, so that (seed 1, stream 0) and (seed 0, stream 1) have nothing in common.
  public init(seed: UInt64, stream: UInt64) {
    let key = Self.mix(seed &+ Self.increment)
    state = Self.mix(key ^ Self.mix(stream &+ 2 &* Self.increment))
  }

  /// 64 uniform bits.
  public mutating func next() -> UInt64 {
    state &+= Self.increment
    return Self.mix(state)
  }

  /// A uniform integer in `0 ..< bound`, without bias.
  ///
  /// Multiply-and-reject (Lemire, "Fast random integer generation in an interval", 2019). The standard library's own
  /// `random(in:using:)` does not promise to stay the same between its versions, so it is not used.
  public mutating func next(below bound: UInt64) -> UInt64 {
    require(bound > 0, "a random integer below \(bound) does not exist")
    var product = next().multipliedFullWidth(by: bound)
    if product.low < bound {
      let threshold = (0 &- bound) % bound
      while product.low < threshold {
        product = next().multipliedFullWidth(by: bound)
      }
    }
    return product.high
  }

  /// Puts `elements` into a uniformly random order (Fisher-Yates, from the back), in place.
  public mutating func shuffle<Element>(_ elements: UnsafeMutableBufferPointer<Element>) {
    guard elements.count > 1 else { return }
    for last in stride(from: elements.count - 1, to: 0, by: -1) {
      elements.swapAt(last, Int(next(below: UInt64(last) + 1)))
    }
  }

  /// Puts `elements` into a uniformly random order (Fisher-Yates, from the back), in place.
  public mutating func shuffle<Element>(_ elements: inout [Element]) {
    elements.withUnsafeMutableBufferPointer { shuffle($0) }
  }

  private static func mix(_ value: UInt64) -> UInt64 {
    var mixed = value
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
