import DescentGraph
import Testing

@Suite struct StorageTests {
  /// Counts around the powers of two that filling doubles through.
  @Test(arguments: DType.allCases, [0, 1, 2, 5, 64, 1000])
  func `a filled storage holds the value everywhere, and no more than fits`(dtype: DType, count: Int) {
    for value in [0.0, 1, dtype.isFloat ? -2.5 : 1] {
      let storage = Storage(filled: value, shape: [count], dtype: dtype)
      #expect((0..<count).allSatisfy { storage.double(at: $0) == value })
      #expect(storage.byteCount == count * dtype.byteCount)
    }
  }

  @Test func `negative zero keeps its sign`() {
    #expect(Storage(filled: -0.0, shape: [3], dtype: .float32).double(at: 2).sign == .minus)
  }

  @Test func `an order restores what it ordered`() {
    let order = MemoryOrder(name: "halves", shape: [4, 3], cuts: [2, 2, 3], permutation: [2, 0, 1])
    let x = Tensor((0..<12).map { Float($0) }).reshaped([4, 3])
    #expect(evaluated(order.ordered(x)) == [0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11])
    #expect(evaluated(order.restored(order.ordered(x))) == (0..<12).map { Double($0) })
  }
}
