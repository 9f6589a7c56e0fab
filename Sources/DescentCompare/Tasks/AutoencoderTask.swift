import DescentData
import DescentNN

extension ComparisonTask {
  /// Deep, narrow in the middle, and without labels.
  static let autoencoder = ComparisonTask(
    name: "autoencoder", title: "Autoencoder",
    summary: "The 1,797 digits through 64-32-8-32-64 with tanh (4,744 parameters), mean squared error, batch 32.",
    metric: .testSquaredError, target: 0.0272, budget: 1000
  ) {
    let model = Sequential.perceptron([64, 32, 8, 32, 64], activation: .tanh)
    return .supervised(
      model, on: try ProblemData(Digits.load()), batch: 32,
      loss: { output, x, _ in meanSquaredError(output, x) }, metric: { output, x, _ in meanSquaredError(output, x) })
  }
}
