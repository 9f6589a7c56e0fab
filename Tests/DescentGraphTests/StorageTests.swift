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

  @Test(arguments: DType.allCases) func `elements in another order come back when somebody asks`(dtype: DType) {
    let shape: Shape = [4, 3, 2]
    let order = MemoryOrder(name: "halves", shape: shape, cuts: [2, 2, 3, 2], permutation: [0, 3, 2, 1])
    let other = MemoryOrder(name: "turned", shape: shape, cuts: shape, permutation: [2, 1, 0])
    let storage = Storage(shape: shape, dtype: dtype)
    let values = (0..<24).map { dtype == .bool ? Double($0 % 2) : Double($0) }
    for (i, value) in values.enumerated() { storage.set(value, at: i) }
    let address = storage.address
    func bytes() -> [UInt8] { Array(UnsafeRawBufferPointer(start: address, count: storage.byteCount)) }
    let before = bytes()
    storage.bring(into: order)
    #expect(before != bytes())
    storage.bring(into: other)
    storage.bring(into: order)
    #expect(order.physical == [2, 2, 3, 2])
    #expect((0..<24).map { storage.double(at: $0) } == values)
    #expect(before == bytes())
    #expect(storage.pointer == address)
  }

  @Test func `an order restores what it ordered`() {
    let order = MemoryOrder(name: "halves", shape: [4, 3], cuts: [2, 2, 3], permutation: [2, 0, 1])
    let x = Tensor((0..<12).map { Float($0) }).reshaped([4, 3])
    #expect(evaluated(order.ordered(x)) == [0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11])
    #expect(evaluated(order.restored(order.ordered(x))) == (0..<12).map { Double($0) })
  }
}
