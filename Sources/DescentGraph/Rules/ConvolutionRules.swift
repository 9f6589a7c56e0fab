/// The strides and edges of a convolution over one or more spatial axes; one entry for each in every array.
public struct Convolution: Hashable, Sendable, CustomStringConvertible {
  public var strides: [Int]
  /// Zeros added before and after each spatial axis.
  public var paddingLow: [Int]
  public var paddingHigh: [Int]
  /// The distance between neighbouring kernel elements; 1 for a dense kernel.
  public var dilations: [Int]
  /// Into how many independent parts the channels fall.
  public var groups: Int
  public init(strides: [Int], paddingLow: [Int], paddingHigh: [Int], dilations: [Int], groups: Int = 1) {
    self.strides = strides
    self.paddingLow = paddingLow
    self.paddingHigh = paddingHigh
    self.dilations = dilations
    self.groups = groups
  }
  public var description: String {
    "strides \(strides) padding \(paddingLow)…\(paddingHigh) dilations \(dilations) groups \(groups)"
  }
}

enum ConvolutionRules {
  static func type(_ c: Convolution, _ inputs: [Node]) -> TensorType { fatalError("skeleton") }
  static func type(inputGradient c: Convolution, _ inputs: [Node], _ declared: TensorType?) -> TensorType {
    fatalError("skeleton")
  }
  static func type(kernelGradient c: Convolution, _ inputs: [Node], _ declared: TensorType?) -> TensorType {
    fatalError("skeleton")
  }
  static func gradients(_ c: Convolution, _ x: [Tensor], _ g: Tensor) -> [Tensor?] { fatalError("skeleton") }
  static func gradients(inputGradient c: Convolution, _ x: [Tensor], _ g: Tensor) -> [Tensor?] {
    fatalError("skeleton")
  }
  static func gradients(kernelGradient c: Convolution, _ x: [Tensor], _ g: Tensor) -> [Tensor?] {
    fatalError("skeleton")
  }
}
