/// Scaled dot-product attention, softmax(q·kᵀ·scale)·v (Vaswani et al. 2017, arXiv 1706.03762).
///
/// For queries, keys and values that come from one product, reshape that to `[batch, time, 3, heads, width]` and pass
/// its slices: they are read in place, and their gradients come back as one tensor without a copy.
///
/// - Parameters:
///   - q: queries `[batch, time, heads, width]`, floats.
///   - k: keys of the same dtype, batch, heads and width. Their time, 1 or more, may differ from the queries'.
///   - v: values, shaped as the keys.
///   - causal: whether the query at position `i` sees only the keys at positions `0...i`.
///   - scale: what products of queries and keys are multiplied by; 1/√width when nil.
/// - Returns: for each query a mean of the values, `[batch, time, heads, width]`.
public func attention(_ q: Tensor, _ k: Tensor, _ v: Tensor, causal: Bool = false, scale: Double? = nil) -> Tensor {
  require(
    q.rank == 4 && k.rank == 4 && q.dtype.isFloat && k.dtype == q.dtype && v.dtype == q.dtype && v.shape == k.shape
      && k.shape[1] > 0 && k.shape == q.shape.replacing(axis: 1, with: k.shape[1]),
    "attention: queries \(q.dtype)\(q.shape), keys \(k.dtype)\(k.shape) and values \(v.dtype)\(v.shape) are not floats "
      + "[batch, time, heads, width] of one dtype, batch, heads and width, with at least one key")
  let attention = Attention(isCausal: causal, scale: scale ?? 1 / Double(Swift.max(q.shape[3], 1)).squareRoot())
  if k.shape != q.shape { return AttentionRules.composition(attention, q, k, v) }
  return Tensor(.attention(attention), [q, k, v])
}
