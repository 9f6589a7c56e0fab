import DescentRuntime
import DescentCPU
import DescentGraph
import DescentNN
import DescentOptim

/// A small network's training step, for tests of the engine.
struct TrainingStep {
  let model: Sequential
  let function: CompiledFunction
  let executable: Executable

  init<Method: OptimizationMethod>(_ method: Method, widths: [Int] = [20, 48, 10], batch: Int = 16, seed: Int = 0)
    throws
  {
    let model = Sequential.perceptron(widths)
    try model.initialize(seed: seed)
    let updater = try Updater(method, parameters: model.trainableVariables)
    function = compile { arguments in
      let loss = crossEntropy(model(arguments[0]), labels: arguments[1])
      updater.minimize(loss)
      return [loss]
    }
    self.model = model
    executable = try function.executable(shapes: [[batch, widths[0]], [batch]], dtypes: [.float32, .int32])
    let inputs = try evaluate([
      RandomKey(seed).folding(in: "x").normal([batch, widths[0]]),
      (RandomKey(seed).folding(in: "y").uniform([batch]) * Double(widths[widths.count - 1])).cast(to: .int32),
    ])
    for (slot, input) in zip(executable.arguments, inputs) {
      slot.pointer.copyMemory(from: input.pointer, byteCount: input.byteCount)
    }
  }

  /// The loss of each of `count` steps.
  func run(_ count: Int) -> [Double] {
    (0..<count).map { _ in
      executable.run()
      return executable.results[0].double(at: 0)
    }
  }

  var parameters: [[Float]] { model.parameters.map { $0.parameter.variable.storage.scalars() } }
}
