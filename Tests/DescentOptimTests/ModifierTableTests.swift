import DescentGraph
import DescentOptim
import Testing

/// A row of the table with arguments, and the same written in Swift.
struct ModifierCase: Sendable, CustomTestStringConvertible {
  let kind: ModifierEntry.Kind
  let arguments: ModifierEntry.Arguments
  let expected: any OptimizationMethod
  var testDescription: String { "\(kind.rawValue) \(arguments.numbers) \(arguments.word)" }

  init(
    _ kind: ModifierEntry.Kind, _ numbers: [Double] = [], word: String = "", pattern: NamePattern = "*",
    _ expected: any OptimizationMethod
  ) {
    (self.kind, self.expected) = (kind, expected)
    arguments = .init(numbers, word: word, pattern: pattern)
  }

  static let base = AdamW(learningRate: 0.05)
  static let all: [ModifierCase] = [
    .init(.clipNorm, [0.25], base.clipped(globalNorm: 0.25)), .init(.clipTensor, [0.5], base.clipped(tensorNorm: 0.5)),
    .init(.clipValue, [0.125], base.clipped(value: 0.125)), .init(.clipAdaptive, [0.2], base.clipped(adaptive: 0.2)),
    .init(.centralize, [], base.centralizingGradients()),
    .init(.noise, [0.02, 0.5], base.gradientNoise(key: RandomKey(0), variance: 0.02, decay: 0.5)),
    .init(.l2, [0.1], pattern: "w", base.weightDecay(0.1, matching: "w", .coupled)),
    .init(.weightDecay, [0.2], pattern: "w", base.weightDecay(0.2, matching: "w")),
    .init(.layerwise, [0.5], base.layerwiseDecay(0.5)), .init(.cautious, [], base.cautious()),
    .init(.sam, [0.1], base.sharpnessAware(radius: 0.1)),
    .init(.lookahead, [0.25, 3], base.lookahead(share: 0.25, every: 3)),
    .init(.accumulate, [2], base.accumulating(steps: 2)), .init(.ema, [0.9], base.averaged(.ema(0.9))),
    .init(.swa, [2, 3], base.averaged(.swa(from: 2, every: 3))),
    .init(.stateFormat, word: "8bit", base.quantizedState()),
    .init(.stateFormat, word: "bf16", base.quantizedState(.bfloat16)),
    .init(.group, pattern: "w", base.group("w", base)), .init(.frozen, pattern: "w", base.frozen("w")),
    .init(.skipNonFinite, [], base.skippingNonFinite()),
  ]
}

/// What commands know of modifiers, against the modifiers themselves.
@Suite struct ModifierTableTests {
  @Test func `every modifier has one row, which says what it does`() {
    let entries = ModifierTable.entries
    #expect(
      Set(entries.map(\.kind)) == Set(ModifierEntry.Kind.allCases) && entries.count == Set(entries.map(\.name)).count)
    #expect(Set(ModifierCase.all.map(\.kind)) == Set(ModifierEntry.Kind.allCases))
    for entry in entries {
      #expect(!entry.summary.isEmpty && entry.grammar.hasPrefix(entry.name))
      #expect(entry.numbers.allSatisfy { $0.kind.allows($0.standard) })
      #expect(ModifierTable.entry(named: entry.name.uppercased())?.kind == entry.kind)
    }
  }

  @Test(arguments: ModifierCase.all)
  func `a row makes what Swift makes`(row: ModifierCase) throws {
    let made = try ModifierCase.base.modified(by: row.kind, row.arguments)
    #expect("\(type(of: made))" == "\(type(of: row.expected))")
    func lines(_ method: any OptimizationMethod) -> [String] { method.hyperparameters.map { "\($0.name) \($0.value)" } }
    #expect(lines(made) == lines(row.expected))
    #expect(lines(made).starts(with: lines(ModifierCase.base)))
  }

  /// Each with its standard arguments around each method, as far as they fit, takes steps that stay finite.
  @Test(arguments: ModifierTable.entries.map(\.kind))
  func `a modifier goes around every method that it fits`(kind: ModifierEntry.Kind) throws {
    func run<Method: OptimizationMethod>(_ method: Method) throws {
      let run = try Track.waves([2, 3], steps: 2).compiled(method)
      #expect(run.traceCount == 1 && run.states.joined().joined().allSatisfy(\.isFinite))
    }
    let entry = try #require(ModifierTable.entry(named: kind.rawValue))
    for name in ["sgd", "adafactor", "muon", "prodigy", "sam"] {
      let method = try #require(MethodTable.entry(named: name)).make(0.01)
      do {
        try run(try method.modified(by: kind, entry.standard))
      } catch let error as ModifierError {
        let fits = kind == .layerwise ? method is any Optimizer : kind == .accumulate ? !method.needsLoss : true
        #expect(!fits, "\(name): \(error)")
      }
    }
  }

  @Test func `who needs the loss says so, through modifiers and groups`() throws {
    let needing = MethodTable.entries.filter(\.needsLoss).map(\.name)
    #expect(Set(needing) == ["sam", "sophia", "polyak"])
    #expect(Sophia().clipped(value: 1).needsLoss && SGD().group("w", Sophia()).needsLoss && !SGD().averaged().needsLoss)
    #expect(throws: ModifierError.self) { try PolyakStep().modified(by: .accumulate, .init([2])) }
    #expect(throws: ModifierError.self) { try SGD().averaged().modified(by: .layerwise, .init([0.5])) }
  }
}
