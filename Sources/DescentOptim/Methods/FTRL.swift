import DescentGraph

/// Follow the regularized leader, proximal (McMahan et al. 2013, "Ad click prediction"): with s ← s + g² and z ← z + g
/// − (√s_new − √s)/η·θ, θ ← 0 where |z| ≤ λ₁, else (sign(z)·λ₁ − z)/((β + √s)/η + λ₂). Parameters of rare features
/// stay exactly zero.
///
/// State: two tensors. s starts at `start`, z at 0, so parameters do best to start at 0 too.
public struct FTRL: Optimizer {
  /// η, which divides: above 0; β, which joins √s; λ₁, the L1 penalty, which makes zeros; λ₂, the L2 penalty. The
  /// others at least 0.
  public var learningRate, beta, lasso, ridge: Schedule
  /// What the sums of squares start from: at least 0.
  public var start: Double

  /// All schedules but η: commands can set them by name.
  public static let adjustable: [Hyperparameter<Self>] = [
    .init("beta", \.beta, .nonNegative), .init("lasso", \.lasso, .nonNegative), .init("ridge", \.ridge, .nonNegative),
  ]

  /// Without penalties unless told otherwise.
  public init(
    learningRate: Schedule = 0.1, beta: Schedule = 1, lasso: Schedule = 0, ridge: Schedule = 0, start: Double = 0
  ) {
    (self.learningRate, self.beta, self.lasso, self.ridge, self.start) = (learningRate, beta, lasso, ridge, start)
  }

  /// z and s.
  public typealias State = Layered<LinearSum, SquareSum>

  /// z = 0 and s = `start`.
  public func makeState(for w: Tensor, named name: String) -> State {
    State(own: LinearSum(like: w), base: SquareSum(like: w, filled: start))
  }

  /// 0 where |z| ≤ λ₁, else (sign(z)·λ₁ − z)/((β + √s)/η + λ₂); z takes g − (√s_new − √s)/η·θ in first.
  public func update(_ w: Tensor, gradient g: Tensor, state s: State, at step: Step<Self>) -> Tensor {
    // A rate of 0, as a warm-up starts with, is no step at all.
    let steps = step.learningRate .> 0
    let inverse = 1 / select(steps, step.learningRate, Tensor(1))
    let sum = s.base.squareSum + g * g
    let growth = (sqrt(sum) - sqrt(s.base.squareSum)) * inverse
    let z = s.own.linear + g - growth * w
    let leader = step.lasso * sign(z) - z
    let scale = (step.beta + sqrt(sum)) * inverse + step.ridge
    let value = select(abs(z) .> step.lasso, leader / scale, Tensor.zeros(like: w))
    s.own.linear = select(steps, z, s.own.linear)
    s.base.squareSum = select(steps, sum, s.base.squareSum)
    return select(steps, value, w)
  }
}
