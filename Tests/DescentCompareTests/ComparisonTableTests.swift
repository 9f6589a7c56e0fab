import DescentText
import DescentGraph
import DescentTrain
import Testing

@testable import DescentCompare

@Suite struct ComparisonTableTests {
  private func rows(_ comparison: Comparison, width: Int = 100) -> [String] {
    ComparisonTable(comparison).text(width: width).split(separator: "\n", omittingEmptySubsequences: false).map(
      String.init)
  }

  @Test(arguments: [80, 100, 140])
  func fitsTheWidth(width: Int) {
    for line in rows(ComparisonFixture.digits(), width: width) { #expect(TextLayout.width(line) <= width, "\(line)") }
  }

  @Test func namesEveryMethodOnceInRankOrder() {
    let comparison = ComparisonFixture.digits()
    let lines = rows(comparison)
    let order = ComparisonSummary(comparison).methods.map(\.method)
    let starts = lines.compactMap { line in order.first { line.hasPrefix($0 + " ") } }
    #expect(starts == order)
  }

  @Test func numbersEndInTheSameColumns() throws {
    let lines = rows(ComparisonFixture.digits())
    let rule = try #require(lines.firstIndex { $0.hasPrefix("─") })
    let end = try #require(lines[rule - 1].range(of: "mean ± std")).upperBound
    let column = lines[rule - 1].distance(from: lines[rule - 1].startIndex, to: end)
    let values = lines[(rule + 1)...].prefix { !$0.isEmpty }.filter { $0.contains("±") }
    #expect(values.count == 9)
    for line in values { #expect(line.prefix(column).hasSuffix(" %"), "\(line)") }
  }

  @Test func wideNamesAreShortenedFromTheMiddleAndStayAligned() {
    let names = [String(repeating: "long", count: 10) + "-A", String(repeating: "long", count: 10) + "-B", "優化方法"]
    let comparison = ComparisonFixture.finals(names.map { ($0, [0.5, 0.6, 0.9]) })
    let lines = rows(comparison).filter { $0.contains("66.67 ±") }
    #expect(lines.count == 3)
    let columns = lines.map { line in TextLayout.width(String(line.prefix(upTo: line.range(of: "66.67")!.lowerBound))) }
    #expect(Set(columns).count == 1)
    #expect(lines.contains { $0.contains("-a ") } && lines.contains { $0.contains("-b ") })
    #expect(TextLayout.shorten(names[0], to: 20).count == 20)
  }

  @Test func missesAndDivergencesAreSaid() {
    let text = ComparisonTable(ComparisonFixture.digits()).text(width: 140)
    #expect(text.contains("missed target (0/3)"))
    #expect(text.contains("diverged at step 277 (seed 1)"))
  }

  @Test func wrapping() {
    #expect(TextLayout.wrap("aa bb cc", width: 5) == ["aa bb", "cc"])
    #expect(TextLayout.wrap("abcdefg h", width: 3) == ["abc", "def", "g h"])
    #expect(TextLayout.wrap("", width: 3).isEmpty)
  }

  @Test(arguments: [
    (1_234_567.0, "1,234,567"), (999, "999"), (352.5, "352.5"), (0, "0"), (1000, "1,000"),
  ])
  func counts(value: Double, text: String) { #expect(NumberText.count(value) == text) }

  @Test func numbersForPeople() {
    #expect(NumberText.significant(0.0123456) == "0.01235")
    #expect(NumberText.significant(1e-7) == "1.000e-07")
    #expect(NumberText.significant(.nan) == "–")
    #expect(NumberText.fixed(-0.0001, decimals: 2) == "0.00")
    #expect(Metric.testAccuracy.text(0.97412) == "97.41 %")
    #expect(Metric.testAccuracy.targetText(0.96) == "96 %")
    #expect(Metric.testAccuracy.differenceText(-0.0031) == "−0.31")
    #expect(Metric.testRMSE.text(SampleSummary([0.5, 0.6])!) == "0.5500 ± 0.0707")
  }
}
