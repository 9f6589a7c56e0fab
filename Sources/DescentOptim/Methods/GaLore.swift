import DescentGraph

/// GaLore (Zhao et al. 2024, arXiv 2403.03507): AdamW on a matrix's gradient projected to its `rank` greatest singular
/// directions, on the shorter side, and back; θ ← θ − ηλθ − ηα·P·m̂/(√v̂ + ε).
///
/// The directions P are those of the gradient in step 1 and each `period` steps after it; the moments stay as they are.
/// State of an m × n matrix, m ≤ n: two tensors of rank × n and one of rank × m. Vectors get plain AdamW.
public struct GaLore: Optimizer {
  public var learningRate, beta1, beta2, epsilon, weightDecay, scale: Schedule
  public let rank, period: Int

  public static let adjustable: [Hyperparameter<Self>] = [
    .init("beta1", \.beta1, .fraction), .init("beta2", \.beta2, .fraction), .init("epsilon", \.epsilon, .nonNegative),
    .init("weightDecay", \.weightDecay, .nonNegative), .init("scale", \.scale, .nonNegative),
  ]

  public init(
    learningRate: Schedule = 0.01, beta1: Schedule = 0.9, beta2: Schedule = 0.999, epsilon: Schedule = 1e-8,
    weightDecay: Schedule = 0, scale: Schedule = 0.25, rank: Int = 128, period: Int = 200
  ) {
    (self.learningRate, self.beta1, self.beta2, self.epsilon) = (learningRate, beta1, beta2, epsilon)
    (self.weightDecay, self.scale, self.rank, self.period) = (weightDecay, scale, rank, period)
  }

  public struct Projected: OptimizerState {
    /// Pᵀ, `[rank, shorter side]`.
    @Slot public var directions: Tensor
    public let moments: Moments
    public init(like w: Tensor) { self.init(like: w, rank: .max) }
    init(like w: Tensor, rank: Int) {
      let (short, long) = (min(w.shape[0], w.shape[1]), max(w.shape[0], w.shape[1]))
      directions = .zeros([min(rank, short), short], dtype: w.dtype)
      moments = Moments(like: .zeros([min(rank, short), long], dtype: w.dtype))
    }
  }

  public func makeState(for w: Tensor, named name: String) -> EitherState<Projected, Moments> {
    w.rank == 2 ? .first(Projected(like: w, rank: rank)) : .second(Moments(like: w))
  }

  public func update(
    _ w: Tensor, gradient g: Tensor, state: EitherState<Projected, Moments>, at step: Step<Self>
  ) -> Tensor {
    func adam(_ g: Tensor, _ s: Moments) -> Tensor {
      s.add(g, step.beta1, step.beta2)
      return step.correction(step.beta1) * s.mean
        / (sqrt(step.correction(step.beta2) * s.meanSquare) + step.epsilon)
    }
    let kept = (1 - step.learningRate * step.weightDecay) * w
    switch state {
    case .first(let s):
      let wide = w.shape[0] <= w.shape[1] ? g : g.transposed
      s.directions =
        when(step.isFirst(ofEvery: period), otherwise: [s.directions]) {
          [wide.singularValues().u.sliced(axis: 1, 0..<s.directions.shape[0]).transposed]
        }[0]
      let update = matmul(s.directions.transposed, adam(matmul(s.directions, wide), s.moments))
      return kept - step.learningRate * step.scale * (wide.shape == w.shape ? update : update.transposed)
    case .second(let s): return kept - step.learningRate * adam(g, s)
    }
  }
}
