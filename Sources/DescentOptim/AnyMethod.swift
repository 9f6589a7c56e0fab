import DescentGraph
import DescentRuntime

/// A method whose type is known only when the program runs: chosen by name from ``MethodTable``, or out of a list.
///
/// It steps as the method inside does, bit for bit, and its state is that one's state.
///
/// ```swift
/// let methods: [any OptimizationMethod] = [AdamW(), Lion(), Muon()]
/// for method in methods { let updater = try Updater(method, parameters: model.trainableVariables) … }
/// ```
public struct AnyMethod: OptimizationMethod {
  /// The method inside.
  public private(set) var base: any OptimizationMethod
  /// The state of a method of any type.
  public struct State: OptimizerState {
    let base: any OptimizerState
    init(_ base: any OptimizerState) { self.base = base }
    /// The state of a method that remembers nothing.
    public init(like parameter: Tensor) { base = NoState() }
  }
  /// What the method inside remembers for all parameters.
  public typealias Shared = State

  /// The same method with its type forgotten.
  public init(_ base: any OptimizationMethod) { self.base = base }

  /// The learning rate of the method inside.
  public var learningRate: Schedule {
    get { base.learningRate }
    set { base.learningRate = newValue }
  }
  /// Whether the method inside asks for the loss.
  public var needsLoss: Bool { base.needsLoss }

  /// The type of the method inside.
  var identity: String { String(describing: type(of: base)) }

  /// The state of the method inside.
  public func makeState(for parameter: Tensor, named name: String) -> State {
    State(base.makeState(for: parameter, named: name))
  }
  /// What the method inside remembers for all parameters.
  public func makeShared(for parameters: [(name: String, like: Tensor)]) -> Shared {
    State(base.makeShared(for: parameters))
  }
  /// Whether the method inside fits parameters of these names.
  public func check(names: [String]) throws(NamePatternError) { try base.check(names: names) }

  /// Looks at those of the method inside.
  func checkHyperparameters() throws(UpdaterError) {
    func opened<Method: OptimizationMethod>(_ method: Method) throws(UpdaterError) { try UpdaterError.check(method) }
    try opened(base)
  }

  /// The step of the method inside.
  public func update(_ parameters: [ParameterStep<State>], at step: Step<Self>) -> [Tensor] {
    func opened<Method: OptimizationMethod>(_ method: Method) -> [Tensor] {
      method.update(parameters.map(Self.typed(for: method)), at: Self.typed(step, for: method))
    }
    return opened(base)
  }
  /// What the step of the method inside does.
  public func plan(_ parameters: [ParameterStep<State>], at step: Step<Self>) -> [StepPlan] {
    func opened<Method: OptimizationMethod>(_ method: Method) -> [StepPlan] {
      method.plan(parameters.map(Self.typed(for: method)), at: Self.typed(step, for: method))
    }
    return opened(base)
  }
  /// Where the method inside would have the network evaluated.
  public func evaluationPoint(_ parameters: [ParameterStep<State>], at step: Step<Self>) -> [Tensor]? {
    func opened<Method: OptimizationMethod>(_ method: Method) -> [Tensor]? {
      method.evaluationPoint(parameters.map(Self.typed(for: method)), at: Self.typed(step, for: method))
    }
    return opened(base)
  }

  private static func typed<Method: OptimizationMethod>(
    for method: Method
  ) -> (ParameterStep<State>) -> ParameterStep<Method.State> {
    { $0.with(state: known($0.state)) }
  }
  private static func typed<Method: OptimizationMethod>(_ step: Step<Self>, for method: Method) -> Step<Method> {
    step.inside(\.[inside: Inside<Method>()], shared: known(step.shared))
  }
  /// The state as the type that `makeState` and `makeShared` of the same method have given it.
  private static func known<Known>(_ state: State) -> Known {
    guard let known = state.base as? Known else {
      fatalError("the state \(type(of: state.base)) belongs to another method; it should be \(Known.self)")
    }
    return known
  }

  /// The type of the method inside, as an index of a key path.
  struct Inside<Method: OptimizationMethod>: Hashable, Sendable {}
  subscript<Method: OptimizationMethod>(inside type: Inside<Method>) -> Method {
    guard let method = base as? Method else {
      fatalError("an updater of \(Method.self) was given \(Swift.type(of: base)); make a new updater for it")
    }
    return method
  }
}

extension Updater where Method == AnyMethod {
  /// An updater for a method whose type is known only when the program runs.
  ///
  /// A method of known type keeps its type: the other initializer is chosen for it.
  ///
  /// - Throws: as for a method of known type.
  @_disfavoredOverload
  public convenience init(_ method: any OptimizationMethod, parameters: [Variable]) throws {
    try self.init(AnyMethod(method), parameters: parameters)
  }
}
