import DescentGraph

/// PSGD with Kronecker factors (Li 2015, arXiv 1512.04202; Li 2022, arXiv 2211.04422): the momentum multiplied along each
/// axis by QᵀQ, Q upper triangular and fitted so that the whitened gradient looks like noise; θ ← θ − η·(P + λθ).
///
/// A fit takes A, the momentum multiplied by every Q, and B, drawn noise V multiplied by every Q⁻ᵀ, and moves each
/// Q ← Q − μ·triu(AᵢAᵢᵀ − BᵢBᵢᵀ)·Q / ‖AᵢAᵢᵀ + BᵢBᵢᵀ‖, the norm estimated from below. It happens in step 1 and each
/// `period` steps after it. P is scaled down where its root mean square is above `limit`. State: one tensor, and one
/// matrix for each axis that is not longer than `longestAxis`; the others are left as they are.
public struct PSGDKron: Optimizer {
  public var learningRate, momentum, preconditionerRate, limit, weightDecay: Schedule
  public let period, longestAxis: Int

  public static let adjustable: [Hyperparameter<Self>] = [
    .init("momentum", \.momentum, .fraction), .init("preconditionerRate", \.preconditionerRate, .nonNegative),
    .init("limit", \.limit, .positive), .init("weightDecay", \.weightDecay, .nonNegative),
  ]

  public init(
    learningRate: Schedule = 1e-3, momentum: Schedule = 0.9, preconditionerRate: Schedule = 0.1,
    limit: Schedule = 1.1, weightDecay: Schedule = 0, period: Int = 1, longestAxis: Int = 8192
  ) {
    (self.learningRate, self.momentum, self.preconditionerRate) = (learningRate, momentum, preconditionerRate)
    (self.limit, self.weightDecay, self.period, self.longestAxis) = (limit, weightDecay, period, longestAxis)
  }

  public struct State: OptimizerState {
    @Slot public var mean: Tensor
    /// Q along each of `axes`, which start as the identity.
    public let factors: [Slot]
    let axes: [Int]
    let key: RandomKey

    public init(like w: Tensor) { self.init(like: w, named: "", longestAxis: .max) }
    init(like w: Tensor, named name: String, longestAxis: Int) {
      mean = .zeros(like: w)
      axes = w.shape.indices.filter { w.shape[$0] <= longestAxis }
      factors = axes.map { Slot(wrappedValue: .identity(w.shape[$0], dtype: w.dtype)) }
      key = RandomKey(0).folding(in: name)
    }
  }

  public func makeState(for w: Tensor, named name: String) -> State {
    State(like: w, named: name, longestAxis: longestAxis)
  }

  public func update(_ w: Tensor, gradient: Tensor, state s: State, at step: Step<Self>) -> Tensor {
    s.mean = average(s.mean, gradient, step.momentum)
    let g = step.correction(step.momentum) * s.mean
    let old = s.factors.map(\.wrappedValue)
    let new = when(step.isFirst(ofEvery: period), otherwise: old) {
      let noise = s.key.folding(in: step.number.cast(to: .int64)).normal(w.shape).cast(to: w.dtype)
      let a = zip(s.axes, old).reduce(g) { x, part in x.multiplied(by: part.1, along: part.0) }
      let b = zip(s.axes, old).reduce(noise) { x, part in
        x.mappingSlices(along: part.0) { part.1.solvingTriangular($0, lower: false, transposed: true) }
      }
      return zip(s.axes, old).map { axis, q in
        let (ofGradient, ofNoise) = (a.innerProducts(along: axis), b.innerProducts(along: axis))
        let rate = step.preconditionerRate / (ofGradient + ofNoise).leastNorm
        return q - rate * matmul((ofGradient - ofNoise).upperTriangle(), q)
      }
    }
    for (slot, q) in zip(s.factors, new) { slot.wrappedValue = q }
    let whitened = zip(s.axes, new).reduce(g) { x, part in
      x.multiplied(by: part.1, along: part.0).multiplied(by: part.1.transposed, along: part.0)
    }
    let size = sqrt((whitened * whitened).mean())
    return w - step.learningRate * (minimum(step.limit / (size + 1e-12), 1) * whitened + step.weightDecay * w)
  }
}

extension Tensor {
  fileprivate static func identity(_ n: Int, dtype: DType) -> Tensor {
    let storage = Storage(shape: [n, n], dtype: dtype)
    for i in 0..<n { storage.set(1, at: i * n + i) }
    return Tensor(storage: storage)
  }

  /// A lower bound of this symmetric matrix's greatest eigenvalue: what it makes of its longest row, made twice.
  fileprivate var leastNorm: Tensor {
    let longest = (self * self).sum(axes: [1]).argmax().reshaped([1])
    let direction = matmul(gathering(longest), self)
    return norm([matmul(direction / (norm([direction]) + 1e-30), self)]) + 1e-30
  }
}
