import DescentData
import DescentNN

extension ComparisonTask {
  /// The network of `descent train digits`, half as wide.
  static let digitsPerceptron = ComparisonTask(
    name: "digits-mlp", title: "Digits, perceptron",
    summary: "The 1,797 digits, 64-64-10 with ReLU (4,810 parameters), cross-entropy, batch 32.",
    metric: .testAccuracy, target: 0.958, budget: 660
  ) {
    let model = Sequential.perceptron([64, 64, 10])
    return .classifier(model, on: try ProblemData(Digits.load()), batch: 32, measuringAccuracy: true)
  }
}
