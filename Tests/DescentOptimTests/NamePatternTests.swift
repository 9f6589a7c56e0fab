import DescentRuntime
import DescentGraph
import Testing

@testable import DescentOptim

@Suite struct NamePatternTests {
  @Test(arguments: [
    ("*.bias", "layers.0.bias", true), ("*.bias", "bias", false), ("*bias", "bias", true), ("*", "", true),
    ("encoder.*", "encoder.0.weight", true), ("encoder.*", "decoder.0.weight", false),
    ("layers.?.weight", "layers.3.weight", true), ("layers.?.weight", "layers.12.weight", false),
    ("*.0.*.w*", "a.0.b.c.weight", true), ("weight", "weight", true), ("weight", "weights", false), ("", "", true),
    ("**a", "a", true), ("a*b*c", "axxbyyc", true), ("a*b*c", "axxbyy", false),
  ]) func `a star is any text, a question mark any character`(_ pattern: String, _ name: String, _ matches: Bool) {
    #expect(NamePattern(pattern).matches(name) == matches)
  }

  @Test func `the distance is the least number of changes that make a name match`() {
    #expect(NamePattern("layers.*.wieght").distance(to: "layers.0.weight") == 2)
    #expect(NamePattern("layer.*").distance(to: "layers.0.weight") == 1)
    #expect(NamePattern("abc").distance(to: "") == 3 && NamePattern("").distance(to: "abc") == 3)
  }

  static let names = ["layers.0.weight", "layers.0.bias", "head.weight"]

  /// Every modifier that takes a pattern, each with one that matches nothing.
  static let methods: [any OptimizationMethod] = [
    AdamW().weightDecay(0.1, matching: "hed.*"), AdamW().group("hed.*", SGD()), AdamW().frozen("hed.*"),
    AdamW().frozen("hed.*").clipped(globalNorm: 1), AdamW().weightDecay(0.1, matching: "hed.*").frozen("*.bias"),
    AdamW().group("*", AdamW().frozen("hed.*")),
  ]

  @Test(arguments: methods.indices)
  func `a pattern without a match is an error with the names and the nearest`(index: Int) {
    func make<Method: OptimizationMethod>(_ method: Method) throws {
      _ = try Updater(method, parameters: Self.names.map { Variable(shape: [2], name: $0) })
    }
    let error = #expect(throws: NamePatternError.self) { try make(Self.methods[index]) }
    let text = error?.description ?? ""
    for part in ["'hed.*'", "the nearest is 'head.weight'", "layers.0.weight"] {
      #expect(text.contains(part), "\(text)")
    }
  }

  @Test func `nothing is suggested where nothing is near`() {
    let error = NamePatternError(pattern: "*.gamma", names: Self.names)
    #expect(error.nearest == nil && error.description.hasSuffix("head.weight."))
  }

  /// A pattern is matched against the parameters that its method is given.
  @Test func `a pattern inside does not see what a group outside has taken`() {
    #expect(throws: NamePatternError.self) {
      try AdamW().weightDecay(0.1, matching: "head.*").frozen("head.*").check(names: Self.names)
    }
    #expect(throws: Never.self) {
      try AdamW().weightDecay(0.1, matching: "*.weight").frozen("head.*").check(names: Self.names)
    }
  }
}
