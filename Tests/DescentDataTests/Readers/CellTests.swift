import DescentGraph
import Testing

@testable import DescentData

@Suite struct CellTests {
  private func cell(_ text: String) -> Cell {
    var text = text
    return text.withUTF8 { Cell($0) }
  }

  @Test(arguments: ["", "  ", "\t", "NA", "na", "N/A", "n/a", "?", "NULL", "null", " Null "])
  func missing(text: String) {
    #expect(cell(text) == .missing)
  }

  @Test(arguments: ["nan", "NaN", "-inf", "+Infinity", "INF", "1e39", "-1e400", "1e99999999999999999999"])
  func notFinite(text: String) {
    #expect(cell(text) == .notFinite)
  }

  @Test(arguments: [
    "a", "1a", "-", "+", ".", "1.2.3", "1e", "1e+", "1 2", "0x10", "1_000", "1,5", "nano", "--1", "e5", "-nul", "NAs",
    "é", "1e5.", "١",
  ])
  func text(text: String) {
    #expect(cell(text) == .text)
  }

  @Test(arguments: [
    "0", "-0", "1", "+1", "1.", ".5", "-.5", "1e3", "1E+3", "1e-3", " 42 ", "007", "0.1", "3.14159265358979",
    "123456789012345678901234567890", "0.1234567890123456789012345", "9007199254740993", "1e22", "1e23", "1e-22",
    "1e-23", "1.7976931348623157e-308", "4.9e-324", "1e-400", "3.4028234e38", "0000000000000000000000001.5",
    "0.00000000000000000000000000000000000001",
  ])
  func numbersAreThoseOfTheStandardLibrary(text: String) throws {
    let digits = text.filter { $0 != " " }
    let expected = try #require(Double(digits.hasSuffix(".") ? digits + "0" : digits))
    #expect(cell(text) == .number(expected))
  }

  @Test func randomNumbersAreThoseOfTheStandardLibrary() throws {
    var generator = SeededGenerator(seed: 1)
    for _ in 0..<20_000 {
      let digitCount = Int(generator.next(below: 22)) + 1
      let point = Int(generator.next(below: UInt64(digitCount)))
      var text = generator.next(below: 2) == 0 ? "-" : ""
      for place in 0..<digitCount {
        if place == point { text += "." }
        text += String(generator.next(below: 10))
      }
      if generator.next(below: 2) == 0 { text += "e\(Int(generator.next(below: 30)) - 15)" }
      let expected = try #require(Double(text))
      #expect(cell(text) == .number(expected), "\(text)")
    }
  }
}
