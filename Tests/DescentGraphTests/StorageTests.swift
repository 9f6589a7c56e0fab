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
}
