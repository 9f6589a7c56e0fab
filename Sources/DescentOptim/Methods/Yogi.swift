import DescentGraph

/// Yogi (Zaheer et al. 2018): Adam whose mean square moves by at most (1−β₂)g² a step, v ← v − (1−β₂)·sign(v − g²)·g²,
/// so that it forgets slowly.
///
/// State: two tensors, which start at `start`.
public struct Yogi: Optimizer {
  /// η; β₁ and β₂, how long gradients and their squares are remembered: in 0..<1; ε, beside the root: at least 0.
  public var learningRate, beta1, beta2, epsilon: Schedule
  /// What both averages start from.
  public var start: Double

  /// All schedules but η: commands can set them by name.
  public static let adjustable: [Hyperparameter<Self>] = [
    .init("beta1", \.beta1, .fraction), .init("beta2", \.beta2, .fraction), .init("epsilon", \.epsilon, .nonNegative),
  ]

  /// `start` is fixed; the method has no weight decay.
  public init(
    learningRate: Schedule = 0.01, beta1: Schedule = 0.9, beta2: Schedule = 0.999, epsilon: Schedule = 1e-3,
    start: Double = 1e-6
  ) {
    (self.learningRate, self.beta1, self.beta2, self.epsilon, self.start) = (learningRate, beta1, beta2, epsilon, start)
  }

  /// Both averages filled with `start`.
  public func makeState(for w: Tensor, named name: String) -> Moments { Moments(like: w, filled: start) }

  /// v ← v − (1−β₂)·sign(v − g²)·g²; θ − η·m̂/(√v̂ + ε).
  public func update(_ w: Tensor, gradient g: Tensor, state s: Moments, at step: Step<Self>) -> Tensor {
    let square = g * g
    s.mean = movingAverage(s.mean, g, step.beta1)
    s.meanSquare = s.meanSquare - (1 - step.beta2) * sign(s.meanSquare - square) * square
    let root = sqrt(step.correction(step.beta2) * s.meanSquare) + step.epsilon
    return w - step.learningRate * step.correction(step.beta1) * s.mean / root
  }
}
