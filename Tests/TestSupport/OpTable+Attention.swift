import DescentGraph

extension OpTable {
  private static func attentionRow(_ name: String, _ shape: Shape, causal: Bool, scale: Double? = nil) -> OpRow {
    OpRow("attention: \(name)", .attention, [(shape, .spread), (shape, .spread), (shape, .spread)]) { x in
      attention(x[0], x[1], x[2], causal: causal, scale: scale)
    }
  }

  static let attentionRows: [OpRow] = [
    attentionRow("full", [1, 3, 1, 2], causal: false),
    attentionRow("causal, two heads", [1, 3, 2, 2], causal: true),
    attentionRow("batch, scaled by hand", [2, 2, 1, 1], causal: false, scale: -0.7),
    attentionRow("one key", [1, 1, 2, 2], causal: true),
    OpRow("attention of one tensor with itself", .attention, [([1, 3, 1, 2], .spread)]) { x in
      attention(x[0], x[0] * x[0], x[0], causal: true)
    },
    OpRow("attention of a packed tensor", .attention, [([1, 2, 3, 1, 2], .spread)]) { x in
      let parts = (0..<3).map { x[0].sliced(axis: 2, $0..<($0 + 1)).reshaped(Shape([1, 2, 1, 2])) }
      return attention(parts[0], parts[1], parts[2], causal: true)
    },
    gradientRow("full", [1, 3, 1, 2], causal: false),
    gradientRow("causal, two heads", [1, 2, 2, 2], causal: true),
  ]

  private static func gradientRow(_ name: String, _ shape: Shape, causal: Bool) -> OpRow {
    let inputs = [OpRow.Domain](repeating: .spread, count: 4).map { (shape, $0) }
    return OpRow("attentionGradient: \(name)", .attentionGradient, inputs) { x in
      let packed: Shape = [shape[0], shape[1], 3, shape[2], shape[3]]
      return node(.attentionGradient(Attention(isCausal: causal, scale: 0.6)), x, packed)
    }
  }
}
