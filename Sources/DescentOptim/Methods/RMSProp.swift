import DescentGraph

/// RMSProp (Tieleman & Hinton, Coursera lecture 6e, 2012): v ← ρv + (1−ρ)g²; θ ← θ − η·g/(√v + ε).
///
/// State: one tensor. Defaults and the place of ε as in `torch.optim.RMSprop`; `.optax` gives optax's.
public struct RMSProp: Optimizer {
  public var learningRate: Schedule
  public var decay: Schedule
  public var epsilon: Schedule
  public var epsilonPlace: EpsilonPlace

  public static var adjustable: [Hyperparameter<Self>] {
    [.init("decay", \.decay, .fraction), .init("epsilon", \.epsilon, .nonNegative)]
  }

  public init(
    learningRate: Schedule = 1e-2, decay: Schedule = 0.99, epsilon: Schedule = 1e-8,
    epsilonPlace: EpsilonPlace = .outsideRoot
  ) {
    self.learningRate = learningRate
    self.decay = decay
    self.epsilon = epsilon
    self.epsilonPlace = epsilonPlace
  }

  /// As `optax.rmsprop`: decay 0.9, ε inside the root.
  public static func optax(learningRate: Schedule) -> RMSProp {
    RMSProp(learningRate: learningRate, decay: 0.9, epsilon: 1e-8, epsilonPlace: .insideRoot)
  }

  public struct State: OptimizerState {
    @Slot public var meanSquare: Tensor
    public init(like w: Tensor) { meanSquare = .zeros(like: w) }
  }

  public func update(_ w: Tensor, gradient g: Tensor, state s: State, at step: Step<Self>) -> Tensor {
    s.meanSquare = step.decay * s.meanSquare + (1 - step.decay) * (g * g)
    return w - step.learningRate * g / epsilonPlace.root(s.meanSquare, step.epsilon)
  }
}
