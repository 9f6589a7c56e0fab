import DescentGraph

/// A method as commands, comparisons and tests know it: a name, what it is, and defaults to start from.
public struct MethodEntry: Sendable {
  /// How a method's steps depend on the way the parameters are cut into tensors.
  public enum Coupling: String, Sendable {
    /// Every element for itself: tensors may be split, joined and reshaped.
    case elements
    /// All elements of all tensors together: the cut does not matter either.
    case whole
    /// The elements of a tensor together, whatever its shape.
    case tensors
    /// The shape matters.
    case shape
  }

  /// What users type: `adamw`.
  public let name: String
  /// How reports print it: `AdamW`.
  public let title: String
  /// What lists group it under: free text, such as "Adam" or "signs".
  public let family: String
  /// A cautious rate to start from on standardized data.
  public let learningRate: Double
  /// The rate a comparison on the digits uses: the best of a grid by validation loss, on seeds and data that comparisons
  /// are not judged by (`Benchmarks/choose_rates.py`).
  public let digitsRate: Double
  /// Whether a step takes the whole training set.
  public let isFullBatch: Bool
  /// What the step of an element depends on.
  public let coupling: Coupling
  /// One sentence on what it does.
  public let summary: String
  /// The step as a formula: θ parameters, g gradient, η learning rate, t the step from 1.
  public let formula: String
  /// Who proposed it, where.
  public let paper: String
  /// One line on when to use it.
  public let use: String
  /// Where libraries differ, which way this method goes: the place of ε, the kind of decay, the form of momentum, bias
  /// correction.
  public let conventions: [String]
  /// The method with the given learning rate and its other hyper-parameters at their defaults.
  public let make: @Sendable (Schedule) -> any OptimizationMethod

  init(
    _ name: String, _ title: String, _ family: String, learningRate: Double, digitsRate: Double? = nil,
    isFullBatch: Bool = false, coupling: Coupling = .elements, _ summary: String,
    formula: String, paper: String,
    use: String, conventions: [String] = [], make: @escaping @Sendable (Schedule) -> any OptimizationMethod
  ) {
    self.name = name
    self.title = title
    self.family = family
    self.learningRate = learningRate
    self.digitsRate = digitsRate ?? learningRate
    self.isFullBatch = isFullBatch
    self.coupling = coupling
    self.summary = summary
    self.formula = formula
    self.paper = paper
    self.use = use
    self.conventions = conventions
    self.make = make
  }

  /// Whether a step asks for the loss, or for gradients elsewhere: it cannot be taken from one gradient alone.
  public var needsLoss: Bool { make(.constant(learningRate)).needsLoss }

  /// The entry with methods changed on their way out.
  ///
  /// - Throws: what `change` throws for the method with its defaults.
  public func changed(
    by change: @escaping @Sendable (any OptimizationMethod) throws -> any OptimizationMethod
  ) throws -> MethodEntry {
    _ = try change(make(.constant(learningRate)))
    return MethodEntry(
      name, title, family, learningRate: learningRate, digitsRate: digitsRate, isFullBatch: isFullBatch,
      coupling: coupling, summary, formula: formula, paper: paper, use: use, conventions: conventions
    ) { [make] schedule in
      do {
        return try change(make(schedule))
      } catch {
        fatalError("\(name): \(error), though not for its default learning rate")
      }
    }
  }

  /// What the method remembers, in numbers for each parameter of a matrix of 64 × 32; what it remembers once not counted.
  public var stateSize: Double {
    func size(_ method: some OptimizationMethod) -> Double {
      let state = method.makeState(for: .zeros([64, 32], dtype: .float32), named: "weight")
      return state.variables.reduce(0) { $0 + Double($1.variable.storage.byteCount) } / (4 * 64 * 32)
    }
    return size(make(.constant(learningRate)))
  }
}
