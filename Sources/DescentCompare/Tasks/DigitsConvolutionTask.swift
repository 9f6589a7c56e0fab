import DescentData
import DescentNN

extension ComparisonTask {
  /// Two convolutions, each followed by a pooling.
  static let digitsConvolution = ComparisonTask(
    name: "digits-cnn", title: "Digits, convolutions",
    summary: "The 1,797 digits as images, conv 8 – pool – conv 16 – pool – 10 (1,898 parameters), cross-entropy, batch "
      + "32.",
    metric: .testAccuracy, target: 0.942, budget: 500
  ) {
    let model = Sequential(
      Conv2d(1, 8, kernelSize: 3, padding: .same), Activation.relu, MaxPool2d(kernelSize: 2),
      Conv2d(8, 16, kernelSize: 3, padding: .same), Activation.relu, MaxPool2d(kernelSize: 2), Flatten(),
      Linear(64, 10, initializer: .leCunUniform(fanIn: 64)))
    return .classifier(
      model, on: try ProblemData(Digits.load(), shape: [1, 8, 8]), batch: 32, measuringAccuracy: true)
  }
}
