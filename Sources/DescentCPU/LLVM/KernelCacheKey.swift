/// The name of a compiled kernel in the disk cache: the SHA-256 digest of everything that shapes its machine code.
///
/// A digest of this size needs no guard against collisions.
struct KernelCacheKey: Hashable, Sendable {
  /// 32 bytes.
  let bytes: [UInt8]

  /// The digest of several texts. Each is preceded by its length, so that no two lists of texts give the same input.
  init(parts: [String]) {
    var digest = SHA256()
    for part in parts {
      for var text in ["\(part.utf8.count):", part] {
        text.withUTF8 { digest.update(with: UnsafeRawBufferPointer($0)) }
      }
    }
    bytes = digest.finish()
  }

  /// 64 hexadecimal digits, lower case.
  var hexadecimal: String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}

/// The SHA-256 message digest (FIPS 180-4).
struct SHA256 {
  private var state: [UInt32] = [
    0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
  ]
  /// The bytes that do not fill a block yet.
  private var pending: [UInt8] = []
  private var byteCount: UInt64 = 0
  private var schedule = [UInt32](repeating: 0, count: 64)

  private static let blockLength = 64

  /// Appends bytes to the message.
  mutating func update(with message: UnsafeRawBufferPointer) {
    byteCount += UInt64(message.count)
    var rest = message[...]
    if !pending.isEmpty {
      let missing = rest.prefix(SHA256.blockLength - pending.count)
      pending += missing
      rest = rest.dropFirst(missing.count)
      if pending.count < SHA256.blockLength { return }
      let block = pending
      block.withUnsafeBytes { compress($0) }
      pending = []
    }
    let whole = rest.count / SHA256.blockLength * SHA256.blockLength
    compress(UnsafeRawBufferPointer(rebasing: rest.prefix(whole)))
    pending += rest.dropFirst(whole)
  }

  /// Ends the message and returns the digest's 32 bytes.
  mutating func finish() -> [UInt8] {
    let bitCount = byteCount * 8
    var end: [UInt8] = [0x80]
    while (pending.count + end.count) % SHA256.blockLength != 56 { end.append(0) }
    end += (0..<8).map { UInt8(truncatingIfNeeded: bitCount >> (56 - 8 * $0)) }
    end.withUnsafeBytes { update(with: $0) }
    return state.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (24 - 8 * $0)) } }
  }

  /// The digest of one message.
  static func digest(_ message: [UInt8]) -> [UInt8] {
    var hash = SHA256()
    message.withUnsafeBytes { hash.update(with: $0) }
    return hash.finish()
  }

  /// Takes whole blocks in.
  private mutating func compress(_ blocks: UnsafeRawBufferPointer) {
    for start in stride(from: 0, to: blocks.count, by: SHA256.blockLength) {
      for t in 0..<16 {
        let word = blocks.loadUnaligned(fromByteOffset: start + 4 * t, as: UInt32.self)
        schedule[t] = UInt32(bigEndian: word)
      }
      compressSchedule()
    }
  }

  private mutating func compressSchedule() {
    for t in 16..<64 {
      let w15 = schedule[t - 15]
      let w2 = schedule[t - 2]
      let sigma0 = rotate(w15, 7) ^ rotate(w15, 18) ^ (w15 >> 3)
      let sigma1 = rotate(w2, 17) ^ rotate(w2, 19) ^ (w2 >> 10)
      schedule[t] = schedule[t - 16] &+ sigma0 &+ schedule[t - 7] &+ sigma1
    }
    var (a, b, c, d) = (state[0], state[1], state[2], state[3])
    var (e, f, g, h) = (state[4], state[5], state[6], state[7])
    for t in 0..<64 {
      let sum1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)
      let choice = (e & f) ^ (~e & g)
      let first = h &+ sum1 &+ choice &+ SHA256.constants[t] &+ schedule[t]
      let sum0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)
      let majority = (a & b) ^ (a & c) ^ (b & c)
      let second = sum0 &+ majority
      (h, g, f, e) = (g, f, e, d &+ first)
      (d, c, b, a) = (c, b, a, first &+ second)
    }
    for (index, word) in [a, b, c, d, e, f, g, h].enumerated() { state[index] &+= word }
  }

  private func rotate(_ word: UInt32, _ count: UInt32) -> UInt32 {
    word >> count | word << (32 - count)
  }

  /// The first 32 bits of the fractional parts of the cube roots of the first 64 primes.
  private static let constants: [UInt32] = [
    0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
    0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
    0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
    0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
    0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
    0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
    0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
    0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
  ]
}
