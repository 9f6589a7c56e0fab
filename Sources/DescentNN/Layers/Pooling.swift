import DescentGraph

/// The greatest element of every window over the last axis: `[…, time] → […, positions]`. See `maxPool`.
public struct MaxPool1d: UnaryModule {
  private let window: PoolingWindow
  private let dilations: [Int]

  /// - Parameters:
  ///   - kernelSize: the window's extent.
  ///   - stride: the distance between windows; nil is the kernel size.
  ///   - padding: −∞ around the axis.
  ///   - dilation: the distance between the elements of a window.
  public init(kernelSize: Int, stride: Int? = nil, padding: Padding = .valid, dilation: Int = 1) {
    window = PoolingWindow(sizes: [kernelSize], strides: stride.map { [$0] }, padding: padding)
    dilations = [dilation]
  }

  /// Floats `[…, time] → […, positions]`; traps when the padded axis holds no window.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    maxPool(x, window.sizes, strides: window.strides, padding: window.padding, dilations: dilations)
  }
}

/// The greatest element of every window over the last two axes: `[…, height, width] → […, rows, columns]`. See `maxPool`.
public struct MaxPool2d: UnaryModule {
  private let window: PoolingWindow
  private let dilations: [Int]

  /// - Parameters:
  ///   - kernelSize: the window's extent along both axes.
  ///   - stride: the distance between windows; nil is the kernel size.
  ///   - padding: −∞ around both axes.
  ///   - dilation: the distance between the elements of a window.
  public init(kernelSize: Int, stride: Int? = nil, padding: Padding = .valid, dilation: Int = 1) {
    self.init(
      kernelSize: (kernelSize, kernelSize), stride: stride.map { ($0, $0) }, padding: padding,
      dilation: (dilation, dilation))
  }
  /// Height and width apart.
  public init(
    kernelSize: (Int, Int), stride: (Int, Int)? = nil, padding: Padding = .valid, dilation: (Int, Int) = (1, 1)
  ) {
    window = PoolingWindow(
      sizes: [kernelSize.0, kernelSize.1], strides: stride.map { [$0.0, $0.1] }, padding: padding)
    dilations = [dilation.0, dilation.1]
  }

  /// Floats `[…, height, width] → […, rows, columns]`; traps when the padded axes hold no window.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    maxPool(x, window.sizes, strides: window.strides, padding: window.padding, dilations: dilations)
  }
}

/// The mean of every window over the last axis: `[…, time] → […, positions]`. See `averagePool`.
public struct AvgPool1d: UnaryModule {
  private let window: PoolingWindow
  private let countsPadding: Bool

  /// - Parameters:
  ///   - kernelSize: the window's extent.
  ///   - stride: the distance between windows; nil is the kernel size.
  ///   - padding: zeros around the axis.
  ///   - countsPadding: whether they count as elements.
  public init(kernelSize: Int, stride: Int? = nil, padding: Padding = .valid, countsPadding: Bool = true) {
    window = PoolingWindow(sizes: [kernelSize], strides: stride.map { [$0] }, padding: padding)
    self.countsPadding = countsPadding
  }

  /// Floats `[…, time] → […, positions]`; traps when the padded axis holds no window.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    averagePool(
      x, window.sizes, strides: window.strides, padding: window.padding, countsPadding: countsPadding)
  }
}

/// The mean of every window over the last two axes: `[…, height, width] → […, rows, columns]`. See `averagePool`.
public struct AvgPool2d: UnaryModule {
  private let window: PoolingWindow
  private let countsPadding: Bool

  /// - Parameters:
  ///   - kernelSize: the window's extent along both axes.
  ///   - stride: the distance between windows; nil is the kernel size.
  ///   - padding: zeros around both axes.
  ///   - countsPadding: whether they count as elements.
  public init(kernelSize: Int, stride: Int? = nil, padding: Padding = .valid, countsPadding: Bool = true) {
    self.init(
      kernelSize: (kernelSize, kernelSize), stride: stride.map { ($0, $0) }, padding: padding,
      countsPadding: countsPadding)
  }
  /// Height and width apart.
  public init(
    kernelSize: (Int, Int), stride: (Int, Int)? = nil, padding: Padding = .valid, countsPadding: Bool = true
  ) {
    window = PoolingWindow(
      sizes: [kernelSize.0, kernelSize.1], strides: stride.map { [$0.0, $0.1] }, padding: padding)
    self.countsPadding = countsPadding
  }

  /// Floats `[…, height, width] → […, rows, columns]`; traps when the padded axes hold no window.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    averagePool(
      x, window.sizes, strides: window.strides, padding: window.padding, countsPadding: countsPadding)
  }
}

/// The mean over all spatial axes: `[batch, channels, spatial…] → [batch, channels]`; PyTorch's adaptive average pooling to
/// one element, flattened (with `keepingAxes`, as it stands).
public struct GlobalAveragePool: UnaryModule {
  private let keepingAxes: Bool

  /// - Parameters:
  ///   - keepingAxes: leaves the spatial axes with an extent of 1.
  public init(keepingAxes: Bool = false) { self.keepingAxes = keepingAxes }

  /// Traps when x has no axes behind batch and channels.
  public func callAsFunction(_ x: Tensor) -> Tensor { globalAveragePool(x, keepingAxes: keepingAxes) }
}

private struct PoolingWindow: Sendable {
  let sizes: [Int]
  let strides: [Int]?
  let padding: Padding
}
