import DescentGraph

/// How an average of the parameters' path is taken.
public struct Averaging: Sendable {
  /// How the points are weighted.
  public enum Kind: String, CaseIterable, Sendable {
    /// a ← decay·a + (1 − decay)·θ.
    case exponential
    /// The mean of all θ taken in.
    case mean
  }
  /// Exponentially, or all alike.
  public let kind: Kind
  /// Of an exponential average, 0 ≤ decay < 1; a mean has no use for it.
  public let decay: Schedule
  /// The step, counted from 1, whose outcome the average starts from.
  public let start: Int
  /// Steps from one outcome that is taken in to the next, 1 or more.
  public let interval: Int

  /// An exponential moving average, from the first step's θ on.
  public static func ema(_ decay: Schedule = 0.999) -> Averaging {
    Averaging(kind: .exponential, decay: decay, start: 1, interval: 1)
  }

  /// Stochastic weight averaging (Izmailov et al. 2018, arXiv 1803.05407): the mean of θ after step `start` and every
  /// `interval` steps from there on. With 1 and 1 it is Polyak and Juditsky's (1992).
  public static func swa(from start: Int = 1, every interval: Int = 1) -> Averaging {
    require(start > 0 && interval > 0, "swa: steps count from 1 and intervals are 1 or more, not \(start), \(interval)")
    return Averaging(kind: .mean, decay: 0, start: start, interval: interval)
  }
}

/// Keeps an average of the parameters' path, which is where the network is evaluated and saved; training goes on as
/// without it. Acts on what comes out of the method.
///
/// Statistics that layers gather themselves (batch normalization) are of the training path and not averaged.
public struct Averaged<Base: OptimizationMethod>: Modifier {
  /// The method inside.
  public var base: Base
  /// Of an exponential average, 0 ≤ decay < 1; a mean does not read it.
  public var decay: Schedule
  /// Exponential, or the mean of all.
  public let kind: Averaging.Kind
  /// The step whose outcome the average starts from; until then it is the parameters themselves.
  public let start: Int
  /// Steps from one outcome that is taken in to the next.
  public let interval: Int

  /// What is remembered of one parameter.
  public struct Average: OptimizerState {
    /// The average so far, of the parameter's shape.
    @Slot public var average: Tensor
    /// Starts at zeros, which the first step replaces.
    public init(like w: Tensor) { _average = .weight(.zeros(like: w)) }
  }
  /// The average, and what the method inside remembers.
  public typealias State = Layered<Average, Base.State>
  /// What the method inside shares.
  public typealias Shared = Base.Shared

  /// `decay`, then those of the method inside.
  public static var adjustable: [Hyperparameter<Self>] { [.init("decay", \.decay, .fraction)] + inherited }

  /// An average of zeros, and the state of the method inside.
  public func makeState(for w: Tensor, named name: String) -> State {
    State(own: Average(like: w), base: base.makeState(for: w, named: name))
  }

  /// The step of the method inside, whose outcome is then taken into the average.
  public func update(_ parameters: [ParameterStep<State>], at step: Step<Self>) -> [Tensor] {
    let plans = base.plan(parameters.withStates(\.base), at: step.inner)
    let values = base.update(parameters.withStates(\.base), at: step.inner)
    let (zero, one) = (Tensor(0.0, dtype: .float64), Tensor(1.0, dtype: .float64))
    for ((parameter, value), plan) in zip(zip(parameters, values), plans) {
      // Intervals since the start; a whole number of them when this step is taken in.
      let intervals = (plan.number - Double(start)) / Double(interval)
      let share = kind == .mean ? 1 / (intervals + 1) : 1 - step.decay
      let isTakenIn = floor(intervals) .== intervals
      let taken = select(intervals .<= 0, one, select(isTakenIn, share, zero))
      let average = parameter.state.own
      // What stays where it is would only lose digits.
      average.average =
        plan.rate == nil
        ? value : plan.moving(average.average, to: (1 - taken) * average.average + taken * value)
    }
    return values
  }

  /// The averages; before the first step the parameters themselves.
  public func evaluationPoint(_ parameters: [ParameterStep<State>], at step: Step<Self>) -> [Tensor]? {
    zip(parameters, base.plan(parameters.withStates(\.base), at: step.inner)).map { parameter, plan in
      select(plan.number .<= 1, parameter.value, parameter.state.own.average)
    }
  }
}

extension OptimizationMethod {
  /// The method with an average of its path, where the network is evaluated: `.averaged(.ema(0.999))`.
  public func averaged(_ averaging: Averaging = .ema()) -> Averaged<Self> {
    Averaged(
      base: self, decay: averaging.decay, kind: averaging.kind, start: averaging.start, interval: averaging.interval)
  }
}
