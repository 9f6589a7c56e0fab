import DescentGraph

/// Normalized gradient descent (Hazan, Levy & Shalev-Shwartz 2015, arXiv 1507.02030): θ ← θ − α·η·g/(‖g‖ + ε).
///
/// Every step has the same length whatever the gradient's, which carries a network through plateaus and cliffs alike.
/// The norm is taken over the whole gradient, or in parts: each tensor, each row, each element (then the step is the
/// sign). A part whose gradient is zero stays where it is. State: none.
public struct NormalizedGradientDescent: Optimizer {
  public enum Scope: String, CaseIterable, Sendable {
    case whole, tensor
    /// The slices of a tensor's first axis; a vector or scalar is one row.
    case row
    case element
  }

  /// η.
  public var learningRate: Schedule
  /// α, the length that the schedule of η scales.
  public var stepLength: Schedule
  public var epsilon: Schedule
  public var scope: Scope

  public static var adjustable: [Hyperparameter<Self>] {
    [.init("stepLength", \.stepLength, .positive), .init("epsilon", \.epsilon, .nonNegative)]
  }

  public init(
    learningRate: Schedule = 0.1, stepLength: Schedule = 1, epsilon: Schedule = 1e-12, scope: Scope = .whole
  ) {
    self.learningRate = learningRate
    self.stepLength = stepLength
    self.epsilon = epsilon
    self.scope = scope
  }

  public func update(_ w: Tensor, gradient g: Tensor, state: NoState, at step: Step<Self>) -> Tensor {
    let norm: Tensor
    switch scope {
    case .whole: norm = DescentOptim.norm(step.gradients)
    case .tensor: norm = DescentOptim.norm([g])
    case .row: norm = DescentOptim.norm([g], axes: g.rank < 2 ? nil : Array(1..<g.rank))
    case .element: norm = abs(g)
    }
    // A zero gradient has no direction, with ε = 0 as well.
    let direction = select(norm .> 0, g / (norm + step.epsilon), Tensor.zeros(like: g))
    return w - step.stepLength * step.learningRate * direction
  }
}
