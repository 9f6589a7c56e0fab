/// Compositions of primitives. The planner runs each as one fused kernel; their meaning is what stands here.

/// exp(x) / Σ exp(x) along `axis`, shifted by the maximum so that nothing overflows.
public func softmax(_ x: Tensor, axis: Int = -1) -> Tensor {
  let shifted = x - x.max(axes: [axis], keepingAxes: true).stoppingGradient()
  let powers = exp(shifted)
  return powers / powers.sum(axes: [axis], keepingAxes: true)
}

/// log(softmax(x)) along `axis`, without the loss of precision of taking the two one after another.
public func logSoftmax(_ x: Tensor, axis: Int = -1) -> Tensor {
  let shifted = x - x.max(axes: [axis], keepingAxes: true).stoppingGradient()
  return shifted - log(exp(shifted).sum(axes: [axis], keepingAxes: true))
}

/// log Σ exp(x) along `axis`: −∞ where all are −∞, ∞ where one is ∞.
public func logSumExp(_ x: Tensor, axis: Int = -1) -> Tensor {
  let greatest = x.max(axes: [axis], keepingAxes: true).stoppingGradient()
  // An infinity taken off itself would be NaN.
  let top = select(abs(greatest) .< .infinity, greatest, .zeros(like: greatest))
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
public func silu(_ x: Tensor) -> Tensor { x * sigmoid(x) }

/// log(1 + exp(x)), written so that neither end overflows.
///
/// With `maximum`, which halves the gradient of a tie, the slope at 0 is the true ½; with `relu` it would be 0.
public func softplus(_ x: Tensor) -> Tensor { maximum(x, 0) + log1p(exp(-abs(x))) }
