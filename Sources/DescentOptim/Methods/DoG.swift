import DescentGraph

/// Distance over gradients (Ivgi, Hinder & Carmon 2023, arXiv 2302.12022): the learning rate is r/√(Σ‖g‖² + ε), r
/// being the farthest that the parameters have been from their start, at first `reach`·(1 + ‖θ₀‖), or `reach` itself
/// if that is a distance. Leave η at 1; the paper evaluates an average of the path (`averaged`).
///
/// State: one tensor, and two numbers for all. Weight decay is coupled.
public struct DoG: OptimizationMethod {
  /// η, a factor of the rate found: 1 as a rule; ε, added to the sum of squares; λ, the coupled weight decay. All at
  /// least 0.
  public var learningRate, epsilon, weightDecay: Schedule
  /// The first r, relative to 1 + ‖θ₀‖; or, if `reachIsDistance`, as it is.
  public var reach: Double, reachIsDistance: Bool

  /// All schedules but η: commands can set them by name.
  public static let adjustable: [Hyperparameter<Self>] = [
    .init("epsilon", \.epsilon, .nonNegative), .init("weightDecay", \.weightDecay, .nonNegative),
  ]

  /// `reach` decides how far the first step goes.
  public init(
    learningRate: Schedule = 1, epsilon: Schedule = 1e-8, weightDecay: Schedule = 0, reach: Double = 1e-6,
    reachIsDistance: Bool = false
  ) {
    (self.learningRate, self.epsilon, self.weightDecay, self.reach) = (learningRate, epsilon, weightDecay, reach)
    self.reachIsDistance = reachIsDistance
  }

  /// Where a tensor started.
  public struct State: OptimizerState {
    /// θ₀, taken in the first step.
    @Slot public var start: Tensor
    /// Zeros in the shape of `w`.
    public init(like w: Tensor) { _start = .weight(.zeros(like: w)) }
  }
  /// r, and Σ‖g‖², over all parameters.
  public typealias Shared = TravelledDistance

  /// θ − η·r/√(Σ‖g‖² + ε)·g, with one rate for all tensors.
  public func update(_ parameters: [ParameterStep<State>], at step: Step<Self>) -> [Tensor] {
    let gradients = parameters.map { $0.gradient + step.weightDecay * $0.value }
    for p in parameters { p.state.start = step.first(p.value, otherwise: p.state.start) }
    let first = reachIsDistance ? Tensor(reach) : reach * (1 + sqrt(squaredNorm(parameters.map(\.value))))
    let (distance, known) = (sqrt(squaredNorm(parameters.map { $0.value - $0.state.start })), step.shared)
    known.farthest = maximum(step.first(first, otherwise: known.farthest), distance)
    known.squareSum = known.squareSum + squaredNorm(gradients)
    let rate = step.learningRate * known.farthest / sqrt(known.squareSum + step.epsilon)
    return zip(parameters, gradients).map { $0.value - rate * $1 }
  }
}
