import DescentGraph

/// A convolution over one axis: `[batch, inputs, time] → [batch, outputs, positions]`; weight
/// `[outputs, inputs / groups, kernel size]`, bias `[outputs]`. See `convolution` for the number of positions.
public struct Conv1d: UnaryModule {
  /// `[outputs, inputs / groups, kernel size]`.
  public let weight: Parameter
  /// `[outputs]`; nil when the layer was made without.
  public let bias: Parameter?
  private let settings: ConvolutionSettings

  /// - Parameters:
  ///   - inputs: channels of x.
  ///   - outputs: channels of the result.
  ///   - kernelSize: the window's extent.
  ///   - stride: the distance between windows.
  ///   - padding: zeros around the axis: a number, `.same` or `.valid`.
  ///   - dilation: the distance between the elements that neighbouring weights meet.
  ///   - groups: into how many independent parts inputs and outputs fall.
  ///   - bias: whether each output has one.
  ///   - initializer: of the weight; nil is He's for ReLU.
  public init(
    _ inputs: Int, _ outputs: Int, kernelSize: Int, stride: Int = 1, padding: Padding = .valid, dilation: Int = 1,
    groups: Int = 1, bias: Bool = true, initializer: Initializer? = nil
  ) {
    settings = ConvolutionSettings(
      layer: "Conv1d", inputs: inputs, outputs: outputs, window: [kernelSize], strides: [stride], padding: padding,
      dilations: [dilation], groups: groups)
    weight = settings.weight(initializer)
    self.bias = bias ? Parameter([outputs], .zeros) : nil
  }

  /// `[batch, inputs, time] → [batch, outputs, positions]`; traps for another rank, another number of inputs, and a
  /// window larger than the padded input.
  public func callAsFunction(_ x: Tensor) -> Tensor { settings.convolution(x, weight, bias) }
}

/// A convolution over two axes: `[batch, inputs, height, width] → [batch, outputs, rows, columns]`; weight
/// `[outputs, inputs / groups, kernel height, kernel width]`, bias `[outputs]`. See `convolution` for the extents.
public struct Conv2d: UnaryModule {
  /// `[outputs, inputs / groups, kernel height, kernel width]`.
  public let weight: Parameter
  /// `[outputs]`; nil when the layer was made without.
  public let bias: Parameter?
  private let settings: ConvolutionSettings

  /// - Parameters:
  ///   - inputs: channels of x.
  ///   - outputs: channels of the result.
  ///   - kernelSize: the window's extent along both axes.
  ///   - stride: the distance between windows.
  ///   - padding: zeros around both axes: a number, `.same` or `.valid`, or `.explicit` for each side its own.
  ///   - dilation: the distance between the elements that neighbouring weights meet.
  ///   - groups: into how many independent parts inputs and outputs fall; `inputs` for a depthwise convolution.
  ///   - bias: whether each output has one.
  ///   - initializer: of the weight; nil is He's for ReLU.
  public init(
    _ inputs: Int, _ outputs: Int, kernelSize: Int, stride: Int = 1, padding: Padding = .valid, dilation: Int = 1,
    groups: Int = 1, bias: Bool = true, initializer: Initializer? = nil
  ) {
    self.init(
      inputs, outputs, kernelSize: (kernelSize, kernelSize), stride: (stride, stride), padding: padding,
      dilation: (dilation, dilation), groups: groups, bias: bias, initializer: initializer)
  }
  /// Height and width apart.
  public init(
    _ inputs: Int, _ outputs: Int, kernelSize: (Int, Int), stride: (Int, Int) = (1, 1), padding: Padding = .valid,
    dilation: (Int, Int) = (1, 1), groups: Int = 1, bias: Bool = true, initializer: Initializer? = nil
  ) {
    settings = ConvolutionSettings(
      layer: "Conv2d", inputs: inputs, outputs: outputs, window: [kernelSize.0, kernelSize.1],
      strides: [stride.0, stride.1], padding: padding, dilations: [dilation.0, dilation.1], groups: groups)
    weight = settings.weight(initializer)
    self.bias = bias ? Parameter([outputs], .zeros) : nil
  }

  /// `[batch, inputs, height, width] → [batch, outputs, rows, columns]`; traps for another rank, another number of
  /// inputs, and a window larger than the padded input.
  public func callAsFunction(_ x: Tensor) -> Tensor { settings.convolution(x, weight, bias) }
}

/// What convolutional layers have beside their parameters.
struct ConvolutionSettings: Sendable {
  let layer: String
  let inputs: Int
  let outputs: Int
  let window: [Int]
  let strides: [Int]
  let padding: Padding
  let dilations: [Int]
  let groups: Int

  init(
    layer: String, inputs: Int, outputs: Int, window: [Int], strides: [Int], padding: Padding, dilations: [Int],
    groups: Int
  ) {
    require(
      groups > 0 && inputs > 0 && outputs > 0 && inputs % groups == 0 && outputs % groups == 0,
      "\(layer): \(inputs) inputs and \(outputs) outputs do not fall into \(groups) groups")
    require(
      (window + strides + dilations).allSatisfy { $0 > 0 },
      "\(layer): kernel size \(window), stride \(strides) and dilation \(dilations) must be above 0")
    self.layer = layer
    self.inputs = inputs
    self.outputs = outputs
    self.window = window
    self.strides = strides
    self.padding = padding
    self.dilations = dilations
    self.groups = groups
  }

  func weight(_ initializer: Initializer?) -> Parameter {
    let fanIn = inputs / groups * window.reduce(1, *)
    return Parameter(Shape([outputs, inputs / groups] + window), initializer ?? .heUniform(fanIn: fanIn))
  }

  func convolution(_ x: Tensor, _ weight: Parameter, _ bias: Parameter?) -> Tensor {
    check(x)
    let y = DescentGraph.convolution(
      x, weight.value, strides: strides, padding: padding, dilations: dilations, groups: groups)
    return biased(y, bias)
  }

  func check(_ x: Tensor) {
    let spatial = window.count == 1 ? "time" : "height, width"
    require(
      x.rank == window.count + 2 && x.shape[1] == inputs,
      "\(layer): input shape \(x.shape) is not [batch, \(inputs), \(spatial)]")
  }

  /// `y` and a number for each of its channels.
  func biased(_ y: Tensor, _ bias: Parameter?) -> Tensor {
    guard let bias else { return y }
    return y + bias.value.reshaped(Shape([outputs] + window.map { _ in 1 }))
  }
}
