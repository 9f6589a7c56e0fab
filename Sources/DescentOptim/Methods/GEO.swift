import DescentGraph

/// Element-wise gradient optimization: every element has its own learning rate η·k, adapted by delta-bar-delta (Jacobs
/// 1988, "Increased rates of convergence through learning rate adaptation"): where the gradient keeps the sign of its
/// own running average, k grows by `increase`; where the sign turns, it shrinks by the factor 1 − `decrease`.
///
/// State: two tensors. `memory` is how much of the old average stays (θ in the paper). `FixedGEO` has fixed gains.
public struct GEO: Optimizer {
  /// η; κ, added to k: at least 0; φ, the share of k taken off: in 0..<1; ϑ, the share of the old average that stays:
  /// in 0..<1; the limits of k: above 0.
  public var learningRate, increase, decrease, memory, minimumGain, maximumGain: Schedule

  /// All schedules but η: commands can set them by name.
  public static let adjustable: [Hyperparameter<Self>] = [
    .init("increase", \.increase, .nonNegative), .init("decrease", \.decrease, .fraction),
    .init("memory", \.memory, .fraction), .init("minimumGain", \.minimumGain, .positive),
    .init("maximumGain", \.maximumGain, .positive),
  ]

  /// Each a number or a schedule; gains start at 1.
  public init(
    learningRate: Schedule = 0.05, increase: Schedule = 0.05, decrease: Schedule = 0.2, memory: Schedule = 0.7,
    minimumGain: Schedule = 0.01, maximumGain: Schedule = 10
  ) {
    (self.learningRate, self.increase, self.decrease, self.memory) = (learningRate, increase, decrease, memory)
    (self.minimumGain, self.maximumGain) = (minimumGain, maximumGain)
  }

  /// The gains, and the averages that they are adapted by.
  public struct State: OptimizerState {
    /// k, one number for each element.
    @Slot public var gain: Tensor
    /// ḡ, the running average of the gradient.
    @Slot public var averageGradient: Tensor
    /// Gains 1 and averages 0 in the shape of `w`.
    public init(like w: Tensor) { (gain, averageGradient) = (.ones(like: w), .zeros(like: w)) }
  }

  /// k ← k + κ where ḡ·g > 0, k·(1 − φ) where ḡ·g < 0, within the limits; θ − η·k·g with the new k.
  public func update(_ w: Tensor, gradient g: Tensor, state s: State, at step: Step<Self>) -> Tensor {
    let agreement = s.averageGradient * g
    let turned = select(agreement .< 0, s.gain * (1 - step.decrease), s.gain)
    let adapted = select(agreement .> 0, s.gain + step.increase, turned)
    s.gain = minimum(maximum(adapted, step.minimumGain), step.maximumGain)
    s.averageGradient = movingAverage(s.averageGradient, g, step.memory)
    return w - step.learningRate * s.gain * g
  }
}
