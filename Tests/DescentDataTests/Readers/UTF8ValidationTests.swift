import Testing

@testable import DescentData

@Suite struct UTF8ValidationTests {
  private func firstInvalid(_ bytes: [UInt8]) -> Int? {
    bytes.withUnsafeBufferPointer { firstInvalidUTF8(in: $0) }
  }

  @Test func everyScalarIsValid() {
    let scalars = (0...0x10FFFF as ClosedRange<UInt32>).compactMap(Unicode.Scalar.init)
    var text = String.UnicodeScalarView()
    text.append(contentsOf: scalars)
    #expect(firstInvalid(Array(String(text).utf8)) == nil)
  }

  @Test(arguments: [
    [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x9F, 0xBF], [0xED, 0xA0, 0x80], [0xF0, 0x8F, 0xBF, 0xBF],
    [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF], [0xC3], [0xE2, 0x82], [0xF0, 0x9F, 0x98],
    [0xE2, 0x28, 0xA1], [0xC3, 0x28],
  ])
  func faultsAreFoundWhereTheyAre(fault: [UInt8]) {
    // Behind texts of several lengths, to meet the fast path's edges.
    for prefix in 0..<20 {
      let bytes = [UInt8](repeating: 0x61, count: prefix) + fault
      #expect(firstInvalid(bytes) == prefix)
      #expect(firstInvalid(bytes + [0x61, 0x61, 0x61]) == prefix)
    }
  }

  @Test func agreesWithTheStandardLibraryOnRandomBytes() {
    var generator = SeededGenerator(seed: 2)
    let interesting: [UInt8] = [0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC2, 0xE0, 0xE2, 0xED, 0xF0, 0xF4]
    for _ in 0..<20_000 {
      let bytes = (0..<Int(generator.next(below: 6))).map { _ in
        interesting[Int(generator.next(below: UInt64(interesting.count)))]
      }
      #expect((firstInvalid(bytes) == nil) == (String(validating: bytes, as: UTF8.self) != nil), "\(bytes)")
    }
  }
}
