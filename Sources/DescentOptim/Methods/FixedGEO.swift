import DescentGraph

/// Element-wise gradient optimization with rates that stay: θᵢ ← θᵢ − η·kᵢ·gᵢ.
///
/// State: the gains k. `GEO` adapts them.
public struct FixedGEO: Optimizer {
  /// The gains k, by the names of parameters (`layers.0.weight`).
  public enum Gains: Sendable {
    /// One gain for each named tensor; tensors without a name here have gain 1.
    case tensors([String: Double])
    /// One gain for each element of each named tensor; tensors without a name here have gain 1.
    case elements([String: Tensor])
  }

  /// η.
  public var learningRate: Schedule
  /// k, fixed when states are made.
  public var gains: Gains

  /// All gains are 1 unless told otherwise: gradient descent.
  public init(learningRate: Schedule = 0.05, gains: Gains = .tensors([:])) {
    (self.learningRate, self.gains) = (learningRate, gains)
  }

  /// The gain of a tensor.
  public struct State: OptimizerState {
    /// k: a scalar, or one number for each element.
    @Slot public var gain: Tensor
    /// Gain 1.
    public init(like w: Tensor) { gain = Tensor(1, dtype: w.dtype) }
    init(gain: Tensor) { self.gain = gain }
  }

  /// The gain named `name`, 1 without one; traps when its shape is neither the parameter's nor a scalar's.
  public func makeState(for w: Tensor, named name: String) -> State {
    switch gains {
    case .tensors(let gains): return State(gain: Tensor(gains[name] ?? 1, dtype: w.dtype))
    case .elements(let gains):
      let (gain, shape) = (gains[name] ?? Tensor(1, dtype: w.dtype), w.shape)
      require(gain.shape == shape || gain.shape.isScalar, "GEO: gains \(gain.shape) for \(name) of shape \(shape)")
      return State(gain: gain)
    }
  }

  /// θ − η·k·g.
  public func update(_ w: Tensor, gradient g: Tensor, state s: State, at step: Step<Self>) -> Tensor {
    w - step.learningRate * s.gain * g
  }
}
