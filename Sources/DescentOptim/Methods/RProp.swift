import DescentGraph

/// Resilient propagation (Riedmiller & Braun 1993): each element moves by a step of its own against the sign of its
/// gradient. The step is η·k; k grows by the factor `increase` while the sign stays and is cut by `decrease` when it
/// turns, and then the element waits one step. For full batches.
///
/// State: two tensors. `sizes` are the least and the greatest step.
public struct RProp: Optimizer {
  public var learningRate, increase, decrease: Schedule
  public var sizes: ClosedRange<Double>

  public static let adjustable: [Hyperparameter<Self>] = [
    .init("increase", \.increase, .positive), .init("decrease", \.decrease, .fraction),
  ]

  public init(
    learningRate: Schedule = 0.01, increase: Schedule = 1.2, decrease: Schedule = 0.5,
    sizes: ClosedRange<Double> = 1e-6...50
  ) {
    (self.learningRate, self.increase, self.decrease, self.sizes) = (learningRate, increase, decrease, sizes)
  }

  public struct State: OptimizerState {
    @Slot public var gain: Tensor
    @Slot public var previous: Tensor
    public init(like w: Tensor) { (gain, previous) = (.ones(like: w), .zeros(like: w)) }
  }

  public func update(_ w: Tensor, gradient g: Tensor, state s: State, at step: Step<Self>) -> Tensor {
    let (rate, agreement) = (step.learningRate, s.previous * g)
    let turned = select(agreement .< 0, step.decrease * s.gain, s.gain)
    let gain = select(agreement .> 0, step.increase * s.gain, turned)
    let bounded = minimum(maximum(gain, sizes.lowerBound / rate), sizes.upperBound / rate)
    s.gain = select(rate .> 0, bounded, gain)
    s.previous = select(agreement .< 0, Tensor.zeros(like: g), g)
    return w - rate * s.gain * sign(s.previous)
  }
}
