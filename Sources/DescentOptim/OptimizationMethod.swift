import DescentGraph

/// An optimization method as a value: its hyper-parameters, and one step of all parameters in tensor math.
///
/// Most methods treat each tensor for itself and are an ``Optimizer``; modifiers, which wrap any method, are a
/// ``Modifier``.
///
/// Every hyper-parameter that is a number is a `Schedule`; inside `update` it is read through the step
/// (`step.learningRate`), which makes it an input of the compiled program: changing it does not trace again.
public protocol OptimizationMethod: Sendable {
  /// What the method remembers about each parameter tensor.
  associatedtype State: OptimizerState
  /// What it remembers once, for all of them.
  associatedtype Shared: OptimizerState = NoState

  /// η. A modifier's is that of the method inside.
  var learningRate: Schedule { get set }

  /// The numeric hyper-parameters, besides the learning rate, that commands can set by name. None, unless a method says.
  static var adjustable: [Hyperparameter<Self>] { get }

  /// Whether an update asks for the loss (``Step/loss``, ``Step/evaluate(at:)``, ``Step/hessianVectorProduct(_:)``).
  var needsLoss: Bool { get }

  /// What the method remembers about one parameter tensor before its first step.
  ///
  /// - Parameters:
  ///   - parameter: zeros of the parameter's shape and dtype. What a method wants to remember of its *value* it takes
  ///     in the first step (``Step/first(_:otherwise:)``), so that weights can be loaded until then.
  ///   - name: the parameter's.
  func makeState(for parameter: Tensor, named name: String) -> State

  /// What the method remembers for all parameters before its first step.
  ///
  /// - Parameter parameters: zeros of each parameter's shape and dtype.
  func makeShared(for parameters: [(name: String, like: Tensor)]) -> Shared

  /// Looks whether the method fits parameters of these names.
  ///
  /// - Throws: ``NamePatternError`` for a pattern that matches none of them.
  func check(names: [String]) throws(NamePatternError)

  /// The parameters' values after this step, in the order given.
  func update(_ parameters: [ParameterStep<State>], at step: Step<Self>) -> [Tensor]

  /// What the coming step does to each parameter, in the order given: asked by a modifier around the method that moves
  /// parameters itself, as weight decay does. ``update(_:at:)`` then does it.
  func plan(_ parameters: [ParameterStep<State>], at step: Step<Self>) -> [StepPlan]

  /// Where the network is to be evaluated and saved, if that is not where it is trained; nil when it is.
  ///
  /// Averages of the path (`averaged`), Schedule-Free. `step` is the one that comes next: its number is 1 before the first.
  func evaluationPoint(_ parameters: [ParameterStep<State>], at step: Step<Self>) -> [Tensor]?
}

extension OptimizationMethod {
  /// None.
  public static var adjustable: [Hyperparameter<Self>] { [] }

  /// No.
  public var needsLoss: Bool { false }

  /// The state as it starts for such a parameter, whatever its name.
  public func makeState(for parameter: Tensor, named name: String) -> State { State(like: parameter) }

  /// As it starts for a scalar of the first parameter's dtype.
  public func makeShared(for parameters: [(name: String, like: Tensor)]) -> Shared {
    Shared(like: Tensor(0, dtype: parameters.first?.like.dtype ?? .float32))
  }

  /// Every method fits, unless it says otherwise.
  public func check(names: [String]) throws(NamePatternError) {}

  /// Each parameter is stepped, at the learning rate.
  public func plan(_ parameters: [ParameterStep<State>], at step: Step<Self>) -> [StepPlan] {
    parameters.map { _ in StepPlan(rate: step.learningRate, number: step.number) }
  }

  /// Nil: the network is evaluated where it is trained.
  public func evaluationPoint(_ parameters: [ParameterStep<State>], at step: Step<Self>) -> [Tensor]? { nil }
}

/// One parameter tensor in a step.
public struct ParameterStep<State> {
  /// The property path in the model: `layers.0.weight`.
  public let name: String
  /// The value before the step.
  public var value: Tensor
  /// Of the loss with respect to the value; of the same shape.
  public var gradient: Tensor
  /// What the method remembers about it; assign to its slots to update it.
  public var state: State

  /// The same parameter as a method inside this one sees it.
  public func with<Other>(state: Other) -> ParameterStep<Other> {
    ParameterStep<Other>(name: name, value: value, gradient: gradient, state: state)
  }
}

extension Array {
  /// The same parameters with other gradients, in their order: what a modifier that acts on gradients hands on.
  public func replacing<State>(gradients: [Tensor]) -> Self where Element == ParameterStep<State> {
    require(gradients.count == count, "\(gradients.count) gradients given for \(count) parameters")
    return zip(self, gradients).map { part, gradient in
      var part = part
      part.gradient = gradient
      return part
    }
  }

  /// The same parameters as a method inside this one sees them, `part` being its share of each state:
  /// `parameters.withStates(\.base)`.
  public func withStates<State, Other>(_ part: (State) -> Other) -> [ParameterStep<Other>]
  where Element == ParameterStep<State> {
    map { $0.with(state: part($0.state)) }
  }
}
