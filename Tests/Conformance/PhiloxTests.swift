import DescentReference
import DescentGraph
import Testing

@Suite struct PhiloxTests {
  /// The vectors for philox4x32 with 10 rounds in Random123's file of known answers: all zeros, all ones, digits of π.
  @Test(
    arguments: [
      ([0, 0, 0, 0], [0, 0], [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
      (
        [0xffff_ffff, 0xffff_ffff, 0xffff_ffff, 0xffff_ffff], [0xffff_ffff, 0xffff_ffff],
        [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]
      ),
      (
        [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], [0xa409_3822, 0x299f_31d0],
        [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
      ),
    ] as [([UInt32], [UInt32], [UInt32])])
  func `known answers`(counter: [UInt32], key: [UInt32], expected: [UInt32]) {
    #expect(Philox(key: (key[0], key[1])).block(counter: counter) == expected)
  }

  private func words(_ key: Int64, _ stream: Int64, _ count: Int, _ dtype: DType) -> [Int] {
    let inputs = [Tensor([key], shape: []).node, Tensor([stream], shape: []).node]
    let node = Node(.randomBits, inputs, shape: [count], dtype: dtype)
    return Interpreter<Double>().evaluate([node], inputs: [:])[0].integers
  }

  @Test func `randomBits numbers its elements through the blocks`() {
    let key = Int64(bitPattern: 0x299f_31d0_a409_3822)
    let stream = Int64(bitPattern: 0x0370_7344_1319_8a2e)
    let philox = Philox(key: (0xa409_3822, 0x299f_31d0))
    let blocks = (0..<3).flatMap { philox.block(counter: [$0, 0, 0x1319_8a2e, 0x0370_7344]) }
    #expect(words(key, stream, 10, .int32) == blocks.prefix(10).map { Int(Int32(bitPattern: $0)) })
    let wide = stride(from: 0, to: 10, by: 2).map { Int(blocks[$0]) | Int(blocks[$0 + 1]) << 32 }
    #expect(words(key, stream, 5, .int64) == wide)
  }

  @Test func `the zero key and stream give the first known answer`() {
    let expected = [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8] as [UInt32]
    #expect(words(0, 0, 4, .int32) == expected.map { Int(Int32(bitPattern: $0)) })
  }
}
