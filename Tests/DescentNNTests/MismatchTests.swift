import DescentGraph
import DescentNN
import Testing

/// Mistakes in a model stop the program with a message that names the op and the shapes.
@Suite struct MismatchTests {
  enum Mismatch: String, CaseIterable, Codable, Sendable {
    case linear, linearInModel, meanSquaredError, huber, huberDelta, crossEntropy, labelSmoothing, binaryCrossEntropy
    case dropoutRate, perceptronWidths

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
