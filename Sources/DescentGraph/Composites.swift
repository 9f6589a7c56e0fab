/// Compositions of primitives. The planner runs each as one fused kernel; their meaning is what stands here.

/// The greatest elements along `axis`, which is kept; 0 where it is empty. Gradients do not see them.
private func shift(_ x: Tensor, _ axis: Int, for op: String) -> Tensor {
  let axis = x.shape.normalized(axis: axis, for: op)
  if x.shape[axis] == 0 { return .zeros(x.shape.keeping(axes: [axis]), dtype: x.dtype) }
  return x.max(axes: [axis], keepingAxes: true).stoppingGradient()
}

/// exp(x) / Σ exp(x) along `axis`, shifted by the maximum so that nothing overflows.
public func softmax(_ x: Tensor, axis: Int = -1) -> Tensor {
  let shifted = x - shift(x, axis, for: "softmax")
  let powers = exp(shifted)
  return powers / powers.sum(axes: [axis], keepingAxes: true)
}

/// log(softmax(x)) along `axis`, without the loss of precision of taking the two one after another.
public func logSoftmax(_ x: Tensor, axis: Int = -1) -> Tensor {
  let shifted = x - shift(x, axis, for: "logSoftmax")
  return shifted - log(exp(shifted).sum(axes: [axis], keepingAxes: true))
}

/// log Σ exp(x) along `axis`: −∞ where all are −∞ or there are none, ∞ where one is ∞.
public func logSumExp(_ x: Tensor, axis: Int = -1) -> Tensor {
  // An infinity taken off itself would be NaN.
  let finite = x.dtype.greatestFinite
  let top = maximum(minimum(shift(x, axis, for: "logSumExp"), finite), -finite)
  let sum = exp(x - top).sum(axes: [axis], keepingAxes: true)
  let result = log(sum) + top
  return result.reshaped(x.shape.removing(axes: [x.shape.normalized(axis: axis, for: "logSumExp")]))
}

/// x·Φ(x), Φ the normal distribution function (Hendrycks & Gimpel 2016, arXiv 1606.08415).
public func gelu(_ x: Tensor) -> Tensor { 0.5 * x * (1 + erf(x * 0.7071067811865476)) }

/// The tanh approximation of `gelu` from the same paper.
public func geluTanh(_ x: Tensor) -> Tensor {
  let inner = 0.7978845608028654 * (x + 0.044715 * (x * x * x))
  return 0.5 * x * (1 + tanh(inner))
}

/// x·sigmoid(x) (Elfwing et al. 2017, arXiv 1702.03118).
///
/// Where the sigmoid is 0 or 1 to the last bit of any dtype, this is x or 0 without computing it: the products in its gradient
/// would overflow there, or multiply 0 by an infinity.
public func silu(_ x: Tensor) -> Tensor {
  let isBetween = abs(x) .< 1000
  let near = select(isBetween, x, .zeros(like: x))
  return select(isBetween, near * sigmoid(near), relu(x))
}

/// log(1 + exp(x)), written so that neither end overflows.
///
/// With `maximum`, which halves the gradient of a tie, the slope at 0 is the true ½; with `relu` it would be 0.
public func softplus(_ x: Tensor) -> Tensor { maximum(x, 0) + log1p(exp(-abs(x))) }
