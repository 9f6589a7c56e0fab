import DescentGraph

/// Element-wise gradient optimization: every element has its own learning rate, θᵢ ← θᵢ − αᵢ·gᵢ with αᵢ = η·kᵢ.
///
/// The gains k are fixed, or adapted by delta-bar-delta (Jacobs 1988, "Increased rates of convergence through learning
/// rate adaptation"): where the gradient keeps the sign of its own running average, k grows by `increase`; where the sign
/// turns, k shrinks by the factor 1 − `decrease`; in between it stays. k remains within `bounds`.
///
/// State: gains, and for adapted ones the gradient's average.
public struct GEO: Optimizer {
  public enum Gains: Sendable {
    /// Adapted, starting from 1.
    case adapted
    /// One gain for each named tensor; tensors without a name here have gain 1.
    case tensors([String: Double])
    /// One gain for each element of each named tensor; tensors without a name here have gain 1.
    case elements([String: Tensor])
  }

  public var learningRate: Schedule
  public var increase: Schedule
  public var decrease: Schedule
  /// How much of the old average is kept (θ in the paper).
  public var memory: Schedule
  public var minimumGain: Schedule
  public var maximumGain: Schedule
  public var gains: Gains

  public static var adjustable: [Hyperparameter<Self>] {
    [
      .init("increase", \.increase, .nonNegative), .init("decrease", \.decrease, .fraction),
      .init("memory", \.memory, .fraction), .init("minimumGain", \.minimumGain, .positive),
      .init("maximumGain", \.maximumGain, .positive),
    ]
  }

  public init(
    learningRate: Schedule = 0.05, increase: Schedule = 0.05, decrease: Schedule = 0.2, memory: Schedule = 0.7,
    minimumGain: Schedule = 0.01, maximumGain: Schedule = 10, gains: Gains = .adapted
  ) {
    self.learningRate = learningRate
    self.increase = increase
    self.decrease = decrease
    self.memory = memory
    self.minimumGain = minimumGain
    self.maximumGain = maximumGain
    self.gains = gains
  }

  public struct State: OptimizerState {
    @Slot public var gain: Tensor
    @Slot public var averageGradient: Tensor
    public init(like w: Tensor) { self.init(gain: .ones(like: w), averageGradient: .zeros(like: w)) }
    init(gain: Tensor, averageGradient: Tensor) {
      self.gain = gain
      self.averageGradient = averageGradient
    }
  }

  public func makeState(for w: Tensor, named name: String) -> State {
    // Fixed gains need no average: an empty tensor stands in for it.
    let nothing = Tensor.zeros([0], dtype: w.dtype)
    switch gains {
    case .adapted: return State(like: w)
    case .tensors(let gains):
      return State(gain: Tensor(gains[name] ?? 1, dtype: w.dtype), averageGradient: nothing)
    case .elements(let gains):
      let gain = gains[name] ?? Tensor(1, dtype: w.dtype)
      require(
        gain.shape == w.shape || gain.shape.isScalar,
        "GEO: the gains of \(name) have shape \(gain.shape), the parameter \(w.shape)")
      return State(gain: gain, averageGradient: nothing)
    }
  }

  public func update(_ w: Tensor, gradient g: Tensor, state s: State, at step: Step<Self>) -> Tensor {
    if case .adapted = gains {
      let agreement = s.averageGradient * g
      let turned = select(agreement .< 0, s.gain * (1 - step.decrease), s.gain)
      let adapted = select(agreement .> 0, s.gain + step.increase, turned)
      s.gain = minimum(maximum(adapted, step.minimumGain), step.maximumGain)
      s.averageGradient = (1 - step.memory) * g + step.memory * s.averageGradient
    }
    return w - step.learningRate * s.gain * g
  }
}
