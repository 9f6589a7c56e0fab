import DescentGraph
import DescentNN
import DescentOptim

/// A training step of fixed size on made-up data, for measuring speed. Peers measure the same ones.
package struct Workload: Sendable {
  package let name: String
  package let summary: String
  /// What can be changed, for the transformers.
  package private(set) var size: TransformerSize?
  let make: @Sendable () throws -> WorkloadStep

  package static let all: [Workload] = [
    perceptron("mlp-small", [64, 128, 10], batch: 32),
    perceptron("mlp-mnist", [784, 256, 128, 10], batch: 64),
    perceptron("mlp-wide", [1024, 2048, 2048, 1000], batch: 256),
    images("cnn-mnist", "conv32-conv64-pool-128-10", [64, 1, 28, 28]) { .convolutional() },
    images("resnet8", "ResNet of 8 layers on 32×32×3", [32, 3, 32, 32]) { .residual() },
    transformer("gpt-tiny", TransformerSize(depth: 4, heads: 4, width: 128, context: 64, batch: 12)),
    transformer("gpt-small", gptSmall),
    update("adamw-25m", "AdamW's update alone, 25 million parameters", AdamW(weightDecay: 0.1)),
    update("adamw8-25m", "the same with state of 8 bits", AdamW(weightDecay: 0.1).quantizedState()),
    update("adamw16-25m", "the same with state in bfloat16", AdamW(weightDecay: 0.1).quantizedState(.bfloat16)),
    update("own-adamw-25m", "the same with AdamW as a user would write it", HandWrittenAdamW()),
    update("muon-gpt-small", "Muon's update alone, of gpt-small's tensors", Muon(), of: gptSmall),
    update("soap-gpt-small", "SOAP's update alone, of gpt-small's tensors", SOAP(), of: gptSmall),
  ]

  private static let gptSmall = TransformerSize(depth: 6, heads: 6, width: 384, context: 128, batch: 8)

  package static func named(_ name: String) -> Workload? { all.first { $0.name == name } }

  /// A perceptron with ReLU, cross-entropy and AdamW.
  private static func perceptron(_ name: String, _ widths: [Int], batch: Int) -> Workload {
    let shape = widths.map(String.init).joined(separator: "-")
    return Workload(name: name, summary: "\(shape), batch \(batch), AdamW") {
      try .training(
        Sequential.perceptron(widths), on: .numbers([batch, widths[0]]), labels: [batch], classes: widths.last!)
    }
  }

  /// A network on images `[batch, channels, height, width]` of ten classes, with cross-entropy and AdamW.
  private static func images(
    _ name: String, _ summary: String, _ shape: Shape, _ network: @escaping @Sendable () -> Sequential
  ) -> Workload {
    Workload(name: name, summary: "\(summary), batch \(shape[0]), AdamW") {
      try .training(network(), on: .numbers(shape), labels: [shape[0]], classes: 10)
    }
  }

  /// The sizes of a transformer and of what it is trained on.
  package struct TransformerSize: Sendable {
    package var depth: Int, heads: Int, width: Int
    /// The length of a sequence.
    package var context: Int
    package var batch: Int
    package var vocabulary = 65
  }

  /// A language model over single characters, with cross-entropy and AdamW.
  package static func transformer(_ name: String, _ size: TransformerSize) -> Workload {
    let summary =
      "GPT: \(size.depth) layers, \(size.heads) heads, width \(size.width), context \(size.context), "
      + "batch \(size.batch), AdamW"
    return Workload(name: name, summary: summary, size: size) {
      let model = Transformer(
        vocabulary: size.vocabulary, context: size.context, width: size.width, depth: size.depth, heads: size.heads)
      let tokens: Shape = [size.batch, size.context]
      return try .training(
        model, on: .indices(tokens, below: size.vocabulary), labels: tokens, classes: size.vocabulary)
    }
  }

  /// An optimizer's update of one tensor, its gradient given: no method with ``MethodEntry/needsLoss``.
  ///
  /// - Parameter count: of the tensor's elements.
  package static func update(
    _ name: String, _ summary: String, _ method: some OptimizationMethod, count: Int = 25_000_000
  ) -> Workload {
    Workload(name: name, summary: summary) { try .update(method, of: [("weight", [count])]) }
  }

  /// An optimizer's update of all tensors of a transformer.
  private static func update(
    _ name: String, _ summary: String, _ method: some OptimizationMethod, of size: TransformerSize
  ) -> Workload {
    Workload(name: name, summary: summary) {
      let model = Transformer(
        vocabulary: size.vocabulary, context: size.context, width: size.width, depth: size.depth, heads: size.heads)
      return try .update(method, of: model.trainableVariables.map { ($0.name, $0.shape) })
    }
  }
}
