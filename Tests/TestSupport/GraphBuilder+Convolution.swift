import DescentGraph

extension GraphBuilder {
  /// `x` is the data, or the cotangent for the gradient by the input; the other operand gets the shape that fits.
  mutating func convolution(_ kind: OpKind, _ x: Slot, _ other: Slot) -> Slot {
    let x = spatial(number(x))
    let window = (2..<x.shape.rank).map { _ in random.integer(1...3) }
    switch kind {
    case .convolution: return convolution(x, other, window)
    case .convolutionInputGradient: return inputGradient(x, other, window)
    default: return kernelGradient(x, other, window)
    }
  }

  /// `[batch, channels, spatial…]` with one or two spatial axes, none of them empty, and not too many channels.
  private mutating func spatial(_ x: Slot) -> Slot {
    var extents = x.shape.extents
    while extents.count > 4 { extents.removeLast() }
    while extents.count < 3 { extents.insert(1, at: random.integer(0...extents.count)) }
    for axis in extents.indices { extents[axis] = min(extents[axis], axis < 2 ? 6 : 16) }
    for axis in 2..<extents.count { extents[axis] = max(extents[axis], 1) }
    return fitted(x, to: Shape(extents))
  }

  private mutating func operand(_ other: Slot, like x: Slot, _ shape: Shape) -> Slot {
    random.oneIn(2) ? constant(shape, x.dtype) : fitted(converted(other, to: x.dtype), to: shape)
  }

  /// Strides, padding and dilations with which `window` fits into `extents`, and groups that divide `channels`.
  private mutating func settings(_ extents: [Int], _ window: [Int], channels: Int) -> Convolution {
    var c = Convolution(strides: [], paddingLow: [], paddingHigh: [], dilations: [])
    for (extent, size) in zip(extents, window) {
      let dilation = random.oneIn(3) ? 2 : 1
      let span = (size - 1) * dilation + 1
      c.strides.append(random.integer(1...3))
      c.dilations.append(dilation)
      c.paddingLow.append(max(random.oneIn(2) ? 0 : random.integer(0...3), span - extent))
      c.paddingHigh.append(random.oneIn(2) ? 0 : random.integer(0...3))
    }
    c.groups = random.element(of: (1...max(channels, 1)).filter { channels % $0 == 0 })
    return c
  }

  private func positions(_ c: Convolution, _ extents: [Int], _ window: [Int]) -> [Int] {
    extents.indices.map {
      let padded = extents[$0] + c.paddingLow[$0] + c.paddingHigh[$0]
      return (padded - (window[$0] - 1) * c.dilations[$0] - 1) / c.strides[$0] + 1
    }
  }

  private mutating func convolution(_ x: Slot, _ other: Slot, _ window: [Int]) -> Slot {
    let c = settings(Array(x.shape.dropFirst(2)), window, channels: x.shape[1])
    let outputs = c.groups * random.integer(1...2)
    let kernel = operand(other, like: x, Shape([outputs, x.shape[1] / c.groups] + window))
    let shape = Shape([x.shape[0], outputs] + positions(c, Array(x.shape.dropFirst(2)), window))
    return made(.convolution(c), x, kernel, shape, terms: kernel.shape.elementCount / outputs)
  }

  private mutating func kernelGradient(_ x: Slot, _ other: Slot, _ window: [Int]) -> Slot {
    let c = settings(Array(x.shape.dropFirst(2)), window, channels: x.shape[1])
    let outputs = c.groups * random.integer(1...2)
    let positions = positions(c, Array(x.shape.dropFirst(2)), window)
    let cotangent = operand(other, like: x, Shape([x.shape[0], outputs] + positions))
    let shape = Shape([outputs, x.shape[1] / c.groups] + window)
    return made(
      .convolutionKernelGradient(c), x, cotangent, shape, terms: cotangent.shape.elementCount / outputs)
  }

  private mutating func inputGradient(_ cotangent: Slot, _ other: Slot, _ window: [Int]) -> Slot {
    // Whatever fits into one element fits into more; the padding is cut off again where the result has room for that.
    var c = settings(window.map { _ in 1 }, window, channels: cotangent.shape[1])
    var extents: [Int] = []
    for (i, count) in cotangent.shape.dropFirst(2).enumerated() {
      let whole = (count - 1) * c.strides[i] + (window[i] - 1) * c.dilations[i] + 1
      c.paddingLow[i] = min(c.paddingLow[i], whole - 1)
      c.paddingHigh[i] = min(c.paddingHigh[i], whole - 1 - c.paddingLow[i])
      extents.append(whole - c.paddingLow[i] - c.paddingHigh[i] + random.integer(0...(c.strides[i] - 1)))
    }
    let (outputs, channels) = (cotangent.shape[1], random.integer(1...2))
    let kernel = operand(other, like: cotangent, Shape([outputs, channels] + window))
    let shape = Shape([cotangent.shape[0], channels * c.groups] + extents)
    return made(
      .convolutionInputGradient(c), cotangent, kernel, shape, terms: max(outputs, 1) * window.reduce(1, *))
  }

  private func made(_ op: Op, _ a: Slot, _ b: Slot, _ shape: Shape, terms: Int) -> Slot {
    let node = Node(op, [a.tensor.node, b.tensor.node], shape: shape, dtype: a.dtype)
    return Slot(Tensor(node), a.bound * b.bound * Double(max(terms, 1)))
  }
}
