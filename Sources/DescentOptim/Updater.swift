import DescentRuntime
import DescentGraph
import Synchronization

/// A method at work on one set of parameters: it keeps their state and counts the steps.
///
/// ```swift
/// let updater = try Updater(AdamW(learningRate: 1e-3), parameters: model.trainableVariables)
/// let step = compile { x, y in
///   let loss = crossEntropy(model(x), labels: y)
///   updater.minimize(loss)
///   return loss
/// }
/// ```
public final class Updater<Method: OptimizationMethod>: Sendable {
  /// What the method moves, in the order given.
  public let parameters: [Variable]
  private let names: [String]
  /// Those that have elements, by their place in ``parameters``. The method is not told of the others: there is nothing to
  /// step, and much that has no value over nothing.
  private let active: [Int]
  /// Steps taken so far (i64 scalar). With the state's slots, this is all that resuming needs.
  public let stepCount: Variable
  private let current: Mutex<Method>
  /// The hyper-parameters that compiled steps read, each with the schedule it has now.
  private let hyperparameters = Mutex<[KeyPath<Method, Schedule> & Sendable: Hyperparameter]>([:])
  private let remembered: Remembered
  /// Computes the evaluation point; made when it is first wanted.
  private let evaluation = Mutex<CompiledFunction?>(nil)
  private let evaluations = Mutex(1.0)

  /// How many gradients a step of `minimize(_:)` takes on average, once it has been traced: 1, one more for each
  /// `evaluate(at:)` and two for each `hessianVectorProduct(_:)`. In a loop they count for each of its repetitions, within
  /// ``Step/every(_:otherwise:_:)`` for the part of the steps that run them.
  public var evaluationsPerStep: Double { evaluations.withLock { $0 } }

  /// `@unchecked Sendable`: states hold variables, which are; they are made once and never changed.
  private struct Remembered: @unchecked Sendable {
    /// Of the parameters that have elements.
    let states: [Method.State]
    let shared: Method.Shared
  }

  /// What the method is, whatever its hyper-parameters: state of another one does not fit it.
  package let methodIdentity: String
  /// Everything that a step or a swap of the weights touches.
  private let turn: Turn

  /// - Parameters:
  ///   - method: with the hyper-parameters to start with.
  ///   - parameters: what the method moves: the `trainableVariables` of a model, for example. Their names tell
  ///     their states apart.
  /// - Throws: ``UpdaterError`` for a list that is empty or names something twice, and ``NamePatternError`` when a pattern of
  ///   the method matches no parameter.
  public init(_ method: Method, parameters: [Variable]) throws {
    let names = parameters.enumerated().map { $1.name.isEmpty ? "parameter\($0)" : $1.name }
    try UpdaterError.check(parameters, names)
    try method.check(names: names)
    if let any = method as? AnyMethod { try any.checkHyperparameters() } else { try UpdaterError.check(method) }
    self.parameters = parameters
    self.names = names
    methodIdentity = (method as? AnyMethod)?.identity ?? String(describing: Method.self)
    stepCount = Variable(shape: [], dtype: .int64, name: "optimizer.step")
    current = Mutex(method)
    let active = parameters.indices.filter { parameters[$0].shape.elementCount > 0 }
    self.active = active
    let likes = active.map { i in
      (name: names[i], like: Tensor.zeros(parameters[i].shape, dtype: parameters[i].dtype.stepped))
    }
    remembered = Remembered(
      states: likes.map { method.makeState(for: $0.like, named: $0.name) }, shared: method.makeShared(for: likes))
    for (i, state) in zip(active, remembered.states) {
      for (name, variable) in state.variables { variable.name = "\(names[i]).\(name)" }
    }
    for (name, variable) in remembered.shared.variables { variable.name = "optimizer.\(name)" }
    let state = (remembered.states.flatMap(\.variables) + remembered.shared.variables).map(\.variable)
    turn = .joining((parameters + state + [stepCount]).map(\.turn))
    for parameter in parameters { parameter.beginTraining() }
  }

  deinit { for parameter in parameters { parameter.endTraining() } }

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

  /// Everything the method remembers: for each parameter in order `parameter.slot`, then `optimizer.slot` for what it
  /// remembers once.
  public var state: [(name: String, variable: Variable)] {
    (remembered.states.flatMap(\.variables) + remembered.shared.variables).map { ($0.variable.name, $0.variable) }
  }

  /// What the method remembers for all parameters.
  var shared: Method.Shared { remembered.shared }

  /// Inside a compiled function: takes one step down the gradient of `loss`, a scalar.
  public func minimize(_ loss: Tensor) {
    require(Trace.current != nil, "minimize works inside a compiled function; wrap the step in compile { … }")
    let values = parameters.map(\.value)
    let history = Set(Node.topologicalOrder(of: [loss.node]))
    require(
      values.contains { history.contains($0.node) },
      "minimize: the loss depends on none of the updater's \(parameters.count) parameters (\(names.prefix(3).joined(separator: ", "))"
        + "\(names.count > 3 ? ", …" : "")); it was computed outside of this function, or before another step wrote them"
    )
    evaluations.withLock { $0 = 1 }
    let objective = StepObjective(loss: loss, parameters: values) { count in
      let times = EvaluationShare.current * Double(Trace.repetitions)
      self.evaluations.withLock { $0 += count * times }
    }
    take(gradients(of: loss, withRespectTo: values), objective)
  }

  /// Inside a compiled function: takes one step with the given gradients, in the order of `parameters`.
  public func apply(_ gradients: [Tensor]) { take(gradients, nil) }

  private func take(_ gradients: [Tensor], _ objective: StepObjective?) {
    require(
      gradients.count == parameters.count, "\(gradients.count) gradients given for \(parameters.count) parameters")
    checkTrace()
    let finished = stepCount.value
    let number = finished + Tensor([Int64(1)], shape: [])
    if !active.isEmpty {
      let parts = parts(gradients)
      let step = step(number: number, parts.map(\.gradient), objective?.restricted(to: active))
      for (i, value) in zip(active, method.update(parts, at: step)) {
        parameters[i].value = value.cast(to: parameters[i].dtype)
      }
    }
    stepCount.value = number
  }

  /// Inside a compiled function: where the network is to be evaluated; nil when that is where it is trained.
  public func evaluationPoint() -> [Tensor]? {
    if active.isEmpty { return nil }
    let parts = parts(parameters.map { Tensor.zeros($0.shape, dtype: $0.dtype) })
    let next = stepCount.value + Tensor([Int64(1)], shape: [])
    let step = step(number: next, parts.map(\.gradient), nil)
    guard let point = method.evaluationPoint(parts, at: step) else { return nil }
    var values = parameters.map(\.value)
    for (i, value) in zip(active, point) { values[i] = value.cast(to: parameters[i].dtype) }
    return values
  }

  /// Refuses a step that would silently train something else than was meant.
  private func checkTrace() {
    guard let trace = Trace.current else { return }
    require(
      trace.evaluatedLayers.isEmpty,
      "\(trace.evaluatedLayers.first ?? "") ran for evaluation in a training step; run the forward pass in "
        + "Forward.training(key:), or in Forward.evaluation where that is meant")
    for case let variable as Variable in trace.variables where variable.isParameter && variable.name.isEmpty {
      require(
        parameters.contains { $0 === variable },
        "a parameter \(variable.dtype)\(variable.shape) takes part in this step, but no module has been asked for it: it is "
          + "found in what a module holds, not in closures; ask the model for its parameters, or name the variable")
    }
  }

  /// Runs `body` with the parameters where the network is to be evaluated and saved, and puts them back after it, bit for
  /// bit. Parameters that are evaluated where they are trained are not touched. Nobody else's step runs in between, so that
  /// it all sees the same parameters.
  ///
  /// - Throws: what the device's back end throws, and what `body` throws.
  public func withEvaluationPoint<Result>(_ body: () throws -> Result) throws -> Result {
    try turn.take {
      let trained = parameters.map { $0.snapshot() }
      guard try moveToEvaluationPoint() else { return try body() }
      defer { for (parameter, value) in zip(parameters, trained) { parameter.assign(value) } }
      return try body()
    }
  }

  /// Leaves the parameters where the network is to be evaluated and saved: the end of training.
  ///
  /// - Returns: whether that is not where they are trained.
  /// - Throws: what the device's back end throws.
  @discardableResult
  public func moveToEvaluationPoint() throws -> Bool {
    let point = evaluation.withLock { known in
      if let known { return known }
      let function = compile { [unowned self] (_: [Tensor]) in self.evaluationPoint() ?? [] }
      known = function
      return function
    }
    return try turn.take {
      let values = try point([])
      for (parameter, value) in zip(parameters, values) { try parameter.assign(value) }
      return !values.isEmpty
    }
  }

  /// The parameters that have elements as the method sees them: half-width ones in float32. In bfloat16 and float16 an ε of
  /// 1e-8 is 0 or a square of 300 infinite, and a small step is lost before it is added up.
  private func parts(_ gradients: [Tensor]) -> [ParameterStep<Method.State>] {
    for (i, parameter) in parameters.enumerated() {
      require(
        gradients[i].shape == parameter.shape,
        "the gradient of \(names[i]) has shape \(gradients[i].shape), the parameter \(parameter.shape)")
    }
    return zip(active, remembered.states).map { i, state in
      let dtype = parameters[i].dtype.stepped
      return ParameterStep(
        name: names[i], value: parameters[i].value.cast(to: dtype), gradient: gradients[i].cast(to: dtype), state: state
      )
    }
  }

  private func step(number: Tensor, _ gradients: [Tensor], _ objective: StepObjective?) -> Step<Method> {
    guard let trace = Trace.current else {
      fatalError("an updater works inside a compiled function; wrap the step in compile")
    }
    return Step(
      number: number.cast(to: .float64), gradients: gradients, shared: remembered.shared, objective: objective,
      clock: stepCount
    ) { path, clock in
      let hyperparameter = self.hyperparameter(path)
      let count = clock.buffer
      let key = FeedKey(updater: ObjectIdentifier(self), path: path, clock: ObjectIdentifier(clock))
      return trace.feed(Self.name(of: path), key: key) {
        // Step t (from 1) uses the schedule at t - 1 (from 0).
        let value = hyperparameter.schedule.withLock { $0.value(at: count.integer(at: 0)) }
        require(
          !value.isNaN,
          "\(Self.name(of: path)) is NaN in step \(count.integer(at: 0) + 1): its schedule gives no number there")
        return value
      }
    }
  }

  // MARK: Hyper-parameters

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

  private struct FeedKey: Hashable {
    let updater: ObjectIdentifier
    let path: AnyKeyPath
    let clock: ObjectIdentifier
  }

  /// `learningRate` from `\AdamW.learningRate`.
  private static func name(of path: AnyKeyPath) -> String {
    let text = String(describing: path)
    return text.split(separator: ".").last.map(String.init) ?? text
  }
}

extension DType {
  /// In which a parameter of this type is stepped and remembered.
  fileprivate var stepped: DType { isHalf ? .float32 : self }
}
