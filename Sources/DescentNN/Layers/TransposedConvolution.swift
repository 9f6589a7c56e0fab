import DescentGraph

/// The transpose of a convolution over one axis, which makes it longer for strides above 1:
/// `[batch, inputs, time] → [batch, outputs, positions]`; weight `[inputs, outputs / groups, kernel size]`, bias
/// `[outputs]`. See `transposedConvolution` for the number of positions.
public struct ConvTranspose1d: UnaryModule {
  /// `[inputs, outputs / groups, kernel size]`.
  public let weight: Parameter
  /// `[outputs]`; nil when the layer was made without.
  public let bias: Parameter?
  private let settings: ConvolutionSettings
  private let outputPadding: [Int]

  /// - Parameters:
  ///   - inputs: channels of x.
  ///   - outputs: channels of the result.
  ///   - kernelSize: the window's extent.
  ///   - stride: how far apart the places are that neighbouring elements of x are added to.
  ///   - padding: what is cut off, as a convolution with the same arguments would add it.
  ///   - outputPadding: elements that the result has more at its end.
  ///   - dilation: the distance between the elements that neighbouring weights meet.
  ///   - groups: into how many independent parts inputs and outputs fall.
  ///   - bias: whether each output has one.
  ///   - initializer: of the weight; nil is He's for ReLU.
  public init(
    _ inputs: Int, _ outputs: Int, kernelSize: Int, stride: Int = 1, padding: Padding = .valid, outputPadding: Int = 0,
    dilation: Int = 1, groups: Int = 1, bias: Bool = true, initializer: Initializer? = nil
  ) {
    settings = ConvolutionSettings(
      layer: "ConvTranspose1d", inputs: inputs, outputs: outputs, window: [kernelSize], strides: [stride],
      padding: padding, dilations: [dilation], groups: groups)
    self.outputPadding = [outputPadding]
    weight = settings.transposedWeight(initializer)
    self.bias = bias ? Parameter([outputs], .zeros) : nil
  }

  /// `[batch, inputs, time] → [batch, outputs, positions]`; traps for another rank or number of inputs, and when the
  /// padding cuts off more than there is.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    settings.transposedConvolution(x, weight, bias, outputPadding: outputPadding)
  }
}

/// The transpose of a convolution over two axes, which makes images larger for strides above 1:
/// `[batch, inputs, height, width] → [batch, outputs, rows, columns]`; weight
/// `[inputs, outputs / groups, kernel height, kernel width]`, bias `[outputs]`. See `transposedConvolution` for the
/// extents.
public struct ConvTranspose2d: UnaryModule {
  /// `[inputs, outputs / groups, kernel height, kernel width]`.
  public let weight: Parameter
  /// `[outputs]`; nil when the layer was made without.
  public let bias: Parameter?
  private let settings: ConvolutionSettings
  private let outputPadding: [Int]

  /// - Parameters:
  ///   - inputs: channels of x.
  ///   - outputs: channels of the result.
  ///   - kernelSize: the window's extent along both axes.
  ///   - stride: how far apart the places are that neighbouring elements of x are added to.
  ///   - padding: what is cut off, as a convolution with the same arguments would add it.
  ///   - outputPadding: rows and columns that the result has more at its end.
  ///   - dilation: the distance between the elements that neighbouring weights meet.
  ///   - groups: into how many independent parts inputs and outputs fall.
  ///   - bias: whether each output has one.
  ///   - initializer: of the weight; nil is He's for ReLU.
  public init(
    _ inputs: Int, _ outputs: Int, kernelSize: Int, stride: Int = 1, padding: Padding = .valid, outputPadding: Int = 0,
    dilation: Int = 1, groups: Int = 1, bias: Bool = true, initializer: Initializer? = nil
  ) {
    self.init(
      inputs, outputs, kernelSize: (kernelSize, kernelSize), stride: (stride, stride), padding: padding,
      outputPadding: (outputPadding, outputPadding), dilation: (dilation, dilation), groups: groups, bias: bias,
      initializer: initializer)
  }
  /// Height and width apart.
  public init(
    _ inputs: Int, _ outputs: Int, kernelSize: (Int, Int), stride: (Int, Int) = (1, 1), padding: Padding = .valid,
    outputPadding: (Int, Int) = (0, 0), dilation: (Int, Int) = (1, 1), groups: Int = 1, bias: Bool = true,
    initializer: Initializer? = nil
  ) {
    settings = ConvolutionSettings(
      layer: "ConvTranspose2d", inputs: inputs, outputs: outputs, window: [kernelSize.0, kernelSize.1],
      strides: [stride.0, stride.1], padding: padding, dilations: [dilation.0, dilation.1], groups: groups)
    self.outputPadding = [outputPadding.0, outputPadding.1]
    weight = settings.transposedWeight(initializer)
    self.bias = bias ? Parameter([outputs], .zeros) : nil
  }

  /// `[batch, inputs, height, width] → [batch, outputs, rows, columns]`; traps for another rank or number of inputs,
  /// and when the padding cuts off more than there is.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    settings.transposedConvolution(x, weight, bias, outputPadding: outputPadding)
  }
}

extension ConvolutionSettings {
  func transposedWeight(_ initializer: Initializer?) -> Parameter {
    // Of the window's elements, one in `strides` falls on each element of the result.
    let fanIn = max(inputs / groups * window.reduce(1, *) / strides.reduce(1, *), 1)
    return Parameter(Shape([inputs, outputs / groups] + window), initializer ?? .heUniform(fanIn: fanIn))
  }

  func transposedConvolution(
    _ x: Tensor, _ weight: Parameter, _ bias: Parameter?, outputPadding: [Int]
  ) -> Tensor {
    check(x)
    let y = DescentGraph.transposedConvolution(
      x, weight.value, strides: strides, padding: padding, outputPadding: outputPadding, dilations: dilations,
      groups: groups)
    return biased(y, bias)
  }
}
