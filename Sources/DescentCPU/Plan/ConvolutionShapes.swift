import DescentGraph

/// The tensors of a convolution over one or two axes, or of one of its gradients, as oneDNN sees them.
struct ConvolutionShapes {
  var kind: ConvolutionPrimitive.Kind
  /// x, kernel and result, or their gradients, in row-major order of their axes.
  var x: Shape
  var kernel: Shape
  var result: Shape

  /// Nil for what oneDNN has no kernels for: other types than float32, empty tensors, three and more spatial axes.
  init?(_ node: Node) {
    guard let c = node.convolution, node.dtype == .float32, (1...2).contains(c.strides.count) else { return nil }
    let (a, b) = (node.inputs[0].shape, node.inputs[1].shape)
    if case .convolutionInputGradient = node.op {
      (kind, x, kernel, result) = (.inputGradient, node.shape, b, a)
    } else if case .convolutionKernelGradient = node.op {
      (kind, x, kernel, result) = (.kernelGradient, a, node.shape, b)
    } else {
      (kind, x, kernel, result) = (.forward, a, b, node.shape)
    }
    if let layout = c.layout {
      x = ConvolutionLayout.logical(x, block: layout.inputBlock)
      result = ConvolutionLayout.logical(result, block: layout.resultBlock)
      kernel = layout.weightShape(kernel)
    }
    if x.contains(0) || kernel.contains(0) || result.contains(0) { return nil }
  }

  /// Whether oneDNN must not be asked: its gradient of a 1×1 kernel with strides writes past its working memory where the
  /// channels do not fill vectors (oneDNN issue 6035, open).
  func isUnsafe(_ c: Convolution) -> Bool {
    kind == .kernelGradient && c.strides.contains { $0 > 1 } && kernel.dropFirst(2).allSatisfy { $0 == 1 }
      && x[1] % (OneDNNLibrary.vectorLanes ?? 16) != 0
  }

  /// Blocks of x and of the result that oneDNN may have fast kernels for, best first. Few channels, as an image's colours,
  /// are read in row-major order.
  var blocks: [(Int, Int)] {
    let (channels, outputs) = (x[1], result[1])
    var blocks: [(Int, Int)] = []
    if let lanes = OneDNNLibrary.vectorLanes, outputs % lanes == 0 {
      if channels % lanes == 0 { blocks.append((lanes, lanes)) }
      if channels < lanes { blocks.append((0, lanes)) }
    }
    return blocks + [(channels, outputs), (0, 0)]
  }

  /// For as many threads as the process has.
  func descriptor(_ c: Convolution, _ layout: ConvolutionLayout) -> ConvolutionPrimitive.Descriptor {
    // One axis is an image of height 1.
    func pair(_ values: [Int], _ filler: Int) -> [Int] { values.count == 1 ? [filler] + values : values }
    var descriptor = ConvolutionPrimitive.Descriptor(
      kind: kind, batch: x[0], channels: x[1], outputs: result[1], input: pair(Array(x.dropFirst(2)), 1),
      kernel: pair(Array(kernel.dropFirst(2)), 1), result: pair(Array(result.dropFirst(2)), 1))
    descriptor.strides = pair(c.strides, 1)
    descriptor.dilations = pair(c.dilations, 1)
    descriptor.paddingLow = pair(c.paddingLow, 0)
    descriptor.paddingHigh = pair(c.paddingHigh, 0)
    descriptor.groups = c.groups
    descriptor.inputBlock = layout.inputBlock
    descriptor.resultBlock = layout.resultBlock
    descriptor.weightOrder = layout.weights?.name
    descriptor.isStrict = layout.isStrict
    descriptor.threads = Binder.threads(forFlops: descriptor.floatingPointOperations, of: ThreadTeam.threadCount)
    return descriptor
  }
}
