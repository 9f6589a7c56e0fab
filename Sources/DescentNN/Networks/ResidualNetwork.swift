import DescentGraph

extension Sequential {
  /// A residual network of eight weighted layers (He et al. 2016, arXiv 1512.03385) for images of 32 × 32:
  /// `[batch, 3, 32, 32] → [batch, 10]`.
  public static func residual() -> Sequential {
    Sequential(
      Conv2d(3, 32, kernelSize: 3, padding: 1, bias: false), BatchNorm(32), Activation.relu, ResidualBlock(32, 32),
      ResidualBlock(32, 64, stride: 2), ResidualBlock(64, 128, stride: 2), GlobalAveragePool(),
      Linear(128, 10, initializer: .leCunUniform(fanIn: 128)))
  }
}

/// Two convolutions of 3 × 3, each with batch normalization, added to what they read; where its shape changes, that goes
/// through a convolution of 1 × 1: `[batch, inputs, height, width] → [batch, outputs, ⌈height/stride⌉, ⌈width/stride⌉]`.
public struct ResidualBlock: UnaryModule {
  /// The two convolutions with their normalizations, and a ReLU between them.
  public let body: Sequential
  /// The convolution of 1 × 1 with its normalization; nil where the input is added as it is.
  public let shortcut: Sequential?

  /// - Parameters:
  ///   - inputs: channels of x.
  ///   - outputs: channels of the result.
  ///   - stride: of the first convolution, along both axes, and of the shortcut.
  public init(_ inputs: Int, _ outputs: Int, stride: Int = 1) {
    body = Sequential(
      Conv2d(inputs, outputs, kernelSize: 3, stride: stride, padding: 1, bias: false), BatchNorm(outputs),
      Activation.relu, Conv2d(outputs, outputs, kernelSize: 3, padding: 1, bias: false), BatchNorm(outputs))
    let isSame = inputs == outputs && stride == 1
    shortcut =
      isSame
      ? nil : Sequential(Conv2d(inputs, outputs, kernelSize: 1, stride: stride, bias: false), BatchNorm(outputs))
  }

  /// The sum goes through a ReLU. Traps unless x is `[batch, inputs, height, width]`.
  public func callAsFunction(_ x: Tensor) -> Tensor { relu(body(x) + (shortcut?(x) ?? x)) }
}
