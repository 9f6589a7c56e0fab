import DescentGraph

/// PSGD with Kronecker factors (Li 2015, arXiv 1512.04202; Li 2022, arXiv 2211.04422): the momentum multiplied along each
/// axis by QᵀQ, Q upper triangular and fitted so that the whitened gradient looks like noise; θ ← θ − η·(P + λθ).
///
/// The fit, as `KroneckerFactors` says it, happens in step 1 and each `period` steps after it. P is scaled down where its
/// root mean square is above `limit`. State: one tensor, and one matrix for each axis that is not longer than
/// `longestAxis`; the others are left as they are.
public struct PSGDKron: Optimizer {
  /// η; β, how long gradients are remembered: in 0..<1; μ, the rate that Q is fitted at: at least 0; the greatest root
  /// mean square of P: above 0; λ, the decoupled weight decay: at least 0.
  public var learningRate, momentum, preconditionerRate, limit, weightDecay: Schedule
  /// The steps from one fit to the next: above 0; the longest axis that gets a matrix.
  public let period, longestAxis: Int

  /// All schedules but η: commands can set them by name.
  public static let adjustable: [Hyperparameter<Self>] = [
    .init("momentum", \.momentum, .fraction), .init("preconditionerRate", \.preconditionerRate, .nonNegative),
    .init("limit", \.limit, .positive), .init("weightDecay", \.weightDecay, .nonNegative),
  ]

  /// `period` and `longestAxis` are fixed, the others may be schedules; without weight decay unless told otherwise.
  public init(
    learningRate: Schedule = 1e-3, momentum: Schedule = 0.9, preconditionerRate: Schedule = 0.1,
    limit: Schedule = 1.1, weightDecay: Schedule = 0, period: Int = 1, longestAxis: Int = 8192
  ) {
    (self.learningRate, self.momentum, self.preconditionerRate) = (learningRate, momentum, preconditionerRate)
    (self.limit, self.weightDecay, self.period, self.longestAxis) = (limit, weightDecay, period, longestAxis)
  }

  /// Q = I for each axis; the noise of the fit is drawn by `name`.
  public func makeState(for w: Tensor, named name: String) -> KroneckerFactors {
    KroneckerFactors(like: w, named: name, longestAxis: longestAxis)
  }

  /// θ − η·(P + λθ), P = m̂ multiplied along each axis by QᵀQ, scaled down to `limit`.
  public func update(_ w: Tensor, gradient: Tensor, state s: KroneckerFactors, at step: Step<Self>) -> Tensor {
    s.mean = movingAverage(s.mean, gradient, step.momentum)
    let g = step.correction(step.momentum) * s.mean
    s.fit(to: g, rate: step.preconditionerRate, number: step.number, isDue: step.isFirst(ofEvery: period))
    let whitened = s.whitened(g)
    let size = sqrt((whitened * whitened).mean())
    return w - step.learningRate * (minimum(step.limit / (size + 1e-12), 1) * whitened + step.weightDecay * w)
  }
}
