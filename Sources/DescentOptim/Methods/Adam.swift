import DescentGraph

/// Adam (Kingma & Ba 2014, arXiv 1412.6980): exponential averages of the gradient and its square, both corrected for
/// their start at zero. θ ← θ − η·m̂/(√v̂ + ε).
///
/// State: two tensors. Weight decay is coupled (part of the gradient), as in `torch.optim.Adam`; use `AdamW` for the
/// decoupled kind.
public struct Adam: Optimizer {
  public var learningRate: Schedule
  public var beta1: Schedule
  public var beta2: Schedule
  public var epsilon: Schedule
  public var weightDecay: Schedule
  public var epsilonPlace: EpsilonPlace

  public static var adjustable: [Hyperparameter<Self>] {
    [
      .init("beta1", \.beta1, .fraction), .init("beta2", \.beta2, .fraction),
      .init("epsilon", \.epsilon, .nonNegative), .init("weightDecay", \.weightDecay, .nonNegative),
    ]
  }

  public init(
    learningRate: Schedule = 1e-3, beta1: Schedule = 0.9, beta2: Schedule = 0.999, epsilon: Schedule = 1e-8,
    weightDecay: Schedule = 0, epsilonPlace: EpsilonPlace = .outsideRoot
  ) {
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.epsilonPlace = epsilonPlace
  }

  public struct State: OptimizerState {
    @Slot public var mean: Tensor
    @Slot public var meanSquare: Tensor
    public init(like w: Tensor) {
      mean = .zeros(like: w)
      meanSquare = .zeros(like: w)
    }

    /// Updates both averages; gives m̂ divided by the root of v̂.
    func direction(
      _ g: Tensor, beta1: Tensor, beta2: Tensor, epsilon: Tensor, _ place: EpsilonPlace, number: Tensor
    ) -> Tensor {
      mean = beta1 * mean + (1 - beta1) * g
      meanSquare = beta2 * meanSquare + (1 - beta2) * (g * g)
      // The corrections are scalars: computed once per step, not per element.
      let meanScale = 1 / (1 - pow(beta1, number))
      let squareScale = 1 / (1 - pow(beta2, number))
      return meanScale * mean / place.root(squareScale * meanSquare, epsilon)
    }
  }

  public func update(_ w: Tensor, gradient: Tensor, state s: State, at step: Step<Self>) -> Tensor {
    let direction = s.direction(
      gradient + step.weightDecay * w, beta1: step.beta1, beta2: step.beta2, epsilon: step.epsilon, epsilonPlace,
      number: step.number)
    return w - step.learningRate * direction
  }
}
