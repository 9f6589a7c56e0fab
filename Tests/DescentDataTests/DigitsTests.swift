import Testing

@testable import DescentData

@Suite struct DigitsTests {
  private let digits = Digits.load()

  @Test func shapeAndNames() {
    #expect(digits.count == 1797)
    #expect(digits.featureShape == [64])
    #expect(digits.imageShape == .init(channels: 1, height: 8, width: 8))
    #expect(digits.featureNames.first == "pixel_0_0" && digits.featureNames.last == "pixel_7_7")
    #expect(Set(digits.featureNames).count == 64)
  }

  @Test func classCounts() {
    guard case .classes(let labels, let names) = digits.targets else {
      Issue.record("the targets are not classes")
      return
    }
    let counts = (0..<10).map { label in labels.count { $0 == label } }
    #expect(counts == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180])
    #expect(names == ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"])
  }

  @Test func pixels() {
    #expect(digits.features.reduce(0.0) { $0 + Double($1) * 16 } == 561_718)
    #expect(digits.features.min() == 0 && digits.features.max() == 1)
    // The second row of the first image, a zero.
    #expect(digits.features[8..<16].map { $0 * 16 } == [0, 0, 13, 15, 10, 15, 5, 0])
  }
}
