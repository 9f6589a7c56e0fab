import DescentGraph
import Testing

/// Conversions, over every 16-bit pattern and over float32 patterns spread across the whole range.
@Suite struct DTypeTests {
  /// 2^17 or so float32 values: every sign and exponent with fractions of all kinds, ties included.
  static let samples: [Float] =
    stride(from: UInt64(0), to: 1 << 32, by: 32_749).map { Float(bitPattern: UInt32($0)) }
    + (0...0xFFFF).flatMap { high -> [Float] in
      // One upper half each with the tie, the tie's neighbours and the two ends.
      [0, 0x7FFF, 0x8000, 0x8001, 0xFFFF].map { Float(bitPattern: UInt32(high) << 16 | $0) }
    }

  @Test func `every bfloat16 survives the way through float32`() {
    for bits in UInt16.min...UInt16.max {
      let value = BFloat16.value(bits)
      #expect(value.bitPattern == UInt32(bits) << 16)
      if value.isNaN {
        #expect(BFloat16.value(BFloat16.bits(value)).isNaN)
      } else {
        #expect(BFloat16.bits(value) == bits)
      }
    }
  }

  @Test func `bfloat16 rounds to nearest, ties to even`() {
    var wrong = 0
    for x in Self.samples {
      let found = BFloat16.value(BFloat16.bits(x))
      if x.isNaN || x.isInfinite {
        if found.bitPattern != x.bitPattern && !(x.isNaN && found.isNaN) { wrong += 1 }
        continue
      }
      // The two bfloat16 around x, in Double so that 2^128 exists.
      let low = Float(bitPattern: x.bitPattern & 0xFFFF_0000)
      let next = Float(bitPattern: low.bitPattern &+ 0x1_0000)
      let high = next.isFinite ? Double(next) : (x < 0 ? -0x1p128 : 0x1p128)
      let (down, up) = ((Double(x) - Double(low)).magnitude, (high - Double(x)).magnitude)
      let even = (low.bitPattern >> 16) & 1 == 0
      let expected = down < up || (down == up && even) ? low : next
      if found.bitPattern != expected.bitPattern { wrong += 1 }
    }
    #expect(wrong == 0)
  }

  #if !(os(macOS) && arch(x86_64))
    @Test func `float16 agrees with Swift's on every pattern`() {
      for bits in UInt16.min...UInt16.max {
        let (found, expected) = (Float16Bits.value(bits), Float(Float16(bitPattern: bits)))
        #expect(found.bitPattern == expected.bitPattern || (found.isNaN && expected.isNaN))
        if !expected.isNaN { #expect(Float16Bits.bits(expected) == bits) }
      }
    }

    @Test func `float16 rounds as Swift's does`() {
      var wrong = 0
      for x in Self.samples + Self.halfwayPoints {
        let (found, expected) = (Float16Bits.bits(x), Float16(x).bitPattern)
        if found != expected && !(x.isNaN && Float16Bits.value(found).isNaN) { wrong += 1 }
      }
      #expect(wrong == 0)
    }

    /// The middle between each pair of neighbours, where ties are, and the float32 on both sides of it.
    static let halfwayPoints: [Float] = (UInt16(0)..<0x7C00).flatMap { bits -> [Float] in
      let low = Float(Float16(bitPattern: bits))
      let next = Float16(bitPattern: bits + 1)
      let middle = (low + (next.isFinite ? Float(next) : 65536)) / 2
      return [middle, middle.nextUp, middle.nextDown, -middle]
    }
  #endif

  @Test func `rounding gives the nearest value each type holds`() {
    #expect(DType.float32.rounding(0.1) == Double(Float(0.1)))
    #expect(DType.float64.rounding(0.1) == 0.1)
    #expect(DType.bfloat16.rounding(1.01) == 1.0078125)
    #expect(DType.float16.rounding(70000) == .infinity)
    #expect(DType.int32.rounding(-2.9) == -2 && DType.int32.rounding(1e12) == Double(Int32.max))
    #expect(DType.uint8.rounding(-1) == 0 && DType.uint8.rounding(300) == 255)
    #expect(DType.int64.rounding(.nan) == 0 && DType.int64.rounding(-.infinity) == -0x1p63)
    #expect(Int(exactly: DType.int64.rounding(.infinity)) != nil)
    #expect(DType.bool.rounding(.nan) == 1 && DType.bool.rounding(-0.0) == 0)
  }

  @Test func `wrapping keeps the low bits`() {
    #expect(DType.uint8.wrapping(-1) == 255 && DType.uint8.wrapping(256) == 0)
    #expect(DType.int32.wrapping(Int(Int32.max) + 1) == Int(Int32.min))
    #expect(DType.int64.wrapping(.min) == .min)
    #expect(DType.bool.wrapping(2) == 0 && DType.bool.wrapping(-1) == 1)
  }

  @Test func `sizes and kinds`() {
    #expect(DType.allCases.map(\.byteCount) == [1, 1, 4, 8, 2, 2, 4, 8])
    #expect(DType.allCases.filter(\.isFloat) == [.bfloat16, .float16, .float32, .float64])
    #expect(DType.allCases.filter(\.isInteger) == [.uint8, .int32, .int64])
    #expect(Set(DType.allCases.map(\.description)).count == DType.allCases.count)
  }

  @Test(arguments: DType.allCases)
  func `a storage gives back what was set`(dtype: DType) {
    let storage = Storage(shape: [3], dtype: dtype)
    for (i, value) in [0.0, 1, 1].enumerated() { storage.set(value, at: i) }
    if dtype != .bool { storage.set(100, at: 2) }
    let last = dtype == .bool ? 1 : 100
    #expect((0..<3).map { storage.integer(at: $0) } == [0, 1, last])
    #expect(storage.copy().double(at: 2) == Double(last))
  }
}
