import DescentEngine
import DescentGraph
import DescentNN
import DescentOptim

/// A training step of fixed size on made-up data, for measuring speed. Peers measure the same ones.
public struct Workload: Sendable {
  public let name: String
  public let summary: String
  private let build: @Sendable () throws -> Executable

  /// A workload that is compiled and bound.
  public final class Prepared {
    public let executable: Executable
    init(_ executable: Executable) { self.executable = executable }
    /// One training step, with everything in it: forward, backward, update.
    public func step() { executable.run() }
    public var kernelCount: Int { executable.plan.kernelCount }
  }

  public func prepare() throws -> Prepared { Prepared(try build()) }

  public static let all: [Workload] = [
    perceptron("mlp-small", [64, 128, 10], batch: 32),
    perceptron("mlp-mnist", [784, 256, 128, 10], batch: 64),
    perceptron("mlp-wide", [1024, 2048, 2048, 1000], batch: 256),
    update("adamw-25m", "AdamW's update alone, 25 million parameters", AdamW(weightDecay: 0.1)),
    update("own-adamw-25m", "the same with AdamW as a user would write it", HandWrittenAdamW()),
  ]

  public static func named(_ name: String) -> Workload? { all.first { $0.name == name } }

  /// A perceptron with ReLU, cross-entropy and AdamW.
  private static func perceptron(_ widths: [Int], batch: Int) -> @Sendable () throws -> Executable {
    {
      let model = Sequential.perceptron(widths)
      try model.initialize(seed: 0)
      let updater = Updater(AdamW(), parameters: model.trainableVariables)
      let step = compile { arguments in
        let loss = crossEntropy(model(arguments[0]), labels: arguments[1])
        updater.minimize(loss)
        return [loss]
      }
      let inputs = try evaluate([
        RandomKey(1).normal([batch, widths[0]]),
        (RandomKey(2).uniform([batch]) * Double(widths[widths.count - 1])).cast(to: .int32),
      ])
      let executable = try step.executable(shapes: inputs.map(\.shape), dtypes: inputs.map(\.dtype))
      for (slot, input) in zip(executable.arguments, inputs) {
        slot.pointer.copyMemory(from: input.pointer, byteCount: input.byteCount)
      }
      return executable
    }
  }

  private static func perceptron(_ name: String, _ widths: [Int], batch: Int) -> Workload {
    let shape = widths.map(String.init).joined(separator: "-")
    return Workload(name: name, summary: "\(shape), batch \(batch), AdamW", build: perceptron(widths, batch: batch))
  }

  /// An optimizer's update of one tensor of 25 million elements, its gradient given.
  public static func update<Method: Optimizer>(_ name: String, _ summary: String, _ method: Method) -> Workload {
    Workload(name: name, summary: summary) {
      let shape: Shape = [25_000_000]
      let parameter = Variable(shape: shape, name: "weight")
      let gradient = Variable(shape: shape, name: "gradient")
      try parameter.assign(RandomKey(0).normal(shape))
      try gradient.assign(RandomKey(1).normal(shape))
      let updater = Updater(method, parameters: [parameter])
      let step = compile { _ in
        updater.apply([gradient.value])
        return []
      }
      return try step.executable(shapes: [], dtypes: [])
    }
  }
}
