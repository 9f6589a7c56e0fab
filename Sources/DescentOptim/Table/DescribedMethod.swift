/// What lists and pages say about a method, whichever way it works.
public protocol DescribedMethod: Sendable {
  /// What users type: `adamw`.
  var name: String { get }
  /// How reports print it: `AdamW`.
  var title: String { get }
  var family: String { get }
  /// One sentence on what it does.
  var summary: String { get }
  var formula: String { get }
  var paper: String { get }
  var use: String { get }
  var conventions: [String] { get }
  /// Whether it takes all training examples at once.
  var isFullBatch: Bool { get }
  /// What it remembers, in numbers for each parameter of a matrix of 64 × 32.
  var stateSize: Double { get }
  /// The learning rate that it starts from, where it has one.
  var startingRate: Double? { get }
  /// The hyper-parameters and their defaults, as text.
  var hyperparameters: [(name: String, value: String)] { get }
}

extension MethodEntry: DescribedMethod {
  public var startingRate: Double? { learningRate }
  public var hyperparameters: [(name: String, value: String)] { make(.constant(learningRate)).hyperparameters }
}

/// L-BFGS beside the table of methods: it chooses its steps by evaluations of its own, so that it can neither be wrapped
/// nor take batches.
public struct FullBatchEntry: DescribedMethod {
  public let name = "lbfgs"
  public let title = "L-BFGS"
  public let family = "quasi-Newton"
  public let summary = "steps from the curvature of the last ten, as far as a line search finds good"
  public let formula =
    "θ ← θ + t·d, d = −H·g by the two-loop recursion over pairs (s, y);  L(θ + td) ≤ L(θ) + c₁t·gᵀd, "
    + "|∇L(θ + td)ᵀd| ≤ c₂|gᵀd|"
  public let paper = "Liu & Nocedal 1989, On the limited memory BFGS method; line search: Moré & Thuente 1994"
  public let use = "data that fit into one step, smooth losses, few parameters; nothing to tune"
  public let conventions = [
    "strong Wolfe conditions, c₁ = 10⁻³, c₂ = 0.9", "each evaluation of loss and gradient is a pass over the data",
  ]
  public let isFullBatch = true
  public let startingRate: Double? = nil
  public let method = LBFGS()

  /// The history's pairs, the line's start and direction, and two gradients.
  public var stateSize: Double { Double(2 * method.history + 4) }
  public var hyperparameters: [(name: String, value: String)] { method.hyperparameters }
}

extension MethodTable {
  public static let lbfgs = FullBatchEntry()
  /// Everything that `descent train` can train with.
  public static let described: [any DescribedMethod] = entries + [lbfgs]
}
