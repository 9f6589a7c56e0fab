import DescentGraph

/// A modifier as commands and tests know it: a name, what may be given with it, and what it does.
public struct ModifierEntry: Sendable {
  /// Every modifier that can be named; the raw value is what users type.
  public enum Kind: String, CaseIterable, Sendable {
    case clipNorm = "clip-norm"
    case clipTensor = "clip-tensor"
    case clipValue = "clip-value"
    case clipAdaptive = "clip-adaptive"
    case centralize, noise, l2
    case weightDecay = "weight-decay"
    case layerwise, cautious, sam, lookahead, accumulate, ema, swa
    case stateFormat = "state-format"
    case group, frozen
    case skipNonFinite = "skip-non-finite"
  }

  /// Whether it is for some parameters only.
  public enum PatternUse: Sendable { case none, optional, required }

  /// What users give with a modifier.
  public struct Arguments: Sendable {
    /// One for each of the entry's numbers.
    public var numbers: [Double]
    /// One of the entry's words; empty where it has none.
    public var word: String
    /// Of the names of the parameters that it is for; all, if none is given.
    public var pattern: NamePattern
    /// What sets a group's method apart from the others'.
    public var change: @Sendable (any OptimizationMethod) throws -> any OptimizationMethod

    /// What is left out stands for none: no word, all parameters, no change.
    public init(
      _ numbers: [Double], word: String = "", pattern: NamePattern = "*",
      change: @escaping @Sendable (any OptimizationMethod) throws -> any OptimizationMethod = { $0 }
    ) {
      (self.numbers, self.word, self.pattern, self.change) = (numbers, word, pattern, change)
    }
    func schedule(_ index: Int) -> Schedule { .constant(numbers[index]) }
    func count(_ index: Int) -> Int { Int(numbers[index]) }
  }

  /// Which one; its raw value is the name.
  public let kind: Kind
  /// What may be given after the name, in this order.
  public let numbers: [NamedNumber]
  /// Of which one may be given; the first stands for none.
  public let words: [String]
  /// Whether hyper-parameters are given, as `name:value`.
  public let takesSettings: Bool
  /// Whether a pattern is given.
  public let patternUse: PatternUse
  /// One phrase on what it does.
  public let summary: String

  /// What users type: `clip-norm`.
  public var name: String { kind.rawValue }
  /// What stands for everything that is left out.
  public var standard: Arguments { Arguments(numbers.map(\.standard), word: words.first ?? "") }

  /// How it is written: `weight-decay[=DECAY][@PATTERN]`.
  public var grammar: String {
    let inner = numbers.dropFirst().reversed().reduce("") { "[,\($1.name)\($0)]" }
    let values =
      takesSettings ? "=NAME:VALUE[,…]" : words.isEmpty ? numbers.first.map { "[=\($0.name)\(inner)]" } ?? "" : ""
    let choice = words.isEmpty ? "" : "[=\(words.joined(separator: "|"))]"
    return switch patternUse {
    case .none: name + values + choice
    case .optional: name + values + choice + "[@PATTERN]"
    case .required: name + values + choice + "@PATTERN"
    }
  }

  init(
    _ kind: Kind, _ numbers: [NamedNumber] = [], words: [String] = [], settings: Bool = false,
    pattern: PatternUse = .none, _ summary: String
  ) {
    (self.kind, self.numbers, self.words, self.takesSettings) = (kind, numbers, words, settings)
    (self.patternUse, self.summary) = (pattern, summary)
  }
}

/// A modifier that cannot be around a method.
public struct ModifierError: Error, Equatable, CustomStringConvertible {
  /// That was to be put around a method.
  public let modifier: ModifierEntry.Kind
  /// Goes on from the modifier's name: "cannot be around …".
  public let reason: String
  /// The name and the reason, a sentence.
  public var description: String { "\(modifier.rawValue) \(reason)." }
}

/// Every modifier, by name. A new one is a file in `Modifiers/`, a row here and a line in `modified(by:_:)`.
public enum ModifierTable {
  /// In the order of lists; a test holds it to be complete.
  public static let entries: [ModifierEntry] = [
    .init(.clipNorm, [.init("LIMIT", 1, .positive)], "all gradients together scaled to a norm of at most LIMIT"),
    .init(.clipTensor, [.init("LIMIT", 1, .positive)], "each tensor's gradient scaled to a norm of at most LIMIT"),
    .init(.clipValue, [.init("LIMIT", 1, .positive)], "each element of the gradients between −LIMIT and LIMIT"),
    .init(
      .clipAdaptive, [.init("FACTOR", 0.01, .positive)],
      "each output's gradient scaled to at most FACTOR times the norm of its weights (AGC)"),
    .init(.centralize, [], "gradients of matrices without their mean over each output's weights"),
    .init(
      .noise, [.init("VARIANCE", 0.01, .nonNegative), .init("DECAY", 0.55, .nonNegative)],
      "normal noise of VARIANCE/t^DECAY added to the gradients"),
    .init(
      .l2, [.init("DECAY", 1e-4, .nonNegative)], pattern: .optional, "DECAY·θ added to the gradients: coupled decay"),
    .init(
      .weightDecay, [.init("DECAY", 0.01, .nonNegative)], pattern: .optional,
      "rate·DECAY·θ subtracted from the parameters: decoupled decay"),
    .init(
      .layerwise, [.init("FACTOR", 0.75, .factor)],
      "each layer at FACTOR times the rate of the one after it; before all others"),
    .init(.cautious, [], "steps without the elements that go against the gradient"),
    .init(.sam, [.init("RADIUS", 0.05, .positive)], "gradients taken where the loss is worst within RADIUS"),
    .init(
      .lookahead, [.init("SHARE", 0.5, .factor), .init("STEPS", 5, .count)],
      "slow weights that go SHARE of the way every STEPS steps"),
    .init(.accumulate, [.init("BATCHES", 4, .count)], "one step with the mean gradient of BATCHES batches"),
    .init(
      .ema, [.init("DECAY", 0.999, .share)],
      "an exponential average of the parameters, which is evaluated and saved"),
    .init(
      .swa, [.init("START", 1, .count), .init("STEPS", 1, .count)],
      "the mean of the parameters from step START on, every STEPS steps, which is evaluated and saved"),
    .init(
      .stateFormat, words: ["8bit", "bf16"],
      "the method's state in 8 or 16 bits, tensors of 4096 and more elements"),
    .init(.group, settings: true, pattern: .required, "other hyper-parameters (lr: the rate) where PATTERN matches"),
    .init(.frozen, pattern: .required, "parameters that PATTERN matches stay as they are"),
    .init(.skipNonFinite, [], "steps with infinite or undefined gradients left out and counted"),
  ]

  /// The row of that name, whose capitals do not matter; nil when there is none.
  public static func entry(named name: String) -> ModifierEntry? { entries.first { $0.name == name.lowercased() } }
}

extension OptimizationMethod {
  /// The method with a modifier of the table around it.
  ///
  /// - Throws: ``ModifierError`` when the modifier cannot be around this method, and what `arguments.change` throws.
  public func modified(
    by kind: ModifierEntry.Kind, _ arguments: ModifierEntry.Arguments
  ) throws -> any OptimizationMethod {
    let a = arguments
    switch kind {
    case .clipNorm: return clipped(globalNorm: a.schedule(0))
    case .clipTensor: return clipped(tensorNorm: a.schedule(0))
    case .clipValue: return clipped(value: a.schedule(0))
    case .clipAdaptive: return clipped(adaptive: a.schedule(0))
    case .centralize: return centralizingGradients()
    case .noise: return gradientNoise(key: RandomKey(0), variance: a.schedule(0), decay: a.schedule(1))
    case .l2: return weightDecay(a.schedule(0), matching: a.pattern, .coupled)
    case .weightDecay: return weightDecay(a.schedule(0), matching: a.pattern)
    case .layerwise:
      guard let method = self as? any Optimizer else {
        throw ModifierError(
          modifier: kind, reason: "goes around a method that steps each tensor for itself, before other modifiers")
      }
      return method.withLayerwiseDecay(a.schedule(0))
    case .cautious: return cautious()
    case .sam: return sharpnessAware(radius: a.schedule(0))
    case .lookahead: return lookahead(share: a.schedule(0), every: a.count(1))
    case .accumulate:
      guard !needsLoss else {
        throw ModifierError(
          modifier: kind, reason: "cannot be around what needs the loss of one batch; sam goes after it")
      }
      return accumulating(steps: a.count(0))
    case .ema: return averaged(.ema(a.schedule(0)))
    case .swa: return averaged(.swa(from: a.count(0), every: a.count(1)))
    case .stateFormat: return quantizedState(a.word == "bf16" ? .bfloat16 : .blockwise8)
    case .group: return try grouped(a.pattern, a.change(self))
    case .frozen: return frozen(a.pattern)
    case .skipNonFinite: return skippingNonFinite()
    }
  }

  private func grouped(_ pattern: NamePattern, _ other: some OptimizationMethod) -> any OptimizationMethod {
    group(pattern, other)
  }
}

extension Optimizer {
  fileprivate func withLayerwiseDecay(_ decay: Schedule) -> any OptimizationMethod { layerwiseDecay(decay) }
}
