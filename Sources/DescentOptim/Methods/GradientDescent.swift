import DescentGraph

/// Gradient descent: θ ← θ − η·(g + λθ). On mini-batches it is stochastic gradient descent (Robbins & Monro 1951).
///
/// State: none. Weight decay λ is coupled (part of the gradient), as in `torch.optim.SGD`.
public struct GradientDescent: Optimizer {
  /// η.
  public var learningRate: Schedule
  /// λ, coupled: at least 0.
  public var weightDecay: Schedule

  /// All schedules but η: commands can set them by name.
  public static var adjustable: [Hyperparameter<Self>] { [.init("weightDecay", \.weightDecay, .nonNegative)] }

  /// Without weight decay unless told otherwise.
  public init(learningRate: Schedule = 0.1, weightDecay: Schedule = 0) {
    self.learningRate = learningRate
    self.weightDecay = weightDecay
  }

  /// θ − η·(g + λθ).
  public func update(_ w: Tensor, gradient g: Tensor, state: NoState, at step: Step<Self>) -> Tensor {
    w - step.learningRate * (g + step.weightDecay * w)
  }
}

/// Gradient descent under the name it has on mini-batches.
public typealias SGD = GradientDescent
