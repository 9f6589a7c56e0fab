import DescentGraph
import Synchronization

/// An optimizer at work on one set of parameters: it keeps their state and counts the steps.
///
/// ```swift
/// let updater = Updater(AdamW(learningRate: 1e-3), parameters: model.trainableVariables)
/// let step = compile { x, y in
///   let loss = crossEntropy(model(x), labels: y)
///   updater.minimize(loss)
///   return loss
/// }
/// ```
public final class Updater<Method: Optimizer>: Sendable {
  public let parameters: [Variable]
  /// Steps taken so far (i64 scalar). With the state's slots, this is all that resuming needs.
  public let stepCount: Variable
  private let current: Mutex<Method>
  /// The hyper-parameters that compiled steps read, each with the schedule it has now.
  private let hyperparameters = Mutex<[KeyPath<Method, Schedule> & Sendable: Hyperparameter]>([:])
  private let states: Mutex<[ObjectIdentifier: Remembered]>

  /// `@unchecked Sendable`: a state holds variables, which are; it is made once and never changed.
  private struct Remembered: @unchecked Sendable { let state: Method.State }

  public init(_ method: Method, parameters: [Variable]) {
    self.parameters = parameters
    stepCount = Variable(shape: [], dtype: .int64, name: "optimizer.step")
    current = Mutex(method)
    var states: [ObjectIdentifier: Remembered] = [:]
    for parameter in parameters {
      let like = Tensor.zeros(parameter.shape, dtype: parameter.dtype)
      let state = method.makeState(for: like, named: parameter.name)
      for (label, slot) in Self.slots(of: state) { slot.variable.name = "\(parameter.name).\(label)" }
      states[ObjectIdentifier(parameter)] = Remembered(state: state)
    }
    self.states = Mutex(states)
  }

  /// The method with its hyper-parameters. A change takes effect at the next step and does not trace again.
  public var method: Method {
    get { current.withLock { $0 } }
    set {
      current.withLock { $0 = newValue }
      hyperparameters.withLock { known in
        for (path, hyperparameter) in known { hyperparameter.schedule.withLock { $0 = newValue[keyPath: path] } }
      }
    }
  }

  /// One schedule, kept apart so that a step reads it without allocating.
  private final class Hyperparameter: Sendable {
    let schedule: Mutex<Schedule>
    init(_ schedule: Schedule) { self.schedule = Mutex(schedule) }
  }

  private func hyperparameter(_ path: KeyPath<Method, Schedule> & Sendable) -> Hyperparameter {
    let schedule = method[keyPath: path]
    return hyperparameters.withLock { known in
      if let hyperparameter = known[path] { return hyperparameter }
      let hyperparameter = Hyperparameter(schedule)
      known[path] = hyperparameter
      return hyperparameter
    }
  }

  /// Everything the method remembers, named `parameter.slot`, in the parameters' order.
  public var state: [(name: String, variable: Variable)] {
    parameters.flatMap { parameter in
      let state = states.withLock { $0[ObjectIdentifier(parameter)]! }
      return Self.slots(of: state.state).map { ($1.variable.name, $1.variable) }
    }
  }

  private static func slots(of state: Method.State) -> [(String, Slot)] {
    Mirror(reflecting: state).children.compactMap { label, value in
      (value as? Slot).map { (String((label ?? "").drop { $0 == "_" }), $0) }
    }
  }

  /// Inside a compiled function: takes one step down the gradient of `loss`, a scalar.
  public func minimize(_ loss: Tensor) {
    apply(gradients(of: loss, withRespectTo: parameters.map(\.value)))
  }

  /// Inside a compiled function: takes one step with the given gradients, in the order of `parameters`.
  public func apply(_ gradients: [Tensor]) {
    guard let trace = Trace.current else {
      fatalError("an updater works inside a compiled function; wrap the step in compile")
    }
    require(
      gradients.count == parameters.count, "\(gradients.count) gradients given for \(parameters.count) parameters")
    let number = stepCount.value + Tensor([Int64(1)], shape: [])
    let step = Step<Method>(number: number.cast(to: .float64), gradients: gradients) { path in
      let hyperparameter = self.hyperparameter(path)
      let count = self.stepCount.storage
      return trace.feed(Self.name(of: path), key: FeedKey(updater: ObjectIdentifier(self), path: path)) {
        // Step t (from 1) uses the schedule at t - 1 (from 0).
        hyperparameter.schedule.withLock { $0.value(at: count.integer(at: 0)) }
      }
    }
    for (parameter, gradient) in zip(parameters, gradients) {
      let value = parameter.value
      require(
        gradient.shape == value.shape,
        "the gradient of \(parameter.name) has shape \(gradient.shape), the parameter \(value.shape)")
      let state = states.withLock { $0[ObjectIdentifier(parameter)]! }
      parameter.value = method.update(value, gradient: gradient, state: state.state, at: step)
    }
    stepCount.value = number
  }

  private struct FeedKey: Hashable {
    let updater: ObjectIdentifier
    let path: AnyKeyPath
  }

  /// `learningRate` from `\AdamW.learningRate`.
  private static func name(of path: AnyKeyPath) -> String {
    let text = String(describing: path)
    return text.split(separator: ".").last.map(String.init) ?? text
  }
}
