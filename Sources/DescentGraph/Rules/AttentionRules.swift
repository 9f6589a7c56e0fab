/// What scaled dot-product attention computes beside its operands.
package struct Attention: Hashable, Sendable {
  /// Whether a query sees only keys at its own position and before.
  package var isCausal: Bool
  /// What the products of queries and keys are multiplied by; 1/√width by default.
  package var scale: Double
  package init(isCausal: Bool, scale: Double) {
    self.isCausal = isCausal
    self.scale = scale
  }
}

/// Scaled dot-product attention (Vaswani et al. 2017, arXiv 1706.03762, equation 1) and its gradient.
package enum AttentionRules {
  static func type(_ a: Attention, _ inputs: [Node]) -> TensorType {
    let q = inputs[0]
    require(
      q.shape.rank == 4 && q.dtype.isFloat,
      "attention: \(TensorType(q)) are no queries; they are floats [batch, time, heads, width]")
    require(
      inputs.allSatisfy { TensorType($0) == TensorType(q) },
      "attention: \(inputs.map { TensorType($0) }) do not fit each other")
    require(q.shape[1] > 0, "attention: shape \(q.shape) has no keys")
    return TensorType(q)
  }

  static func type(gradient a: Attention, _ inputs: [Node]) -> TensorType {
    let q = type(a, inputs)
    return TensorType(shape: packed(q.shape), dtype: q.dtype)
  }

  static func gradients(_ a: Attention, _ x: [Tensor], _ g: Tensor) -> [Tensor?] {
    let all = Tensor(.attentionGradient(a), x + [g])
    return (0..<3).map { all.sliced(axis: 2, $0..<($0 + 1)).reshaped(x[0].shape) }
  }

  static func gradients(gradient a: Attention, _ x: [Tensor], _ g: Tensor) -> [Tensor?] {
    // Differentiated with respect to copies, so that an input which was computed from another one counts for itself.
    let inputs = x.map { Tensor(Node(.reshape, [$0.node], shape: $0.shape, dtype: $0.dtype)) }
    let y = gradientComposition(a, inputs[0], inputs[1], inputs[2], inputs[3])
    return DescentGraph.gradients(of: (y * g).sum(), withRespectTo: inputs)
  }

  private static func packed(_ shape: Shape) -> Shape { [shape[0], shape[1], 3, shape[2], shape[3]] }

  // MARK: In primitives

  /// What `.attention` and `.attentionGradient` mean, in primitives; nil for every other op.
  package static func composition(of op: Op, _ x: [Tensor]) -> Tensor? {
    if case .attention(let a) = op { return composition(a, x[0], x[1], x[2]) }
    if case .attentionGradient(let a) = op { return gradientComposition(a, x[0], x[1], x[2], x[3]) }
    return nil
  }

  /// softmax(q·kᵀ·scale)·v; the keys' time may differ from the queries'.
  static func composition(_ a: Attention, _ q: Tensor, _ k: Tensor, _ v: Tensor) -> Tensor {
    mixed(weights(a, q, k), v)
  }

  /// With P = softmax(S), S = q·kᵀ·scale and the cotangent g of P·v: dV = Pᵀ·g and dS = P∘(dP − Σ dP∘P), dP = g·vᵀ,
  /// where the sum runs over keys; then dQ = dS·k·scale and dK = dSᵀ·q·scale.
  static func gradientComposition(_ a: Attention, _ q: Tensor, _ k: Tensor, _ v: Tensor, _ g: Tensor) -> Tensor {
    let p = weights(a, q, k)
    let dP = products(g, v)
    let dS = p * (dP - (dP * p).sum(axes: [3], keepingAxes: true)) * a.scale
    let byKeys = [0, 1, 3, 2]
    let parts = [mixed(dS, k), mixed(dS.transposed(byKeys), q), mixed(p.transposed(byKeys), g)]
    return concatenate(parts.map { $0.expanded(axis: 2) }, axis: 2)
  }

  /// The softmax over keys: `[batch, heads, queries, keys]`.
  private static func weights(_ a: Attention, _ q: Tensor, _ k: Tensor) -> Tensor {
    let scores = products(q, k) * a.scale
    guard a.isCausal else { return softmax(scores) }
    let square: Shape = [q.shape[1], k.shape[1]]
    let isSeen = Tensor.iota(square, axis: 0) .>= Tensor.iota(square, axis: 1)
    let never = Tensor(filled: -.infinity, shape: scores.shape, dtype: scores.dtype)
    return softmax(select(isSeen.broadcast(to: scores.shape), scores, never))
  }

  /// `[batch, i, heads, width]` · `[batch, j, heads, width]` → `[batch, heads, i, j]`.
  private static func products(_ x: Tensor, _ y: Tensor) -> Tensor {
    dot(x, y, DotAxes(lhsBatch: [0, 2], rhsBatch: [0, 2], lhsContracting: [3], rhsContracting: [3]))
  }

  /// `[batch, heads, i, j]` · `[batch, j, heads, width]` → `[batch, i, heads, width]`.
  private static func mixed(_ weights: Tensor, _ values: Tensor) -> Tensor {
    dot(weights, values, DotAxes(lhsBatch: [0, 1], rhsBatch: [0, 2], lhsContracting: [3], rhsContracting: [1]))
      .transposed([0, 2, 1, 3])
  }
}
