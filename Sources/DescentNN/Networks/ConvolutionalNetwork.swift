extension Sequential {
  /// Two convolutions of 3 × 3 and a pooling, then two linear layers, for images of 28 × 28:
  /// `[batch, 1, 28, 28] → [batch, 10]`.
  public static func convolutional() -> Sequential {
    Sequential(
      Conv2d(1, 32, kernelSize: 3), Activation.relu, Conv2d(32, 64, kernelSize: 3), Activation.relu,
      MaxPool2d(kernelSize: 2), Flatten(), Linear(64 * 12 * 12, 128), Activation.relu,
      Linear(128, 10, initializer: .leCunUniform(fanIn: 128)))
  }
}
