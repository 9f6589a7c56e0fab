import DescentData
import DescentNN

extension ComparisonTask {
  /// A convex problem on real data.
  static let logistic = ComparisonTask(
    name: "logistic", title: "Logistic regression",
    summary: "Softmax regression on the 1,797 digits, 64-10 (650 parameters), cross-entropy, batch 32.",
    metric: .testCrossEntropy, target: 0.15, budget: 600
  ) {
    let model = Sequential(Linear(64, 10, initializer: .zeros))
    return .classifier(model, on: try ProblemData(Digits.load()), batch: 32, measuringAccuracy: false)
  }
}
