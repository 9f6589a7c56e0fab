import DescentGraph

/// Lookahead (Zhang et al. 2019, arXiv 1907.08610): acts on what comes out of the method. After every `interval` steps the
/// slow weights go the fraction `share` of the way to the method's, φ ← φ + α(θ − φ), and the method goes on from there.
///
/// State: one tensor beside the method's. The network is evaluated where it is trained; after each `interval` steps that is
/// the slow weights.
public struct Lookahead<Base: OptimizationMethod>: Modifier {
  /// The method inside.
  public var base: Base
  /// α.
  public var share: Schedule
  /// Steps of the method from one move of the slow weights to the next.
  public let interval: Int

  /// What is remembered of one parameter.
  public struct Slow: OptimizerState {
    /// The slow weight φ, of the parameter's shape.
    @Slot public var slow: Tensor
    /// Starts at zeros; the first step replaces them with the parameter's value.
    public init(like w: Tensor) { _slow = .weight(.zeros(like: w)) }
  }
  /// The slow weight, and what the method inside remembers.
  public typealias State = Layered<Slow, Base.State>
  /// What the method inside shares.
  public typealias Shared = Base.Shared

  /// `share`, then those of the method inside.
  public static var adjustable: [Hyperparameter<Self>] { [.init("share", \.share, .positive)] + inherited }

  /// A slow weight, and the state of the method inside.
  public func makeState(for w: Tensor, named name: String) -> State {
    State(own: Slow(like: w), base: base.makeState(for: w, named: name))
  }

  /// The step of the method inside; after every `interval` steps the slow weights, which have moved.
  public func update(_ parameters: [ParameterStep<State>], at step: Step<Self>) -> [Tensor] {
    let plans = base.plan(parameters.withStates(\.base), at: step.inner)
    let fast = base.update(parameters.withStates(\.base), at: step.inner)
    return zip(zip(parameters, fast), plans).map { pair, plan in
      let ((parameter, fast), memory) = (pair, pair.0.state.own)
      let rounds = plan.number / Double(interval)
      let moves = floor(rounds) .== rounds
      let slow = select(plan.number .<= 1, parameter.value, memory.slow)
      let next = select(moves, slow + step.share * (fast - slow), slow)
      memory.slow = plan.moving(memory.slow, to: next)
      return plan.moving(fast, to: select(moves, next, fast))
    }
  }
}

extension OptimizationMethod {
  /// The method with slow weights that follow it every `interval` steps.
  public func lookahead(share: Schedule = 0.5, every interval: Int = 5) -> Lookahead<Self> {
    require(interval > 0, "lookahead(every:): the slow weights move every 1 or more steps, not \(interval)")
    return Lookahead(base: self, share: share, interval: interval)
  }
}
