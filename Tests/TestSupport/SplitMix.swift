import DescentGraph

/// A small seeded generator for test data (SplitMix64; Steele, Lea, Flood, OOPSLA 2014): equal seeds, equal numbers.
package struct SplitMix: RandomNumberGenerator, Sendable {
  private var state: UInt64

  package init(_ seed: UInt64) { state = seed }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// `true` once in `count` draws.
  package mutating func oneIn(_ count: Int) -> Bool { Int.random(in: 0..<count, using: &self) == 0 }
  package mutating func integer(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }
  package mutating func double(_ range: ClosedRange<Double>) -> Double { Double.random(in: range, using: &self) }
  package mutating func element<Element>(of array: [Element]) -> Element { array.randomElement(using: &self)! }

  /// Random data: floats in -2...2, small integers, any byte, any bool. With `grid` floats are multiples of 1/2, so
  /// that equal elements and exact zeros occur.
  package mutating func storage(_ shape: Shape, _ dtype: DType, grid: Bool = false) -> Storage {
    let storage = Storage(shape: shape, dtype: dtype)
    for i in 0..<shape.elementCount {
      switch dtype {
      case .bool: storage.set(Double(integer(0...1)), at: i)
      case .uint8: storage.set(Double(integer(0...255)), at: i)
      case .int32, .int64: storage.set(Double(integer(-20...20)), at: i)
      case .bfloat16, .float16, .float32, .float64:
        storage.set(grid ? Double(integer(-4...4)) / 2 : double(-2...2), at: i)
      }
    }
    return storage
  }
}
