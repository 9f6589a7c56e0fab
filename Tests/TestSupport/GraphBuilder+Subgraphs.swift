import DescentGraph

extension GraphBuilder {
  /// A loop, a checkpoint or a barrier whose body is made of a few random smooth operations.
  mutating func subgraph(_ kind: OpKind, _ x: Slot, _ y: Slot) -> Slot {
    let (a, b) = (float(x), fitted(converted(float(y), to: float(x).dtype), to: x.shape))
    switch kind {
    case .barrier:
      let node = Node(.barrier, [x.tensor.node, y.tensor.node], shape: x.shape, dtype: x.dtype)
      return Slot(Tensor(node), x.bound)
    case .call:
      let salt = random.next()
      let results = checkpoint([a.tensor, b.tensor]) { x in
        var random = SplitMix(salt)
        return [Self.smooth(x[0], x[1], &random), Self.smooth(x[1], x[0], &random)]
      }
      return random.oneIn(2) ? Slot(results[0], 8) : Slot(results[0] + results[1], 16)
    default: return loop(a, b)
    }
  }

  private mutating func loop(_ a: Slot, _ b: Slot) -> Slot {
    if a.shape.isScalar { return Slot(sin(a.tensor), 1) }
    // `a` is the sequence, but of few steps: the interpreter runs a body for every result of every step.
    let length = min(a.shape[0], 5)
    let sequence = a.tensor.sliced(axis: 0, 0..<length)
    let elementShape = Shape(Array(a.shape.dropFirst()))
    let first =
      a.shape[0] == 0
      ? Tensor.zeros(elementShape, dtype: a.dtype) : b.tensor.sliced(axis: 0, 0..<1).reshaped(elementShape)
    let captured = a.shape[0] < 2 ? first : b.tensor.sliced(axis: 0, 1..<2).reshaped(elementShape)
    let (salt, isReversed) = (random.next(), random.oneIn(2))
    let mask = random.oneIn(3) ? Tensor(storage: random.storage([length], .bool)) : nil
    let (carries, outputs) = scan(over: [sequence], from: [first], reversed: isReversed, where: mask) { c, e in
      var random = SplitMix(salt)
      let next = Self.smooth(c[0], random.oneIn(2) ? captured : e[0], &random)
      let output = Self.smooth(random.oneIn(2) ? next : c[0], e[0], &random)
      return ([next], [output, Self.smooth(e[0], captured, &random)])
    }
    switch random.integer(0...3) {
    case 0: return Slot(carries[0], 8)
    case 1: return Slot(outputs[0], 8)
    case 2: return Slot(outputs[0] * outputs[1], 64)
    default: return Slot(outputs[0] + carries[0], 16)
    }
  }

  /// A function of two tensors of one shape, of a magnitude up to 8.
  private static func smooth(_ a: Tensor, _ b: Tensor, _ random: inout SplitMix) -> Tensor {
    var value = random.oneIn(2) ? tanh(a) + 0.5 * sin(b) : sin(a + b)
    for _ in 0..<random.integer(0...2) {
      switch random.integer(0...3) {
      case 0: value = sin(value) * 2
      case 1: value = value * cos(b)
      case 2 where value.rank > 0 && value.shape.elementCount > 0:
        let axis = random.integer(0...(value.rank - 1))
        value = value - value.mean(axes: [axis], keepingAxes: true)
      default: value = tanh(value) + sigmoid(a)
      }
    }
    return value
  }
}
