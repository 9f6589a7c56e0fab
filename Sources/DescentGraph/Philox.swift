/// Philox 4x32 with ten rounds, a counter-based generator: each block of four words is a bijection of its counter,
/// chosen by the key, so that any block can be computed on its own.
///
/// Salmon, Moraes, Dror, Shaw, "Parallel Random Numbers: As Easy as 1, 2, 3", SC 2011, section 3.3.
package struct Philox: Sendable {
  package let key: (UInt32, UInt32)

  package init(key: (UInt32, UInt32)) { self.key = key }
  /// The low half of `key` is the first key word.
  package init(key: UInt64) { self.key = (UInt32(truncatingIfNeeded: key), UInt32(truncatingIfNeeded: key >> 32)) }

  /// Block `number` of `stream`: the counter words are the low and high halves of `number`, then those of `stream`.
  package func block(_ number: UInt64, stream: UInt64) -> [UInt32] {
    block(counter: [
      UInt32(truncatingIfNeeded: number), UInt32(truncatingIfNeeded: number >> 32),
      UInt32(truncatingIfNeeded: stream), UInt32(truncatingIfNeeded: stream >> 32),
    ])
  }

  /// The four words that belong to the four words of `counter`.
  package func block(counter: [UInt32]) -> [UInt32] {
    var c = counter
    var (k0, k1) = key
    for _ in 0..<10 {
      // One round: two 32×32 → 64 bit products. Their low halves move, their high ones are mixed with key and counter.
      let p0 = UInt64(c[0]) * 0xD251_1F53
      let p1 = UInt64(c[2]) * 0xCD9E_8D57
      c = [
        UInt32(p1 >> 32) ^ c[1] ^ k0, UInt32(truncatingIfNeeded: p1),
        UInt32(p0 >> 32) ^ c[3] ^ k1, UInt32(truncatingIfNeeded: p0),
      ]
      // The key schedule is a Weyl sequence: the golden ratio and sqrt(3) - 1 as 32-bit fractions.
      k0 &+= 0x9E37_79B9
      k1 &+= 0xBB67_AE85
    }
    return c
  }
}
