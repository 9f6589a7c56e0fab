/// The offset of the first byte that is not part of well-formed UTF-8 (Unicode Standard, table 3-7), or `nil`.
func firstInvalidUTF8(in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
  var index = 0
  while index < bytes.count {
    // Tables are mostly ASCII: eight bytes at a time as long as no high bit is set.
    while index + 8 <= bytes.count {
      let word = UnsafeRawPointer(bytes.baseAddress! + index).loadUnaligned(as: UInt64.self)
      guard word & 0x8080_8080_8080_8080 == 0 else { break }
      index += 8
    }
    guard index < bytes.count else { return nil }
    guard let length = sequenceLength(in: bytes, at: index) else { return index }
    index += length
  }
  return nil
}

/// The length of the well-formed sequence that starts at `index`, or `nil` if none does.
private func sequenceLength(in bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> Int? {
  let first = bytes[index]
  if first < 0x80 { return 1 }
  // The second byte's range excludes overlong forms, surrogates and values above U+10FFFF.
  let (length, second): (Int, ClosedRange<UInt8>)
  switch first {
  case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
  case 0xE0: (length, second) = (3, 0xA0...0xBF)
  case 0xED: (length, second) = (3, 0x80...0x9F)
  case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
  case 0xF0: (length, second) = (4, 0x90...0xBF)
  case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
  case 0xF4: (length, second) = (4, 0x80...0x8F)
  default: return nil
  }
  guard index + length <= bytes.count, second.contains(bytes[index + 1]) else { return nil }
  for offset in 2..<max(length, 2) where !(0x80...0xBF).contains(bytes[index + offset]) { return nil }
  return length
}
