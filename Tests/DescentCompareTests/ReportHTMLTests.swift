import DescentNN
import Foundation
import Testing

@testable import DescentCompare

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite struct ReportHTMLTests {
  private func page(_ comparison: Comparison) -> String { ReportHTML().html(for: comparison) }

  /// Every `<svg>…</svg>` of the page; none of them holds another.
  private func drawings(_ page: String) -> [String] {
    page.components(separatedBy: "<svg").dropFirst().compactMap { part in
      part.range(of: "</svg>").map { "<svg" + part[..<$0.upperBound] }
    }
  }

  @Test func everyMethodAppearsInEveryPart() {
    let comparison = ComparisonFixture.digits()
    let text = page(comparison)
    for (index, method) in comparison.methods.enumerated() {
      #expect(text.contains("<b>\(method.title)</b>"), "ranking: \(method.title)")
      #expect(text.contains("data-key=\"\(index)\""), "legend: \(method.title)")
      #expect(text.contains("<code>\(method.method)</code>"), "settings: \(method.title)")
      let curves = text.components(separatedBy: "data-s=\"\(index)\" data-name=\"\(method.title)\"").count - 1
      #expect(curves == 4, "curves: \(method.title)")
    }
    #expect(text.contains(Markup.escape(ComparisonSummary(comparison).headline)))
    #expect(text.contains(Markup.escape(comparison.commandLine)))
    #expect(text.contains(comparison.machine))
    #expect(text.contains("diverged at step 277 (seed 1)"))
    #expect(text.contains("target 96 %"))
  }

  @Test func nothingIsLoadedFromAnywhere() throws {
    let text = page(ComparisonFixture.digits())
    #expect(!text.contains("http://") && !text.contains("https://"))
    for loader in ["<link", "<img", "<iframe", "<object", "<embed", "@import", "src=", "href=", "fetch(", "XMLHttp"] {
      #expect(!text.contains(loader), "\(loader)")
    }
    // The only references are to clip paths within the page.
    let references = text.components(separatedBy: "url(").dropFirst()
    #expect(!references.isEmpty)
    for reference in references { #expect(reference.hasPrefix("#clip-")) }
  }

  @Test func drawingsAreWellFormed() throws {
    for comparison in [ComparisonFixture.digits(), hostile] {
      let all = drawings(page(comparison))
      #expect(all.count > 4)
      for drawing in all {
        let parser = XMLParser(data: Data(drawing.utf8))
        #expect(parser.parse(), "\(String(describing: parser.parserError)) in \(drawing.prefix(200))")
        #expect(!drawing.contains("nan") && !drawing.contains("inf "), "\(drawing.prefix(200))")
      }
    }
  }

  private var hostile: Comparison {
    let attack = "</title></style></script><script>alert('x')</script>\"onload=\"x&y"
    var comparison = ComparisonFixture.digits()
    comparison.task = attack
    comparison.taskDescription = attack
    comparison.network = attack
    comparison.loss = attack
    comparison.metric.title = attack
    comparison.commandLine = attack
    comparison.machine = attack
    comparison.versions = [.init(attack, attack)]
    for index in comparison.methods.indices {
      comparison.methods[index].method = attack
      comparison.methods[index].title = attack
      comparison.methods[index].family = attack
      comparison.methods[index].oneLine = attack
      comparison.methods[index].hyperparameters = [.init(attack, attack)]
    }
    return comparison
  }

  @Test func textCannotBreakOut() {
    let text = page(hostile)
    #expect(!text.contains("alert('x')"))
    #expect(!text.contains("\"onload"))
    #expect(text.components(separatedBy: "<script>").count == 2)
    #expect(text.components(separatedBy: "</style>").count == 2)
    #expect(text.contains("&lt;script&gt;alert(&#39;x&#39;)"))
  }

  @Test func oneSeed() {
    let text = page(ComparisonFixture.digits(seeds: [7]))
    #expect(text.contains("nothing can be claimed"))
    #expect(!text.contains("class=\"band\""))
    #expect(!text.contains("class=\"whisker\""))
    #expect(!text.contains("±</"))
  }

  @Test func oneMethod() {
    let text = page(ComparisonFixture.digits(recipes: Array(ComparisonFixture.recipes.prefix(1))))
    #expect(text.contains("digits: 1 method compared"))
    #expect(text.contains("one method alone is not a comparison"))
    #expect(!text.contains("best mean"))
  }

  @Test func everythingDiverged() {
    let text = page(ComparisonFixture.finals([("A", [nil, nil]), ("B", [nil, nil])], target: 0.9))
    #expect(text.contains("No run finished with a finite result"))
    #expect(text.contains("diverged at step 12 (seed 0), 12 (seed 1)"))
    #expect(text.contains("No method reached the target of 90 % on every seed."))
  }

  @Test func noTargetHasNoTargetColumnsAndNoLine() {
    let text = page(ComparisonFixture.digits(target: nil))
    #expect(!text.contains("class=\"target\""))
    #expect(!text.contains("Steps to target"))
    #expect(text.contains("none set"))
  }

  @Test func emptyComparisonAndRunsWithoutPoints() {
    #expect(page(ComparisonFixture.finals([])).contains("No method was run."))
    var comparison = ComparisonFixture.finals([("A", [0.5, 0.6]), ("B", [0.4, 0.3])])
    comparison.methods[0].runs[0].points = []
    comparison.methods[1].runs = []
    #expect(page(comparison).contains("no finite result (seed 0)"))
  }

  @Test func moreMethodsThanHuesStillDifferInDash() {
    let recipes = (0..<20).map { index in
      ComparisonFixture.Recipe(
        method: "m\(index)", title: "Method \(index)", accuracy: 0.9 + 0.004 * Double(index), pace: 2)
    }
    let text = page(ComparisonFixture.digits(recipes: recipes))
    for index in recipes.indices { #expect(text.contains(".s\(index){--c:")) }
    #expect(text.contains(".s8 .line,.s8 .thin{stroke-dasharray:7 3}"))
    #expect(text.contains(".s16 .line,.s16 .thin{stroke-dasharray:2 3}"))
  }
}
