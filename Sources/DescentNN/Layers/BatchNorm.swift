import DescentGraph

/// Normalizes each channel over the batch, and over the positions of images or sequences (Ioffe & Szegedy 2015, arXiv
/// 1502.03167): `[batch, channels, …] → [batch, channels, …]`; weight, bias, running mean and variance `[channels]`.
///
/// While training it uses the batch's own mean and biased variance, and in a compiled function moves the running ones
/// towards them; while evaluating it uses the running ones. As in PyTorch, the running variance is the unbiased one.
public struct BatchNorm: UnaryModule {
  /// What normalized channels are multiplied by, `[channels]`; ones at first.
  public let weight: Parameter
  /// What is added then, `[channels]`; zeros at first.
  public let bias: Parameter
  /// `[channels]`, zeros at first; state, which no optimizer trains.
  public let runningMean: Parameter
  /// `[channels]`, ones at first; state, which no optimizer trains.
  public let runningVariance: Parameter
  /// Added to the variance before its root is taken.
  public let epsilon: Double
  /// The share of the batch's statistics in the new running ones, in 0...1.
  public let momentum: Double

  /// - Parameters:
  ///   - channels: the extent of axis 1.
  ///   - epsilon: added to the variance.
  ///   - momentum: the share of the batch's statistics in the new running ones, in 0...1.
  public init(_ channels: Int, epsilon: Double = 1e-5, momentum: Double = 0.1) {
    require((0...1).contains(momentum), "BatchNorm: the momentum must lie in 0...1, not \(momentum)")
    weight = Parameter([channels], .ones)
    bias = Parameter([channels], .zeros)
    runningMean = .state([channels], .zeros)
    runningVariance = .state([channels], .ones)
    self.epsilon = epsilon
    self.momentum = momentum
  }

  /// Traps unless x is `[batch, channels, …]`, and while training when it has only one value a channel.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    let channels = weight.shape[0]
    require(
      x.rank >= 2 && x.shape[1] == channels,
      "BatchNorm: input shape \(x.shape) is not [batch, \(channels), …]")
    func aligned(_ vector: Tensor) -> Tensor {
      vector.reshaped(Shape([channels] + [Int](repeating: 1, count: x.rank - 2)))
    }
    let moments: NormalizationStatistics
    if Forward.isTraining {
      let axes = [0] + Array(2..<x.rank)
      let count = x.shape.elementCount / max(channels, 1)
      require(count > 1, "BatchNorm: input shape \(x.shape) has one value a channel, which has no variance")
      moments = NormalizationStatistics(x, axes: axes)
      update(runningMean, towards: moments.mean)
      update(runningVariance, towards: moments.variance * (Double(count) / Double(count - 1)))
    } else {
      Forward.noteEvaluation(of: "BatchNorm(\(channels))")
      moments = NormalizationStatistics(
        x, mean: aligned(runningMean.value), variance: aligned(runningVariance.value))
    }
    return moments.normalized(epsilon: epsilon) * aligned(weight.value) + aligned(bias.value)
  }

  private func update(_ state: Parameter, towards statistic: Tensor) {
    guard Trace.current != nil else { return }
    let new = statistic.reshaped(state.shape).stoppingGradient()
    state.variable.value = (1 - momentum) * state.value + momentum * new
  }
}

extension BatchNorm {
  /// `BatchNorm(channels)`.
  public var title: String { "BatchNorm(\(weight.shape[0]))" }
}
