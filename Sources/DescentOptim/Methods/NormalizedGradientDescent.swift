import DescentGraph

/// Normalized gradient descent (Hazan, Levy & Shalev-Shwartz 2015, arXiv 1507.02030): θ ← θ − α·η·g/(‖g‖ + ε).
///
/// Every step has the same length whatever the gradient's, which carries a network through plateaus and cliffs alike.
/// The norm is taken over the whole gradient, or in parts: each tensor, each row (slice of the first axis; a vector is
/// one), each element (then the step is the sign). A part whose gradient is zero stays where it is. State: none. η
/// scales α, the length.
public struct NormalizedGradientDescent: Optimizer {
  /// η; α, the length of a step at η = 1: above 0; ε, added to the norm: at least 0.
  public var learningRate, stepLength, epsilon: Schedule
  /// What the norm is taken over.
  public var scope: Scope

  /// All schedules but η: commands can set them by name.
  public static let adjustable: [Hyperparameter<Self>] = [
    .init("stepLength", \.stepLength, .positive), .init("epsilon", \.epsilon, .nonNegative),
  ]

  /// One norm of the whole gradient unless told otherwise.
  public init(
    learningRate: Schedule = 0.1, stepLength: Schedule = 1, epsilon: Schedule = 1e-12, scope: Scope = .whole
  ) {
    (self.learningRate, self.stepLength, self.epsilon, self.scope) = (learningRate, stepLength, epsilon, scope)
  }

  /// `whole`: all parameters together, which waits for the last gradient. `tensor`: each tensor. `row`: each slice of
  /// the first axis; a vector is one. `element`: each element.
  public enum Scope: String, CaseIterable, Sendable { case whole, tensor, row, element }

  /// θ − α·η·g/(‖g‖ + ε); θ where the norm is zero.
  public func update(_ w: Tensor, gradient g: Tensor, state: NoState, at step: Step<Self>) -> Tensor {
    let length =
      switch scope {
      case .whole: globalNorm(step.gradients)
      case .tensor: g.norm()
      case .row: g.norm(axes: g.rank < 2 ? nil : Array(1..<g.rank), keepingAxes: g.rank > 1)
      case .element: abs(g)
      }
    // A zero gradient has no direction, with ε = 0 as well.
    let direction = select(length .> 0, g / (length + step.epsilon), Tensor.zeros(like: g))
    return w - step.stepLength * step.learningRate * direction
  }
}
