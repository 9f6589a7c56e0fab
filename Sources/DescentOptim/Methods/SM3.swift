import DescentGraph

/// SM3 (Anil et al. 2019, arXiv 1901.11150): Adagrad whose sums of squares are kept for each slice of each axis only.
/// s = g² + the least of an element's slices; each slice becomes the greatest s in it; m ← μm + (1−μ)·g/√(s + ε); θ ←
/// θ − η·m. State: one tensor, and n + m numbers for a matrix; two tensors for a vector.
public struct SM3: Optimizer {
  /// η; μ, how long scaled gradients are remembered: in 0..<1; ε, under the root: at least 0.
  public var learningRate, momentum, epsilonRoot: Schedule

  /// All schedules but η: commands can set them by name.
  public static let adjustable: [Hyperparameter<Self>] = [
    .init("momentum", \.momentum, .fraction), .init("epsilonRoot", \.epsilonRoot, .nonNegative),
  ]

  /// Each a number or a schedule; the method has no weight decay.
  public init(learningRate: Schedule = 0.1, momentum: Schedule = 0.9, epsilonRoot: Schedule = 1e-8) {
    (self.learningRate, self.momentum, self.epsilonRoot) = (learningRate, momentum, epsilonRoot)
  }

  /// The momentum, and the greatest sums of squares along each axis.
  public struct State: OptimizerState {
    /// m, the average of g/√(s + ε).
    @Slot public var mean: Tensor
    /// For each axis one number for each slice; all elements of a vector.
    public let slices: [Slot]
    /// Zeros in the shape of `w`.
    public init(like w: Tensor) {
      mean = .zeros(like: w)
      slices = (0..<max(1, w.rank)).map { axis in
        Slot(wrappedValue: .zeros(w.shape.keeping(axes: SM3.others(axis, of: w)), dtype: w.dtype))
      }
    }
  }
  private static func others(_ axis: Int, of w: Tensor) -> [Int] {
    w.rank < 2 ? [] : w.shape.indices.filter { $0 != axis }
  }

  /// s = g² + the least of the slices; m takes g/√(s + ε) in, 0 where s is zero; θ − η·m.
  public func update(_ w: Tensor, gradient g: Tensor, state s: State, at step: Step<Self>) -> Tensor {
    let sum = s.slices.dropFirst().reduce(s.slices[0].wrappedValue) { minimum($0, $1.wrappedValue) } + g * g
    for (axis, slice) in s.slices.enumerated() {
      slice.wrappedValue = g.rank < 2 ? sum : sum.max(axes: Self.others(axis, of: g), keepingAxes: true)
    }
    let scaled = select(sum .> 0, g / sqrt(sum + step.epsilonRoot), Tensor.zeros(like: g))
    s.mean = movingAverage(s.mean, scaled, step.momentum)
    return w - step.learningRate * s.mean
  }
}
