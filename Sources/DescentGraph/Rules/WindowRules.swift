/// Windows over a tensor's last axes; one entry for each of them in every array.
public struct Windows: Hashable, Sendable, CustomStringConvertible {
  public var sizes: [Int]
  public var strides: [Int]
  /// The distance between neighbouring elements of a window.
  public var dilations: [Int]
  public init(sizes: [Int], strides: [Int], dilations: [Int]) {
    self.sizes = sizes
    self.strides = strides
    self.dilations = dilations
  }
  public var description: String { "sizes \(sizes) strides \(strides) dilations \(dilations)" }
}

enum WindowRules {
  static func type(_ w: Windows, _ inputs: [Node]) -> TensorType { fatalError("skeleton") }
  static func type(fold w: Windows, _ inputs: [Node], _ declared: TensorType?) -> TensorType { fatalError("skeleton") }
  static func gradient(_ w: Windows, _ x: Tensor, _ g: Tensor) -> Tensor { fatalError("skeleton") }
  static func gradient(fold w: Windows, _ g: Tensor) -> Tensor { fatalError("skeleton") }
}
