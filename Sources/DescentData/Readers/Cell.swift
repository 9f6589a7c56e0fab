/// What the text of one cell of a table is.
enum Cell: Equatable {
  /// Empty, NA, N/A, ? or null, in any case.
  case missing
  case number(Double)
  /// NaN or an infinity by name, or a number beyond the range of `Float`.
  case notFinite
  case text

  /// Reads a cell; spaces and tabs around it do not count.
  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    let trimmed = Self.trimmed(bytes)
    if Self.isMissing(trimmed) {
      self = .missing
    } else {
      self = Self.number(trimmed)
    }
  }

  /// `bytes` without the spaces and tabs around them.
  static func trimmed(_ bytes: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
    var start = 0
    var end = bytes.count
    while start < end, isBlank(bytes[start]) { start += 1 }
    while end > start, isBlank(bytes[end - 1]) { end -= 1 }
    return UnsafeBufferPointer(rebasing: bytes[start..<end])
  }

  static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

  /// Whether a trimmed cell is empty, NA, N/A, ? or null, in any case.
  static func isMissing(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    switch bytes.count {
    case 0: true
    case 1: bytes[0] == UInt8(ascii: "?")
    case 2: matches(bytes, "na")
    case 3: matches(bytes, "n/a")
    case 4: matches(bytes, "null")
    default: false
    }
  }

  /// Whether `bytes` are `word`, which is lower-case ASCII, in any case.
  private static func matches(_ bytes: UnsafeBufferPointer<UInt8>, _ word: StaticString) -> Bool {
    guard bytes.count == word.utf8CodeUnitCount else { return false }
    for (index, byte) in bytes.enumerated() {
      let isUpper = byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z")
      guard (isUpper ? byte | 0x20 : byte) == word.utf8Start[index] else { return false }
    }
    return true
  }

  /// Reads a decimal number: sign, digits with at most one point, exponent. The result is correctly rounded.
  private static func number(_ bytes: UnsafeBufferPointer<UInt8>) -> Cell {
    var index = 0
    var isNegative = false
    if bytes[0] == UInt8(ascii: "-") || bytes[0] == UInt8(ascii: "+") {
      isNegative = bytes[0] == UInt8(ascii: "-")
      index = 1
    }
    var mantissa: UInt64 = 0
    var exponent = 0
    var digitCount = 0
    var isExact = true
    var isFraction = false
    scan: while index < bytes.count {
      switch bytes[index] {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        digitCount += 1
        // 18 digits fit whatever they are; what follows is left to the exact path.
        if mantissa < 100_000_000_000_000_000 {
          mantissa = mantissa * 10 + UInt64(bytes[index] - UInt8(ascii: "0"))
          exponent -= isFraction ? 1 : 0
        } else {
          isExact = false
        }
      case UInt8(ascii: ".") where !isFraction: isFraction = true
      default: break scan
      }
      index += 1
    }
    guard digitCount > 0 else { return isNonFiniteWord(bytes) ? .notFinite : .text }
    if index < bytes.count {
      guard bytes[index] | 0x20 == UInt8(ascii: "e"), let power = integer(bytes, from: index + 1) else { return .text }
      exponent += power
    }
    // A mantissa below 2^53 and a power of ten up to 10^22 are exact doubles, so that one rounding is left
    // (Clinger, "How to read floating point numbers accurately", 1990).
    guard isExact, mantissa <= 1 << 53, abs(exponent) < powersOfTen.count else { return exactNumber(bytes) }
    let magnitude =
      exponent < 0 ? Double(mantissa) / powersOfTen[-exponent] : Double(mantissa) * powersOfTen[exponent]
    return finite(isNegative ? -magnitude : magnitude)
  }

  /// The digits from `start` to the end as a number, sign allowed; `nil` if there is anything else.
  private static func integer(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
    var index = start
    var isNegative = false
    if index < bytes.count, bytes[index] == UInt8(ascii: "-") || bytes[index] == UInt8(ascii: "+") {
      isNegative = bytes[index] == UInt8(ascii: "-")
      index += 1
    }
    guard index < bytes.count else { return nil }
    var value = 0
    while index < bytes.count {
      guard bytes[index] >= UInt8(ascii: "0"), bytes[index] <= UInt8(ascii: "9") else { return nil }
      // Larger exponents are all the same: zero or infinite.
      value = min(value * 10 + Int(bytes[index] - UInt8(ascii: "0")), 99_999)
      index += 1
    }
    return isNegative ? -value : value
  }

  /// The slow path, for many digits or large exponents.
  private static func exactNumber(_ bytes: UnsafeBufferPointer<UInt8>) -> Cell {
    Double(String(decoding: bytes, as: UTF8.self)).map(finite) ?? .text
  }

  private static func finite(_ value: Double) -> Cell {
    abs(value) <= Double(Float.greatestFiniteMagnitude) ? .number(value) : .notFinite
  }

  private static func isNonFiniteWord(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    let isSigned = bytes[0] == UInt8(ascii: "-") || bytes[0] == UInt8(ascii: "+")
    let word = UnsafeBufferPointer(rebasing: bytes.dropFirst(isSigned ? 1 : 0))
    return matches(word, "nan") || matches(word, "inf") || matches(word, "infinity")
  }

  private static let powersOfTen: [Double] = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
  ]
}
