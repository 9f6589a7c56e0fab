/// What lists and pages say about a method, whichever way it works.
public protocol DescribedMethod: Sendable {
  /// What users type: `adamw`.
  var name: String { get }
  /// How reports print it: `AdamW`.
  var title: String { get }
  /// What lists group it under.
  var family: String { get }
  /// One sentence on what it does.
  var summary: String { get }
  /// The step as a formula: θ parameters, g gradient, η learning rate, t the step from 1.
  var formula: String { get }
  /// Who proposed it, where.
  var paper: String { get }
  /// One line on when to use it.
  var use: String { get }
  /// Where libraries differ, which way this method goes.
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
  /// The row's learning rate: every method of the table has one.
  public var startingRate: Double? { learningRate }
  /// The method's own, at the row's learning rate.
  public var hyperparameters: [(name: String, value: String)] { make(.constant(learningRate)).hyperparameters }
}

/// L-BFGS beside the table of methods: it chooses its steps by evaluations of its own, so that it can neither be wrapped
/// nor take batches.
public struct FullBatchEntry: DescribedMethod {
  /// What users type.
  public let name = "lbfgs"
  /// How reports print it.
  public let title = "L-BFGS"
  /// The only one of its family.
  public let family = "quasi-Newton"
  /// One sentence on what it does.
  public let summary = "steps from the curvature of the last ten, as far as a line search finds good"
  /// The step, and the strong Wolfe conditions.
  public let formula =
    "θ ← θ + t·d, d = −H·g by the two-loop recursion over pairs (s, y);  L(θ + td) ≤ L(θ) + c₁t·gᵀd, "
    + "|∇L(θ + td)ᵀd| ≤ c₂|gᵀd|"
  /// Of the method, and of its line search.
  public let paper = "Liu & Nocedal 1989, On the limited memory BFGS method; line search: Moré & Thuente 1994"
  /// When to use it.
  public let use = "data that fit into one step, smooth losses, few parameters; nothing to tune"
  /// The constants of the line search, and what an evaluation costs.
  public let conventions = [
    "strong Wolfe conditions, c₁ = 10⁻³, c₂ = 0.9", "each evaluation of loss and gradient is a pass over the data",
  ]
  /// Always.
  public let isFullBatch = true
  /// None: the line search finds the length of a step.
  public let startingRate: Double? = nil
  /// With its defaults.
  public let method = LBFGS()

  /// The history's pairs, the line's start and direction, and two gradients.
  public var stateSize: Double { Double(2 * method.history + 4) }
  /// The settings that commands take.
  public var hyperparameters: [(name: String, value: String)] { method.hyperparameters }
}

extension MethodTable {
  /// Beside the rows, since it is no ``OptimizationMethod``.
  public static let lbfgs = FullBatchEntry()
  /// Everything that `descent train` can train with.
  public static let described: [any DescribedMethod] = entries + [lbfgs]
}
