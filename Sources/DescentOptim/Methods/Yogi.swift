import DescentGraph

/// Yogi (Zaheer et al. 2018): Adam whose mean square moves by at most (1−β₂)g² a step, v ← v − (1−β₂)·sign(v − g²)·g²,
/// so that it forgets slowly.
///
/// State: two tensors, which start at `start`.
public struct Yogi: Optimizer {
  public var learningRate, beta1, beta2, epsilon: Schedule
  public var start: Double

  public static let adjustable: [Hyperparameter<Self>] = [
    .init("beta1", \.beta1, .fraction), .init("beta2", \.beta2, .fraction), .init("epsilon", \.epsilon, .nonNegative),
  ]

  public init(
    learningRate: Schedule = 0.01, beta1: Schedule = 0.9, beta2: Schedule = 0.999, epsilon: Schedule = 1e-3,
    start: Double = 1e-6
  ) {
    (self.learningRate, self.beta1, self.beta2, self.epsilon, self.start) = (learningRate, beta1, beta2, epsilon, start)
  }

  public func makeState(for w: Tensor, named name: String) -> Moments { Moments(like: w, filled: start) }

  public func update(_ w: Tensor, gradient g: Tensor, state s: Moments, at step: Step<Self>) -> Tensor {
    let square = g * g
    s.mean = average(s.mean, g, step.beta1)
    s.meanSquare = s.meanSquare - (1 - step.beta2) * sign(s.meanSquare - square) * square
    let root = sqrt(step.correction(step.beta2) * s.meanSquare) + step.epsilon
    return w - step.learningRate * step.correction(step.beta1) * s.mean / root
  }
}
