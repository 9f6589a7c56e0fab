import DescentGraph

/// A method made of another one: it changes what that is given (gradients), what comes out of it (steps, states), or both.
///
/// A modifier that remembers nothing has the state of its base; one that does has a ``Layered`` state.
public protocol Modifier: OptimizationMethod {
  /// The method inside: an optimizer, or a modifier around one.
  associatedtype Base: OptimizationMethod
  /// The method inside, with its hyper-parameters.
  var base: Base { get set }
}

extension Modifier {
  /// The learning rate of the method inside.
  public var learningRate: Schedule {
    get { base.learningRate }
    set { base.learningRate = newValue }
  }

  /// The hyper-parameters of the method inside.
  public static var adjustable: [Hyperparameter<Self>] { inherited }

  /// The hyper-parameters of the method inside, for a modifier that adds some of its own:
  /// `[.init("limit", \.limit, .positive)] + inherited`.
  public static var inherited: [Hyperparameter<Self>] {
    let base: WritableKeyPath<Self, Base> = \.base
    return Base.adjustable.map { Hyperparameter<Self>($0.name, sendable(base.appending(path: $0.path)), $0.range) }
  }
}

extension Modifier {
  /// Whether the method inside does.
  public var needsLoss: Bool { base.needsLoss }

  /// Asks the method inside.
  public func check(names: [String]) throws(NamePatternError) { try base.check(names: names) }
}

extension Modifier where State == Base.State {
  /// The state of the method inside: the modifier remembers nothing about a parameter.
  public func makeState(for parameter: Tensor, named name: String) -> State {
    base.makeState(for: parameter, named: name)
  }
}

extension Modifier where Shared == Base.Shared {
  /// What the method inside shares: the modifier adds nothing.
  public func makeShared(for parameters: [(name: String, like: Tensor)]) -> Shared { base.makeShared(for: parameters) }
}

extension Modifier where State == Base.State, Shared == Base.Shared {
  /// Where the method inside is evaluated.
  public func evaluationPoint(_ parameters: [ParameterStep<State>], at step: Step<Self>) -> [Tensor]? {
    base.evaluationPoint(parameters, at: step.inner)
  }
}

extension Step where Method: Modifier, Method.Shared == Method.Base.Shared {
  /// The step as the method inside sees it.
  public var inner: Step<Method.Base> { inside(\.base, shared: shared) }
}

extension Step {
  /// The step as a method that is part of this one sees it.
  ///
  /// - Parameters:
  ///   - part: where the other method is.
  ///   - shared: what it remembers for all parameters.
  ///   - gradients: those it is given; this step's, if nil.
  ///   - indices: of the parameters that it steps; all of them, if nil.
  ///   - hasObjective: whether it may evaluate the loss.
  ///   - clock: its own count of finished steps (an i64 scalar slot), if it does not step each time. `number` is then one
  ///     more than that.
  public func inside<Part: OptimizationMethod>(
    _ part: KeyPath<Method, Part> & Sendable, shared: Part.Shared, gradients: [Tensor]? = nil,
    only indices: [Int]? = nil, hasObjective: Bool = true, clock: Slot? = nil
  ) -> Step<Part> {
    let lookup = hyperparameter
    return Step<Part>(
      number: clock.map { ($0.wrappedValue + Tensor([Int64(1)], shape: [])).cast(to: .float64) } ?? number,
      gradients: gradients ?? indices.map { $0.map { self.gradients[$0] } } ?? self.gradients, shared: shared,
      objective: hasObjective ? indices.map { objective?.restricted(to: $0) } ?? objective : nil,
      clock: clock?.variable ?? self.clock,
      hyperparameter: { path, clock in lookup(sendable(part.appending(path: path)), clock) })
  }
}

extension Step {
  /// The same step at `factor` (a scalar) times the learning rate, for modifiers that change it on its way to the
  /// method inside: `step.inner.scalingLearningRate(of: base, by: step.factor)`.
  ///
  /// It scales that hyper-parameter which setting ``OptimizationMethod/learningRate`` changes, whichever way the method
  /// reads it.
  public func scalingLearningRate(of method: Method, by factor: Tensor) -> Step {
    var probe = method
    probe.learningRate = Schedule("probe") { _ in .nan }
    let (marked, lookup) = (probe, hyperparameter)
    return Step(
      number: number, gradients: gradients, shared: shared, objective: objective, clock: clock,
      hyperparameter: { path, clock in
        let value = lookup(path, clock)
        return marked[keyPath: path].value(at: 0).isNaN ? value * factor : value
      })
  }
}

/// Key paths of stored properties capture nothing, so that one made of two sendable ones is sendable; `appending` loses
/// that in its type.
func sendable<Root, Value>(_ path: KeyPath<Root, Value>) -> KeyPath<Root, Value> & Sendable {
  unsafeBitCast(path, to: (KeyPath<Root, Value> & Sendable).self)
}
func sendable<Root, Value>(_ path: WritableKeyPath<Root, Value>) -> WritableKeyPath<Root, Value> & Sendable {
  unsafeBitCast(path, to: (WritableKeyPath<Root, Value> & Sendable).self)
}
