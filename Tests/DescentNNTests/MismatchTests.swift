import DescentGraph
import DescentNN
import Testing

/// Mistakes in a model stop the program with a message that names the op and the shapes.
@Suite struct MismatchTests {
  enum Mismatch: String, CaseIterable, Codable, Sendable {
    case linear, linearInModel, meanSquaredError, huber, huberDelta, crossEntropy, labelSmoothing, binaryCrossEntropy
    case dropoutRate, perceptronWidths
    case layerNorm, batchNorm, batchNormOfOne, embeddingIndex, embeddingType, attentionHeads, attention, trainedState
    case convolution, convolutionGroups, globalAverage

    /// What the message must contain.
    var fragments: [String] {
      switch self {
      case .linear: ["Linear", "[5, 4]", "[2, 3]", "3"]
      case .linearInModel: ["Linear", "[5, 6]", "[2, 7]"]
      case .meanSquaredError: ["meanSquaredError", "[4, 1]", "[4]"]
      case .huber: ["huber", "[2, 3]", "[3, 2]"]
      case .huberDelta: ["huber", "delta", "-1"]
      case .crossEntropy: ["crossEntropy", "[4]", "[5, 3]"]
      case .labelSmoothing: ["labelSmoothing", "0..<1", "1.5"]
      case .binaryCrossEntropy: ["binaryCrossEntropy", "[4]", "[4, 1]"]
      case .dropoutRate: ["Dropout", "0..<1", "1.0"]
      case .perceptronWidths: ["perceptron", "[7]"]
      case .layerNorm: ["LayerNorm", "[5, 4]", "[3]"]
      case .batchNorm: ["BatchNorm", "[5, 4]", "[batch, 3, …]"]
      case .batchNormOfOne: ["BatchNorm", "[1, 3]", "variance"]
      case .embeddingIndex: ["Embedding", "index 7", "position 2", "0..<5"]
      case .embeddingType: ["Embedding", "f32", "cast"]
      case .attentionHeads: ["MultiheadAttention", "8", "3 heads"]
      case .attention: ["MultiheadAttention", "[4, 8]", "[batch, time, 8]"]
      case .trainedState: ["state", "[3]"]
      case .convolution: ["Conv2d", "[5, 1, 28, 28]", "[batch, 3, height, width]"]
      case .convolutionGroups: ["Conv1d", "4 inputs", "3 outputs", "2 groups"]
      case .globalAverage: ["globalAveragePool", "[5, 4]"]
      }
    }

    func provoke() {
      switch self {
      case .linear: _ = Linear(3, 2)(.zeros([5, 4]))
      case .linearInModel: _ = Sequential(Linear(4, 6), Linear(7, 2))(.zeros([5, 4]))
      case .meanSquaredError: _ = DescentNN.meanSquaredError(.zeros([4, 1]), .zeros([4]))
      case .huber: _ = DescentNN.huber(.zeros([2, 3]), .zeros([3, 2]))
      case .huberDelta: _ = DescentNN.huber(.zeros([2]), .zeros([2]), delta: -1)
      case .crossEntropy: _ = DescentNN.crossEntropy(.zeros([5, 3]), labels: .zeros([4], dtype: .int32))
      case .labelSmoothing:
        _ = DescentNN.crossEntropy(.zeros([5, 3]), labels: .zeros([5], dtype: .int32), labelSmoothing: 1.5)
      case .binaryCrossEntropy: _ = DescentNN.binaryCrossEntropy(.zeros([4]), .zeros([4, 1]))
      case .dropoutRate: _ = Dropout(1)
      case .perceptronWidths: _ = Sequential.perceptron([7])
      case .layerNorm: _ = LayerNorm(3)(.zeros([5, 4]))
      case .batchNorm: _ = BatchNorm(3)(.zeros([5, 4]))
      case .batchNormOfOne: _ = Forward.training(key: RandomKey(0)) { BatchNorm(3)(.zeros([1, 3])) }
      case .embeddingIndex: _ = Embedding(5, 2)(Tensor([0, 4, 7] as [Int32]))
      case .embeddingType: _ = Embedding(5, 2)(.zeros([3]))
      case .attentionHeads: _ = MultiheadAttention(embedDimension: 8, heads: 3)
      case .attention: _ = MultiheadAttention(embedDimension: 8, heads: 2)(.zeros([4, 8]))
      case .trainedState: BatchNorm(3).runningMean.isTrainable = true
      case .convolution: _ = Conv2d(3, 8, kernelSize: 3)(.zeros([5, 1, 28, 28]))
      case .convolutionGroups: _ = Conv1d(4, 3, kernelSize: 3, groups: 2)
      case .globalAverage: _ = GlobalAveragePool()(.zeros([5, 4]))
      }
    }
  }

  @Test(arguments: Mismatch.allCases)
  func `the message names the op and the shapes`(mismatch: Mismatch) async throws {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      [mismatch = mismatch as Mismatch] in
      mismatch.provoke()
    }
    let message = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    for fragment in mismatch.fragments {
      #expect(message.contains(fragment), "\(mismatch) lacks \(fragment): \(message)")
    }
  }
}
