/// The one place that sends an op to its rules. Adding an op means one case here and its rules in a family's file.
extension Op {
  /// The shape and dtype of the op's result; traps, naming op and shapes, when the inputs do not fit.
  ///
  /// `declared` is what a node states about itself; leaves, reshape, broadcast, cast and randomBits need it.
  func inferred(from inputs: [Node], declared: TensorType? = nil) -> TensorType {
    switch self {
    case .constant, .input: LeafRules.type(self, inputs, declared)
    case .iota(let axis): LeafRules.iota(axis, inputs, declared)
    case .randomBits: LeafRules.randomBits(inputs, declared)
    case .unary(let f): ElementwiseRules.type(f, inputs)
    case .binary(let f): ElementwiseRules.type(f, inputs)
    case .compare: ElementwiseRules.type(compare: self, inputs)
    case .select: ElementwiseRules.type(select: inputs)
    case .cast: ElementwiseRules.type(cast: inputs, declared)
    case .bitcast: ElementwiseRules.type(bitcast: inputs)
    case .stopGradient: TensorType(inputs[0])
    case .reduce(let r, let axes): ReductionRules.type(r, axes, inputs)
    case .argmax(let axis): ReductionRules.type(argmax: axis, inputs)
    case .reshape: MovementRules.type(reshape: inputs, declared)
    case .transpose(let permutation): MovementRules.type(transpose: permutation, inputs)
    case .broadcast(let axes): MovementRules.type(broadcast: axes, inputs, declared)
    case .slice(let starts, let limits, let strides): MovementRules.type(slice: starts, limits, strides, inputs)
    case .pad(let low, let high, let interior): MovementRules.type(pad: low, high, interior, inputs)
    case .concatenate(let axis): MovementRules.type(concatenate: axis, inputs)
    case .reverse(let axes): MovementRules.type(reverse: axes, inputs)
    case .dot(let axes): ProductRules.type(axes, inputs)
    case .gather(let axis): IndexingRules.type(gather: axis, inputs)
    case .scatterAdd(let axis): IndexingRules.type(scatterAdd: axis, inputs)
    case .convolution(let c): ConvolutionRules.type(c, inputs)
    case .convolutionInputGradient(let c): ConvolutionRules.type(inputGradient: c, inputs, declared)
    case .convolutionKernelGradient(let c): ConvolutionRules.type(kernelGradient: c, inputs, declared)
    case .windows(let w): WindowRules.type(w, inputs)
    case .foldWindows(let w): WindowRules.type(fold: w, inputs, declared)
    case .argsort(let axis, _): SequenceRules.type(argsort: axis, inputs)
    case .cumulativeSum(let axis): SequenceRules.type(cumulativeSum: axis, inputs)
    case .attention(let a): AttentionRules.type(a, inputs)
    case .attentionGradient(let a): AttentionRules.type(gradient: a, inputs)
    case .factorization(let kind): LinearAlgebraRules.type(kind, inputs)
    case .triangularSolve: LinearAlgebraRules.type(triangularSolve: inputs)
    case .call(let graph, let result): SubgraphRules.type(call: graph, result, inputs)
    case .scan(let scan, let result): SubgraphRules.type(scan, result, inputs)
    case .barrier: TensorType(inputs[0])
    }
  }

  func check(_ inputs: [Node], shape: Shape, dtype: DType) {
    let declared = TensorType(shape: shape, dtype: dtype)
    let inferred = inferred(from: inputs, declared: declared)
    require(inferred == declared, "\(name): the node says \(declared) but its inputs give \(inferred)")
  }

  /// The vector-Jacobian product: for each input, how the loss changes with it, given how it changes with the result
  /// `y` (`g`, shaped as `y`). nil where nothing flows (integers, conditions, constants).
  func gradients(of y: Tensor, inputs x: [Tensor], cotangent g: Tensor) -> [Tensor?] {
    switch self {
    case .constant, .input, .iota: []
    case .randomBits, .argmax, .argsort, .compare, .stopGradient: x.map { _ in nil }
    case .unary(let f): [ElementwiseRules.gradient(f, y, x[0], g)]
    case .binary(let f): ElementwiseRules.gradients(f, y, x[0], x[1], g)
    case .select: ElementwiseRules.gradients(select: x, g)
    case .cast: [x[0].dtype.isFloat ? g.cast(to: x[0].dtype) : nil]
    case .bitcast: [nil]
    case .reduce(let r, let axes): [ReductionRules.gradient(r, axes, y, x[0], g)]
    case .reshape: [g.reshaped(x[0].shape)]
    case .transpose(let permutation): [MovementRules.gradient(transpose: permutation, g)]
    case .broadcast(let axes): [MovementRules.gradient(broadcast: axes, x[0], g)]
    case .slice(let starts, let limits, let strides): [MovementRules.gradient(slice: starts, limits, strides, x[0], g)]
    case .pad(let low, let high, let interior): MovementRules.gradients(pad: low, high, interior, x, g)
    case .concatenate(let axis): MovementRules.gradients(concatenate: axis, x, g)
    case .reverse(let axes): [g.reversed(axes: axes)]
    case .dot(let axes): ProductRules.gradients(axes, x[0], x[1], g)
    case .gather(let axis): [IndexingRules.gradient(gather: axis, x, g), nil]
    case .scatterAdd(let axis): [g, nil, g.gathering(x[1], axis: axis)]
    case .convolution(let c): ConvolutionRules.gradients(c, x, g)
    case .convolutionInputGradient(let c): ConvolutionRules.gradients(inputGradient: c, x, g)
    case .convolutionKernelGradient(let c): ConvolutionRules.gradients(kernelGradient: c, x, g)
    case .windows(let w): [WindowRules.gradient(w, x[0], g)]
    case .foldWindows(let w): [WindowRules.gradient(fold: w, g)]
    case .cumulativeSum(let axis): [SequenceRules.gradient(cumulativeSum: axis, g)]
    case .attention(let a): AttentionRules.gradients(a, x, g)
    case .attentionGradient(let a): AttentionRules.gradients(gradient: a, x, g)
    case .factorization(let kind): [LinearAlgebraRules.gradient(kind, y, x[0], g)]
    case .triangularSolve(let solve): LinearAlgebraRules.gradients(solve, y, x, g)
    case .call(let graph, let result): SubgraphRules.gradients(.call(graph), x, [result: g])
    case .scan(let scan, let result): SubgraphRules.gradients(.scan(scan), x, [result: g])
    case .barrier: [g] + x.dropFirst().map { _ in nil }
    }
  }
}

/// What a node promises about its value.
struct TensorType: Equatable, CustomStringConvertible {
  var shape: Shape
  var dtype: DType
  init(shape: Shape, dtype: DType) {
    self.shape = shape
    self.dtype = dtype
  }
  init(_ node: Node) { self.init(shape: node.shape, dtype: node.dtype) }
  var description: String { "\(dtype)\(shape)" }
}
