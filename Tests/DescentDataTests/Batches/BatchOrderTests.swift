import Testing

@testable import DescentData

@Suite struct BatchOrderTests {
  private func order(_ batches: BatchOrder, epoch: Int) -> [Int32] {
    var order: [Int32] = []
    batches.fill(&order, epoch: epoch)
    return order
  }

  @Test(arguments: [0, 1, 2, 7, 100, 1797]) func everyEpochIsAPermutation(count: Int) {
    let batches = BatchOrder(count: count, batchSize: 32, seed: 3)
    for epoch in 0..<5 { #expect(order(batches, epoch: epoch).sorted() == (0..<Int32(count)).map { $0 }) }
  }

  @Test func sameSeedAndEpochGiveTheSameOrder() {
    let first = BatchOrder(count: 500, batchSize: 32, seed: 3)
    // Another batch size and an earlier epoch in the buffer must not matter.
    let second = BatchOrder(count: 500, batchSize: 7, seed: 3)
    var buffer = order(second, epoch: 8)
    second.fill(&buffer, epoch: 4)
    #expect(order(first, epoch: 4) == buffer)
  }

  @Test func epochsAndSeedsDiffer() {
    var seen: Set<[Int32]> = []
    for seed in 0..<4 as Range<UInt64> {
      for epoch in 0..<4 { seen.insert(order(BatchOrder(count: 64, batchSize: 8, seed: seed), epoch: epoch)) }
    }
    #expect(seen.count == 16)
  }

  @Test func everyExampleComesToEveryPlace() {
    // 6,000 permutations of 4: each (place, example) pair is expected 1,500 times, standard deviation 34.
    let batches = BatchOrder(count: 4, batchSize: 2, seed: 11)
    var counts = [Int](repeating: 0, count: 16)
    for epoch in 0..<6000 {
      for (place, example) in order(batches, epoch: epoch).enumerated() { counts[place * 4 + Int(example)] += 1 }
    }
    #expect(counts.allSatisfy { abs($0 - 1500) < 200 }, "\(counts)")
  }

  @Test func fillsACallersBufferWithoutReplacingIt() {
    let batches = BatchOrder(count: 100, batchSize: 10, seed: 0)
    let buffer = UnsafeMutableBufferPointer<Int32>.allocate(capacity: 100)
    defer { buffer.deallocate() }
    batches.fill(buffer, epoch: 1)
    #expect(Array(buffer) == order(batches, epoch: 1))
    var array = [Int32](repeating: -1, count: 100)
    let before = array.withUnsafeBufferPointer { $0.baseAddress }
    batches.fill(&array, epoch: 1)
    #expect(array.withUnsafeBufferPointer { $0.baseAddress } == before)
  }

  @Test func batchesCoverTheEpoch() {
    let batches = BatchOrder(count: 10, batchSize: 4, seed: 0)
    #expect(batches.batchCount == 3)
    #expect((0..<3).map(batches.range(ofBatch:)) == [0..<4, 4..<8, 8..<10])
    let full = BatchOrder(count: 10, batchSize: 4, seed: 0, dropsPartialBatch: true)
    #expect((0..<full.batchCount).map(full.range(ofBatch:)) == [0..<4, 4..<8])
    #expect(BatchOrder(count: 8, batchSize: 4, seed: 0).batchCount == 2)
    #expect(BatchOrder(count: 0, batchSize: 4, seed: 0).batchCount == 0)
  }
}
