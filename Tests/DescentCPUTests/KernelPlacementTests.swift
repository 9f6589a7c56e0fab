import DescentGraph
import DescentRuntime
import Testing

@testable import DescentCPU

@Suite struct KernelPlacementTests {
  @Test(arguments: DType.allCases) func `elements in another order come back when somebody asks`(dtype: DType) {
    let shape: Shape = [4, 3, 2]
    let order = MemoryOrder(name: "halves", shape: shape, cuts: [2, 2, 3, 2], permutation: [0, 3, 2, 1])
    let other = MemoryOrder(name: "turned", shape: shape, cuts: shape, permutation: [2, 1, 0])
    let buffer = Buffer(shape: shape, dtype: dtype)
    let storage = buffer.memory
    let values = (0..<24).map { dtype == .bool ? Double($0 % 2) : Double($0) }
    for (i, value) in values.enumerated() { storage.set(value, at: i) }
    let address = storage.pointer
    func bytes() -> [UInt8] { Array(UnsafeRawBufferPointer(start: address, count: storage.byteCount)) }
    let before = bytes()
    buffer.bring(to: KernelPlacement.of(order))
    #expect(before != bytes())
    buffer.bring(to: KernelPlacement.of(other))
    buffer.bring(to: KernelPlacement.of(order))
    #expect(order.physical == [2, 2, 3, 2])
    #expect((0..<24).map { buffer.double(at: $0) } == values)
    #expect(before == bytes())
    #expect(buffer.pointer == address)
  }

  @Test func `equal orders are one placement`() {
    let order = MemoryOrder(name: "turned", shape: [4, 3], cuts: [4, 3], permutation: [1, 0])
    #expect(KernelPlacement.of(order) === KernelPlacement.of(order))
  }
}
