import DescentGraph

extension GraphBuilder {
  /// Attention, or its gradient, of four tensors that are made to fit: slices of one packed tensor or each by itself.
  mutating func attention(_ kind: OpKind, _ x: Slot, _ y: Slot) -> Slot {
    let time = random.integer(1...min(limit, 24))
    let heads = random.integer(1...3)
    let width = random.integer(1...max(1, min(limit, RandomGraph.elementLimit / (3 * time * heads))))
    let batch = random.integer(1...max(1, min(2, RandomGraph.elementLimit / (3 * time * heads * width))))
    let shape: Shape = [batch, time, heads, width]
    let (a, b) = (float(x), float(y))
    var parts: [Slot]
    if random.oneIn(2) {
      let packed = fitted(a, to: [batch, time, 3, heads, width])
      parts = (0..<3).map {
        Slot(packed.tensor.sliced(axis: 2, $0..<($0 + 1)).reshaped(shape), packed.bound)
      }
    } else {
      parts = [fitted(a, to: shape), fitted(converted(b, to: a.dtype), to: shape), constant(shape, a.dtype)]
    }
    parts.append(random.oneIn(2) ? fitted(converted(b, to: a.dtype), to: shape) : constant(shape, a.dtype))
    // Scores of a few units at most, so that weights do not depend on rounding.
    let greatest = parts[0].bound * parts[1].bound * Double(width)
    let attention = Attention(isCausal: random.oneIn(2), scale: (random.oneIn(8) ? -2 : 2) / max(greatest, 1))
    let operands = parts.map(\.tensor)
    if kind == .attention {
      let (q, k, v) = (operands[0], operands[1], operands[2])
      return Slot(
        DescentGraph.attention(q, k, v, causal: attention.isCausal, scale: attention.scale), parts[2].bound)
    }
    let node = Node(
      .attentionGradient(attention), operands.map(\.node), shape: [batch, time, 3, heads, width], dtype: a.dtype)
    // Weights lie below 1 and their slopes below |dP|.
    let slope = 2 * parts[3].bound * parts[2].bound * Double(width) * attention.scale.magnitude
    let ofScores = slope * Double(time) * max(parts[0].bound, parts[1].bound)
    return Slot(Tensor(node), max(ofScores, parts[3].bound * Double(time)))
  }
}
