import DescentData
import DescentRuntime
import DescentGraph
import DescentNN
import DescentOptim

/// A method at work on a problem: traced and compiled once, started again for every run.
final class ProblemRun {
  let problem: Problem
  /// Gradients of one batch that a step costs: a step over all examples costs as many as there are batches, a method that
  /// evaluates twice costs double. A mean over steps, where not all cost the same.
  let evaluationsPerStep: Double
  private(set) var steps = 0
  private let step: CompiledStep
  private let takesRows: Bool
  private let measurements: [Problem.Part: CompiledStep]
  /// Puts the method's state back to its beginning, with hyper-parameters of a run's own.
  private let reset: (any OptimizationMethod) -> Void
  private let seed: Variable
  private let isFullBatch: Bool
  private var batches: RowBatches

  /// - Parameters:
  ///   - method: what `start` is later given differs from it in numeric hyper-parameters only.
  ///   - isFullBatch: whether a step takes all examples.
  static func make(_ problem: Problem, _ method: any OptimizationMethod, isFullBatch: Bool) throws -> ProblemRun {
    func open<Method: OptimizationMethod>(_ method: Method) throws -> ProblemRun {
      try ProblemRun(problem, method, isFullBatch: isFullBatch)
    }
    return try open(method)
  }

  private init<Method: OptimizationMethod>(_ problem: Problem, _ method: Method, isFullBatch: Bool) throws {
    let updater = try Updater(method, parameters: problem.parameters)
    let seed = Variable(shape: [], dtype: .int64, name: "seed")
    let batch = isFullBatch ? max(problem.examples, 1) : problem.batch
    let takesRows = problem.examples > 0 && !isFullBatch
    let function = compile { arguments in
      let key = RandomKey(seed.value).folding(in: "dropout").folding(in: updater.stepCount.value)
      let loss = Forward.training(key: key) { problem.loss(arguments.first) }
      updater.minimize(loss)
      return [loss]
    }
    self.takesRows = takesRows
    step = try function.step(shapes: takesRows ? [[batch]] : [], dtypes: takesRows ? [.int32] : [])
    var measurements: [Problem.Part: CompiledStep] = [:]
    for part in Problem.Part.allCases {
      let metric = compile { _ in
        let value = problem.metric(part)
        guard let point = updater.evaluationPoint() else { return [value] }
        return replacing(problem.parameters.map(\.value), with: point, in: [value])
      }
      measurements[part] = try metric.step(shapes: [], dtypes: [])
    }
    self.measurements = measurements

    let state = updater.state.map { (variable: $0.variable, start: $0.variable.snapshot()) }
    reset = { method in
      guard let method = method as? Method else {
        fatalError("a run of \(Method.self) was started with \(method)")
      }
      updater.method = method
      for (variable, start) in state { variable.assign(start) }
      updater.stepCount.assign(Storage(shape: [], dtype: .int64))
    }
    let batches = takesRows ? 1 : isFullBatch && problem.examples > 0 ? problem.examples / problem.batch : 1
    evaluationsPerStep = Double(max(1, batches)) * updater.evaluationsPerStep
    (self.problem, self.seed, self.isFullBatch) = (problem, seed, isFullBatch)
    self.batches = Self.batches(problem, seed: 0)
  }

  /// Begins a run: data and starting values of `seed`, `method` at its first step.
  func start(_ method: any OptimizationMethod, seed: UInt64) throws {
    try problem.load(seed)
    resume(method, seed: seed)
  }

  /// Begins a run with the data and parameters as they are.
  func resume(_ method: any OptimizationMethod, seed: UInt64) {
    reset(method)
    self.seed.assign(Storage([Int64(bitPattern: seed)], shape: []))
    batches = Self.batches(problem, seed: seed)
    steps = 0
  }

  private static func batches(_ problem: Problem, seed: UInt64) -> RowBatches {
    RowBatches(BatchOrder(count: problem.examples, batchSize: problem.batch, seed: seed, dropsPartialBatch: true))
  }

  /// Takes one step.
  ///
  /// - Returns: the loss before it.
  func advance() throws -> Double {
    // At the end of an epoch the next one begins.
    let rows = takesRows ? (batches.next() ?? batches.next())?["rows"].data : nil
    let loss = try step.run({ if let rows { $0[0].fill(from: rows) } }, { $0[0].double(at: 0) })
    steps += 1
    return loss
  }

  /// The task's metric with the parameters as they are now, or where the method would have them evaluated.
  func measure(_ part: Problem.Part) throws -> Double {
    guard let metric = measurements[part] else { fatalError("\(part) was not compiled") }
    return try metric.run { $0[0].double(at: 0) }
  }

  /// Passes over the examples so far; 0 where there are none.
  var epochs: Int {
    guard problem.examples > 0 else { return 0 }
    return isFullBatch ? steps : steps / batches.order.batchCount
  }
}
