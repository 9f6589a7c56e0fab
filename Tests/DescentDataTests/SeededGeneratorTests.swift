import Testing

@testable import DescentData

@Suite struct SeededGeneratorTests {
  @Test func sequenceIsSplitMix64() {
    // Computed with an independent implementation of the published algorithm.
    var generator = SeededGenerator(seed: 1_234_567)
    let expected: [UInt64] = [
      6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423, 4_593_380_528_125_082_431,
      16_408_922_859_458_223_821,
    ]
    #expect((0..<5).map { _ in generator.next() } == expected)
  }

  @Test func shuffleIsThePublishedOne() {
    var generator = SeededGenerator(seed: 0)
    var numbers = Array(0..<10)
    generator.shuffle(&numbers)
    #expect(numbers == [4, 9, 2, 5, 1, 7, 6, 0, 3, 8])
  }

  @Test func boundedIntegersAreUniform() {
    var generator = SeededGenerator(seed: 7)
    var counts = [Int](repeating: 0, count: 6)
    for _ in 0..<60_000 { counts[Int(generator.next(below: 6))] += 1 }
    // Standard deviation of a count: 91.
    #expect(counts.allSatisfy { abs($0 - 10_000) < 500 }, "\(counts)")
  }

  @Test func largeBoundsAreKept() {
    var generator = SeededGenerator(seed: 7)
    let bound = (UInt64.max / 3) * 2
    #expect((0..<1000).allSatisfy { _ in generator.next(below: bound) < bound })
  }

  @Test func streamsDiffer() {
    var seen: Set<UInt64> = []
    for seed in 0..<50 as Range<UInt64> {
      for stream in 0..<50 as Range<UInt64> {
        var generator = SeededGenerator(seed: seed, stream: stream)
        seen.insert(generator.next())
      }
    }
    #expect(seen.count == 2500)
  }
}
