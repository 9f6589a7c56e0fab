import DescentGraph

/// The built-in dataset: 1,797 handwritten digits as 8 × 8 grey images.
///
/// The test part of "Optical Recognition of Handwritten Digits" (E. Alpaydin and C. Kaynak, 1998, UCI Machine Learning
/// Repository, CC BY 4.0), the same examples in the same order as scikit-learn's `load_digits`.
public enum Digits {
  /// Decodes the dataset: features `[1797, 64]` in 0 ... 1 (ink in a 4 × 4 block of the scan, divided by 16), row by
  /// row of the image, and ten classes named "0" to "9".
  public static func load() -> Dataset {
    let text = UnsafeBufferPointer(start: DigitsData.text.utf8Start, count: DigitsData.text.utf8CodeUnitCount)
    require(checksum(of: text) == DigitsData.checksum, "DigitsData.swift is damaged: make it again")
    let pixelCount = 64
    var features: [Float] = []
    var labels: [Int32] = []
    features.reserveCapacity(DigitsData.count * pixelCount)
    labels.reserveCapacity(DigitsData.count)
    for line in text.split(separator: UInt8(ascii: "\n")) {
      require(line.count == pixelCount + 1, "line \(labels.count + 1) of the digits has \(line.count) characters")
      for character in line.dropLast() { features.append(Float(value(of: character)) / 16) }
      labels.append(Int32(value(of: line[line.endIndex - 1])))
    }
    require(labels.count == DigitsData.count, "\(labels.count) digits instead of \(DigitsData.count)")
    return Dataset(
      name: "digits", features: features, featureShape: [pixelCount],
      featureNames: (0..<pixelCount).map { "pixel_\($0 / 8)_\($0 % 8)" },
      imageShape: .init(channels: 1, height: 8, width: 8),
      targets: .classes(labels: labels, names: (0...9).map(String.init)))
  }

  /// The value of a digit in base 17: 0 ... 9, then a ... g.
  private static func value(of character: UInt8) -> UInt8 {
    switch character {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "g"): character - UInt8(ascii: "a") + 10
    default: fatalError("byte \(character) is not a pixel value")
    }
  }

  /// FNV-1a with 64 bits (Fowler, Noll and Vo).
  private static func checksum(of bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
    bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }
}
