import DescentGraph

/// Shampoo (Gupta, Koren & Singer 2018, arXiv 1802.09568): the gradient multiplied along each of its k axes by
/// (εI + Σ GᵢGᵢᵀ)^(−1/2k), GᵢGᵢᵀ being the inner products of its slices. θ ← θ − η·L^(−1/4)·G·R^(−1/4) for a matrix.
///
/// State: two matrices for each axis. Without momentum; sums and no averages, as the paper. The roots are taken in step 1
/// and each `period` steps after it. Axes longer than `longestAxis` are left as they are. Weight decay is coupled.
public struct Shampoo: Optimizer {
  /// η; ε, added to the eigenvalues: above 0; λ, the coupled weight decay: at least 0.
  public var learningRate, epsilon, weightDecay: Schedule
  /// The steps after which roots are taken anew: above 0; the longest axis that gets matrices.
  public let period, longestAxis: Int

  /// All schedules but η: commands can set them by name.
  public static let adjustable: [Hyperparameter<Self>] = [
    .init("epsilon", \.epsilon, .positive), .init("weightDecay", \.weightDecay, .nonNegative),
  ]

  /// `period` and `longestAxis` are fixed, the others may be schedules; without weight decay unless told otherwise.
  public init(
    learningRate: Schedule = 1e-3, epsilon: Schedule = 1e-6, weightDecay: Schedule = 0, period: Int = 1,
    longestAxis: Int = 8192
  ) {
    (self.learningRate, self.epsilon, self.weightDecay) = (learningRate, epsilon, weightDecay)
    (self.period, self.longestAxis) = (period, longestAxis)
  }

  /// The sums GᵢGᵢᵀ and their roots for each axis up to `longestAxis`, a vector's too.
  public func makeState(for w: Tensor, named name: String) -> AxisMatrices {
    AxisMatrices(like: w, longestAxis: longestAxis, leastRank: 1)
  }

  /// θ − η·L^(−1/4)·G·R^(−1/4) for a matrix; the sums take G in first.
  public func update(_ w: Tensor, gradient: Tensor, state s: AxisMatrices, at step: Step<Self>) -> Tensor {
    let g = gradient + step.weightDecay * w
    let sums = zip(s.axes, s.statistics).map { $1.wrappedValue + g.innerProducts(along: $0) }
    let roots = when(step.isFirst(ofEvery: period), otherwise: s.transforms.map(\.wrappedValue)) {
      sums.map { $0.inverseRoot(2 * sums.count, damping: step.epsilon) }
    }
    for i in sums.indices { (s.statistics[i].wrappedValue, s.transforms[i].wrappedValue) = (sums[i], roots[i]) }
    return w - step.learningRate * s.transformed(g)
  }
}
