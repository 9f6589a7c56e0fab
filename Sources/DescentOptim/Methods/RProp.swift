import DescentGraph

/// Resilient propagation (Riedmiller & Braun 1993): each element moves by a step of its own against the sign of its
/// gradient. The step is η·k; k grows by the factor `increase` while the sign stays and is cut by `decrease` when it
/// turns, and then the element waits one step. For full batches.
///
/// State: two tensors. `sizes` are the least and the greatest step.
public struct RProp: Optimizer {
  /// η, the first step of each element; the factor that steps grow by: above 0, as a rule above 1; the one they are cut
  /// by: in 0..<1.
  public var learningRate, increase, decrease: Schedule
  /// The least and the greatest step η·k.
  public var sizes: ClosedRange<Double>

  /// All schedules but η: commands can set them by name.
  public static let adjustable: [Hyperparameter<Self>] = [
    .init("increase", \.increase, .positive), .init("decrease", \.decrease, .fraction),
  ]

  /// `sizes` are fixed.
  public init(
    learningRate: Schedule = 0.01, increase: Schedule = 1.2, decrease: Schedule = 0.5,
    sizes: ClosedRange<Double> = 1e-6...50
  ) {
    (self.learningRate, self.increase, self.decrease, self.sizes) = (learningRate, increase, decrease, sizes)
  }

  /// The steps, and the signs that they are adapted by.
  public struct State: OptimizerState {
    /// k.
    @Slot public var gain: Tensor
    /// The gradient of the step before; 0 where the element waited.
    @Slot public var previous: Tensor
    /// Gains 1 and gradients 0 in the shape of `w`.
    public init(like w: Tensor) { (gain, previous) = (.ones(like: w), .zeros(like: w)) }
  }

  /// θ − η·k·sign(g) with the new k; θ where the sign has just turned.
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
