import DescentGraph

/// SOAP (Vyas et al. 2024, arXiv 2409.11321): Adam in the eigenbases of Shampoo's averages GᵢGᵢᵀ. The mean square is of
/// the rotated gradient QᵀG; θ ← θ − η·Q(Qᵀm̂/(√v̂ + ε)) − ηλθ.
///
/// State: two tensors, and two matrices for each axis that is not longer than `longestAxis`; vectors have plain Adam. As
/// the authors' code: step 1 only finds the bases, the t of bias corrections is one less, ε is added before correction.
/// Each `period` steps the bases take a step of power iteration, by QR.
public struct SOAP: Optimizer {
  public var learningRate, beta1, beta2, shampooBeta, epsilon, weightDecay: Schedule
  public let period, longestAxis: Int

  public static let adjustable: [Hyperparameter<Self>] = [
    .init("beta1", \.beta1, .fraction), .init("beta2", \.beta2, .fraction),
    .init("shampooBeta", \.shampooBeta, .fraction), .init("epsilon", \.epsilon, .nonNegative),
    .init("weightDecay", \.weightDecay, .nonNegative),
  ]

  public init(
    learningRate: Schedule = 3e-3, beta1: Schedule = 0.95, beta2: Schedule = 0.95, shampooBeta: Schedule = 0.95,
    epsilon: Schedule = 1e-8, weightDecay: Schedule = 0.01, period: Int = 10, longestAxis: Int = 10000
  ) {
    (self.learningRate, self.beta1, self.beta2) = (learningRate, beta1, beta2)
    (self.shampooBeta, self.epsilon, self.weightDecay) = (shampooBeta, epsilon, weightDecay)
    (self.period, self.longestAxis) = (period, longestAxis)
  }

  public struct State: OptimizerState {
    public let moments: Moments
    public let bases: AxisMatrices
    public init(like w: Tensor) { self.init(like: w, longestAxis: .max) }
    init(like w: Tensor, longestAxis: Int) {
      (moments, bases) = (Moments(like: w), AxisMatrices(like: w, longestAxis: longestAxis))
    }
  }

  public func makeState(for w: Tensor, named name: String) -> State { State(like: w, longestAxis: longestAxis) }

  public func update(_ w: Tensor, gradient g: Tensor, state s: State, at step: Step<Self>) -> Tensor {
    let (isFirst, t) = (step.number .<= 1, maximum(step.number - 1, 1))
    let rotated = s.bases.transformed(g, transposed: true)
    let mean = average(s.moments.mean, g, step.beta1)
    let square = average(s.moments.meanSquare, rotated * rotated, step.beta2)
    let direction = s.bases.transformed(
      s.bases.transformed(mean, transposed: true) / (sqrt(square) + step.epsilon))
    let rate = step.learningRate * sqrt(1 - pow(step.beta2, t)) / (1 - pow(step.beta1, t))
    let moved = (1 - step.learningRate * step.weightDecay) * (w - rate * direction)
    s.moments.mean = select(isFirst, s.moments.mean, mean)
    s.moments.meanSquare = turnBases(s.bases, g, select(isFirst, s.moments.meanSquare, square), isFirst, step)
    return select(isFirst, w, moved)
  }

  /// Takes the gradient into the averages, and new bases when they are due; gives the mean square in their order.
  private func turnBases(
    _ s: AxisMatrices, _ g: Tensor, _ square: Tensor, _ isFirst: Tensor, _ step: Step<Self>
  ) -> Tensor {
    let isDue = step.isFirst(ofEvery: period) & !isFirst
    return s.axes.indices.reduce(square) { square, i in
      let sums = average(s.statistics[i].wrappedValue, g.innerProducts(along: s.axes[i]), step.shampooBeta)
      let basis = when(isFirst, otherwise: [s.transforms[i].wrappedValue]) {
        [sums.symmetricEigen().vectors.reversed(axes: [1])]
      }[0]
      let turned = when(isDue, otherwise: [basis, square]) {
        let products = matmul(sums, basis)
        let order = (basis * products).sum(axes: [0]).argsorted(descending: true)
        return [products.gathering(order, axis: 1).qr().q, square.gathering(order, axis: s.axes[i])]
      }
      (s.statistics[i].wrappedValue, s.transforms[i].wrappedValue) = (sums, turned[0])
      return turned[1]
    }
  }
}
