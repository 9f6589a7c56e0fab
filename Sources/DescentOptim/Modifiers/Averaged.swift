import DescentGraph

/// Keeps an average of the parameters' path, which is where the network is evaluated; training goes on as without it.
public struct Averaged<Base: OptimizationMethod>: Modifier {
  public enum Kind: String, CaseIterable, Sendable {
    /// a ← decay·a + (1 − decay)·θ, starting from the first θ.
    case exponential
    /// The mean of all θ since the first step (Polyak & Juditsky 1992; stochastic weight averaging, Izmailov et al. 2018,
    /// arXiv 1803.05407).
    case mean
  }
  public var base: Base
  public var decay: Schedule
  public let kind: Kind

  public struct Average: OptimizerState {
    @Slot public var average: Tensor
    public init(like w: Tensor) { average = .zeros(like: w) }
  }
  public typealias State = Layered<Average, Base.State>
  public typealias Shared = Base.Shared

  public static var adjustable: [Hyperparameter<Self>] { [.init("decay", \.decay, .fraction)] + inherited }

  public func makeState(for w: Tensor, named name: String) -> State {
    State(own: Average(like: w), base: base.makeState(for: w, named: name))
  }

  public func update(_ parameters: [ParameterStep<State>], at step: Step<Self>) -> [Tensor] {
    let values = base.update(parameters.withStates(\.base), at: step.inner)
    for (parameter, value) in zip(parameters, values) {
      let average = parameter.state.own
      let kept =
        kind == .mean ? 1 - 1 / step.number : select(step.number .<= 1, Tensor(0.0, dtype: .float64), step.decay)
      average.average = kept * average.average + (1 - kept) * value
    }
    return values
  }

  public func evaluationPoint(_ parameters: [ParameterStep<State>], at step: Step<Self>) -> [Tensor]? {
    parameters.map(\.state.own.average)
  }
}
