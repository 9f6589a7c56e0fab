/// The strides and edges of a convolution over one or more spatial axes; one entry for each in every array.
package struct Convolution: Hashable, Sendable, CustomStringConvertible {
  package var strides: [Int]
  /// Zeros added before and after each spatial axis.
  package var paddingLow: [Int]
  package var paddingHigh: [Int]
  /// The distance between neighbouring kernel elements; 1 for a dense kernel.
  package var dilations: [Int]
  /// Into how many independent parts the channels fall.
  package var groups: Int
  /// How the images lie in memory once an engine has decided it; until then nil.
  package var layout: ConvolutionLayout?
  package init(strides: [Int], paddingLow: [Int], paddingHigh: [Int], dilations: [Int], groups: Int = 1) {
    self.strides = strides
    self.paddingLow = paddingLow
    self.paddingHigh = paddingHigh
    self.dilations = dilations
    self.groups = groups
  }
  package var description: String {
    "strides \(strides) padding \(paddingLow)…\(paddingHigh) dilations \(dilations) groups \(groups)"
      + (layout.map { " blocks \($0.inputBlock) → \($0.resultBlock)" } ?? "")
      + (layout?.weights.map { " weights \($0.name)" } ?? "")
  }
}

enum ConvolutionRules {
  /// The shape a convolution gives in its layout.
  private static func laidOut(_ op: String, _ c: Convolution, _ x: Shape, _ kernel: Shape) -> Shape {
    guard let layout = c.layout else { return result(op, c, x, kernel) }
    let logical = ConvolutionLayout.logical(x, block: layout.inputBlock)
    let shape = result(op, c, logical, layout.weightShape(kernel))
    return ConvolutionLayout.physical(shape, block: layout.resultBlock)
  }

  /// The shape a convolution gives; traps, naming `op` and the shapes, when x and the kernel do not fit.
  private static func result(_ op: String, _ c: Convolution, _ x: Shape, _ kernel: Shape) -> Shape {
    let axes = c.strides.count
    require(
      axes > 0 && x.rank == axes + 2 && kernel.rank == axes + 2,
      "\(op): x \(x) and kernel \(kernel) need two axes beside the \(axes) spatial ones that the strides name")
    require(
      [c.paddingLow, c.paddingHigh, c.dilations].allSatisfy { $0.count == axes }
        && (c.strides + c.dilations).allSatisfy { $0 > 0 } && (c.paddingLow + c.paddingHigh).allSatisfy { $0 >= 0 },
      "\(op): \(c) need one entry for each spatial axis of \(x), strides and dilations above 0, no negative padding")
    require(
      c.groups > 0 && x[1] % c.groups == 0 && kernel[0] % c.groups == 0,
      "\(op): the \(x[1]) channels of x \(x) and the \(kernel[0]) outputs of kernel \(kernel) do not fall into "
        + "\(c.groups) groups")
    require(
      kernel[1] * c.groups == x[1],
      "\(op): x \(x) has \(x[1]) channels, kernel \(kernel) takes \(kernel[1] * c.groups) in \(c.groups) groups")
    let positions = (0..<axes).map { axis -> Int in
      let extent = x[axis + 2] + c.paddingLow[axis] + c.paddingHigh[axis]
      let count = WindowRules.positions(
        extent, size: kernel[axis + 2], stride: c.strides[axis], dilation: c.dilations[axis])
      guard let count else {
        fatalError(
          "\(op): the window of kernel \(kernel), dilations \(c.dilations), is larger than x \(x) with padding "
            + "\(c.paddingLow)…\(c.paddingHigh) on spatial axis \(axis)")
      }
      return count
    }
    return Shape([x[0], kernel[0]] + positions)
  }

  private static func dtype(_ op: String, _ inputs: [Node]) -> DType {
    require(
      inputs[0].dtype == inputs[1].dtype && inputs[0].dtype != .bool,
      "\(op): dtypes \(TensorType(inputs[0])) and \(TensorType(inputs[1])) differ or are not numbers; cast one of them")
    return inputs[0].dtype
  }

  static func type(_ c: Convolution, _ inputs: [Node]) -> TensorType {
    TensorType(
      shape: laidOut("convolution", c, inputs[0].shape, inputs[1].shape), dtype: dtype("convolution", inputs))
  }

  static func type(inputGradient c: Convolution, _ inputs: [Node], _ declared: TensorType?) -> TensorType {
    transpose("convolutionInputGradient", inputs, inputs[0], declared) {
      laidOut("convolutionInputGradient", c, $0, inputs[1].shape)
    }
  }

  static func type(kernelGradient c: Convolution, _ inputs: [Node], _ declared: TensorType?) -> TensorType {
    transpose("convolutionKernelGradient", inputs, inputs[1], declared) {
      laidOut("convolutionKernelGradient", c, inputs[0].shape, $0)
    }
  }

  /// A transpose has the shape it declares, if a convolution of that shape gives the cotangent's.
  private static func transpose(
    _ op: String, _ inputs: [Node], _ cotangent: Node, _ declared: TensorType?, _ result: (Shape) -> Shape
  ) -> TensorType {
    guard let declared else { fatalError("\(op) needs a declared type") }
    let expected = result(declared.shape)
    require(
      cotangent.shape == expected,
      "\(op) to \(declared.shape): the cotangent is \(cotangent.shape), the convolution gives \(expected)")
    return TensorType(shape: declared.shape, dtype: dtype(op, inputs))
  }

  // A convolution is linear in x and in the kernel. Each of the three ops is the transpose of another by one operand,
  // and as all three are one trilinear form of x, kernel and result, their gradients are each other again.

  static func gradients(_ c: Convolution, _ x: [Tensor], _ g: Tensor) -> [Tensor?] {
    guard g.dtype.isFloat else { return [nil, nil] }
    return [inputGradient(c, g, kernel: x[1], like: x[0]), kernelGradient(c, x[0], g, like: x[1])]
  }
  static func gradients(inputGradient c: Convolution, _ x: [Tensor], _ g: Tensor) -> [Tensor?] {
    guard g.dtype.isFloat else { return [nil, nil] }
    return [Tensor(.convolution(c), [g, x[1]]), kernelGradient(c, g, x[0], like: x[1])]
  }
  static func gradients(kernelGradient c: Convolution, _ x: [Tensor], _ g: Tensor) -> [Tensor?] {
    guard g.dtype.isFloat else { return [nil, nil] }
    return [inputGradient(c, x[1], kernel: g, like: x[0]), Tensor(.convolution(c), [x[0], g])]
  }

  private static func inputGradient(_ c: Convolution, _ g: Tensor, kernel: Tensor, like x: Tensor) -> Tensor {
    Tensor(.convolutionInputGradient(c), [g, kernel], shape: x.shape, dtype: g.dtype)
  }
  private static func kernelGradient(_ c: Convolution, _ x: Tensor, _ g: Tensor, like kernel: Tensor) -> Tensor {
    Tensor(.convolutionKernelGradient(c), [x, g], shape: kernel.shape, dtype: g.dtype)
  }
}
