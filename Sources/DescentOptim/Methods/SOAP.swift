import DescentGraph

/// SOAP (Vyas et al. 2024, arXiv 2409.11321): Adam in the eigenbases of Shampoo's averages GᵢGᵢᵀ. The mean square is of
/// the rotated gradient QᵀG; θ ← (1 − ηλ)(θ − η·Q(Qᵀm̂/(√v̂ + ε))).
///
/// State: two tensors, and two matrices for each axis up to `longestAxis` long; vectors get Adam. As the authors' code: step
/// 1 only finds the bases, bias corrections have t − 1, ε is added before them. The bases turn each `period` steps.
public struct SOAP: Optimizer {
  /// η; β₁ and β₂, how long gradients and the squares of rotated ones are remembered: in 0..<1; ε, beside the root: at
  /// least 0; β of the averages GᵢGᵢᵀ: in 0..<1; λ, the decoupled weight decay: at least 0.
  public var learningRate, beta1, beta2, epsilon, shampooBeta, weightDecay: Schedule
  /// The steps from one turn of the bases to the next: above 0; the longest axis that gets a basis.
  public let period, longestAxis: Int

  /// All schedules but η: commands can set them by name.
  public static let adjustable: [Hyperparameter<Self>] = [
    .init("beta1", \.beta1, .fraction), .init("beta2", \.beta2, .fraction), .init("epsilon", \.epsilon, .nonNegative),
    .init("shampooBeta", \.shampooBeta, .fraction), .init("weightDecay", \.weightDecay, .nonNegative),
  ]

  /// `period` and `longestAxis` are fixed, the others may be schedules; weight decay is 0.01 unless told otherwise.
  public init(
    learningRate: Schedule = 3e-3, beta1: Schedule = 0.95, beta2: Schedule = 0.95, shampooBeta: Schedule = 0.95,
    epsilon: Schedule = 1e-8, weightDecay: Schedule = 0.01, period: Int = 10, longestAxis: Int = 10000
  ) {
    (self.learningRate, self.beta1, self.beta2) = (learningRate, beta1, beta2)
    (self.shampooBeta, self.epsilon, self.weightDecay) = (shampooBeta, epsilon, weightDecay)
    (self.period, self.longestAxis) = (period, longestAxis)
  }

  /// Adam's averages, and matrices for each axis up to `longestAxis`; none for vectors.
  public func makeState(for w: Tensor, named _: String) -> RotatedMoments { .init(like: w, longestAxis: longestAxis) }

  /// (1 − ηλ)·(θ − η·Q(Qᵀm̂/(√v̂ + ε))); θ in step 1. Then the bases turn if that is due, and v with them.
  public func update(_ w: Tensor, gradient g: Tensor, state s: RotatedMoments, at step: Step<Self>) -> Tensor {
    let (isFirst, isDue, t) = (step.number .<= 1, step.isFirst(ofEvery: period), maximum(step.number - 1, 1))
    let (old, rotated) = (s.moments, s.bases.transformed(g, transposed: true))
    let mean = movingAverage(old.mean, g, step.beta1)
    let square = movingAverage(old.meanSquare, rotated * rotated, step.beta2)
    let push = s.bases.transformed(s.bases.transformed(mean, transposed: true) / (sqrt(square) + step.epsilon))
    let rate = step.learningRate * sqrt(1 - pow(step.beta2, t)) / (1 - pow(step.beta1, t))
    old.meanSquare = s.turn(
      g, select(isFirst, old.meanSquare, square), decay: step.shampooBeta, isFirst: isFirst, isDue: isDue)
    old.mean = select(isFirst, old.mean, mean)
    return select(isFirst, w, (1 - step.learningRate * step.weightDecay) * (w - rate * push))
  }
}
