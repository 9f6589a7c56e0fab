import DescentCPU
import DescentRuntime
import DescentGraph
import DescentNN
import DescentOptim

/// The step of a workload: what is traced, and what it starts from.
struct WorkloadStep {
  let function: CompiledFunction
  /// What the model holds; the step's other variables are the optimizer's.
  let variables: [Variable]
  /// What the function is called with.
  let arguments: [Tensor]
  /// Draws the parameters' starting values.
  let start: () throws -> Void

  /// Made-up data to train on.
  enum Input {
    /// Normally distributed numbers.
    case numbers(Shape)
    /// Uniform integers from 0 on.
    case indices(Shape, below: Int)

    func drawn(_ key: RandomKey) -> Tensor {
      switch self {
      case .numbers(let shape): key.normal(shape)
      case .indices(let shape, let count): (key.uniform(shape) * Double(count)).cast(to: .int32)
      }
    }
  }

  /// Forward, backward and AdamW's update, with cross-entropy.
  static func training(_ model: some UnaryModule, on input: Input, labels: Shape, classes: Int) throws
    -> WorkloadStep
  {
    let updater = try Updater(AdamW(), parameters: model.trainableVariables)
    let function = compile { arguments in
      let logits = Forward.training(key: RandomKey(3)) { model(arguments[0]) }
      let loss = crossEntropy(logits, labels: arguments[1])
      updater.minimize(loss)
      return [loss]
    }
    return WorkloadStep(
      function: function, variables: model.parameters.map(\.parameter.variable),
      arguments: [input.drawn(RandomKey(1)), Input.indices(labels, below: classes).drawn(RandomKey(2))]
    ) { try model.initialize(seed: 0) }
  }

  /// An optimizer's update of some tensors, their gradients given.
  static func update(_ method: some OptimizationMethod, of tensors: [(name: String, shape: Shape)]) throws
    -> WorkloadStep
  {
    let parameters = tensors.map { Variable(shape: $0.shape, name: $0.name) }
    let gradients = tensors.map { Variable(shape: $0.shape, name: "gradient of \($0.name)") }
    let updater = try Updater(method, parameters: parameters)
    let function = compile { _ in
      updater.apply(gradients.map(\.value))
      return []
    }
    return WorkloadStep(function: function, variables: parameters + gradients, arguments: []) {
      for (number, variable) in (parameters + gradients).enumerated() {
        try variable.assign(RandomKey(number).normal(variable.shape))
      }
    }
  }
}

extension Workload {
  /// A workload that is compiled and bound.
  package final class Prepared {
    private let compiled: CompiledStep
    package let executable: Executable
    package let memory: MemorySummary

    /// - Parameter note: is told when a part is done.
    init(_ step: WorkloadStep, note: (String) -> Void = { _ in }) throws {
      let (shapes, dtypes) = (step.arguments.map(\.shape), step.arguments.map(\.dtype))
      compiled = try step.function.step(shapes: shapes, dtypes: dtypes, note: note)
      executable = try step.function.executable(shapes: shapes, dtypes: dtypes)
      memory = executable.plan.memorySummary(parameters: step.variables)
      try step.start()
      note("initial values")
      for (slot, input) in zip(executable.arguments, try evaluate(step.arguments)) {
        slot.fill(from: input)
      }
      note("data")
    }

    /// One training step, with everything in it: forward, backward, update.
    package func step() throws { try compiled.run() }
    package var kernelCount: Int { executable.plan.kernelCount }
  }

  package func prepare() throws -> Prepared { try Prepared(try make()) }

  /// The plan of the step and the memory it takes; nothing is compiled or run.
  package func plan() throws -> (plan: Plan, memory: MemorySummary) {
    let step = try make()
    let plan = try step.function.plan(shapes: step.arguments.map(\.shape), dtypes: step.arguments.map(\.dtype))
    return (plan, plan.memorySummary(parameters: step.variables))
  }
}
