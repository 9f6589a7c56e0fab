/// How an engine lays a convolution's images and weights out in memory.
///
/// Images in blocks have the shape `[batch, channels / block, spatial…, block]`: all pixels of a few channels lie together,
/// and those channels side by side. A block of all channels is the layout known as channels last; 0 stands for
/// `[batch, channels, spatial…]`.
package struct ConvolutionLayout: Hashable, Sendable {
  /// The block of x and of its gradient, and that of the result and of its gradient.
  package var inputBlock: Int
  package var resultBlock: Int
  /// The order of the weights or of their gradient, if not row-major.
  package var weights: MemoryOrder?
  /// Whether algorithms that trade accuracy for speed are ruled out.
  package var isStrict: Bool

  package init(inputBlock: Int, resultBlock: Int, isStrict: Bool) {
    self.inputBlock = inputBlock
    self.resultBlock = resultBlock
    self.isStrict = isStrict
  }

  /// `[batch, channels, spatial…]` as it lies in blocks.
  package static func physical(_ shape: Shape, block: Int) -> Shape {
    block == 0 ? shape : Shape([shape[0], shape[1] / block] + shape.dropFirst(2) + [block])
  }

  /// The shape of the weights that lie in memory as `shape`.
  package func weightShape(_ shape: Shape) -> Shape { weights?.shape ?? shape }

  /// The inverse of `physical`.
  package static func logical(_ shape: Shape, block: Int) -> Shape {
    block == 0 ? shape : Shape([shape[0], shape[1] * block] + shape.dropFirst(2).dropLast())
  }
}
