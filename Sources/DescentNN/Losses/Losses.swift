import DescentGraph

/// Mean over all elements of (prediction − target)².
public func meanSquaredError(_ prediction: Tensor, _ target: Tensor) -> Tensor {
  let error = difference(prediction, target, "meanSquaredError")
  return (error * error).mean()
}

/// Quadratic for errors up to `delta`, linear beyond (Huber 1964): ½e², δ(|e| − ½δ). Mean over all elements.
public func huber(_ prediction: Tensor, _ target: Tensor, delta: Double = 1) -> Tensor {
  require(delta > 0, "huber: delta must be positive, not \(delta)")
  let size = abs(difference(prediction, target, "huber"))
  return select(size .<= delta, 0.5 * size * size, delta * (size - 0.5 * delta)).mean()
}

/// Mean negative log-likelihood of the labels under softmax(logits).
///
/// - Parameters:
///   - logits: `[…, classes]`, float.
///   - labels: `[…]`, integer, each in `0..<classes`.
///   - labelSmoothing: ε in 0..<1; the target is (1 − ε) on the label plus ε spread evenly (Szegedy et al. 2015, arXiv
///     1512.00567).
public func crossEntropy(_ logits: Tensor, labels: Tensor, labelSmoothing: Double = 0) -> Tensor {
  require(
    logits.rank >= 1 && Shape(Array(logits.shape.dropLast())) == labels.shape,
    "crossEntropy: labels \(labels.shape) do not fit logits \(logits.shape)")
  require(
    (0..<1).contains(labelSmoothing), "crossEntropy: labelSmoothing must lie in 0..<1, not \(labelSmoothing)")
  let classes = logits.shape[logits.rank - 1]
  let logProbabilities = logSoftmax(logits)
  let isLabel = labels.oneHot(classes, dtype: .bool)
  let chosen = select(isLabel, logProbabilities, .zeros(like: logProbabilities))
  let likelihood = chosen.sum(axes: [-1])
  guard labelSmoothing > 0 else { return -likelihood.mean() }
  let even = logProbabilities.mean(axes: [-1])
  return -((1 - labelSmoothing) * likelihood + labelSmoothing * even).mean()
}

/// Mean of −[t·log σ(x) + (1 − t)·log(1 − σ(x))] over logits x and targets t in 0...1, in a form that never overflows.
public func binaryCrossEntropy(_ logits: Tensor, _ targets: Tensor) -> Tensor {
  require(
    logits.shape == targets.shape,
    "binaryCrossEntropy: logits \(logits.shape) and targets \(targets.shape) differ in shape")
  return (softplus(logits) - logits * targets).mean()
}

/// The fraction of rows whose greatest logit is the label's.
public func accuracy(_ logits: Tensor, labels: Tensor) -> Tensor {
  (logits.argmax() .== labels.cast(to: .int32)).cast(to: .float32).mean()
}

private func difference(_ prediction: Tensor, _ target: Tensor, _ name: String) -> Tensor {
  require(
    prediction.shape == target.shape,
    "\(name): prediction \(prediction.shape) and target \(target.shape) differ in shape")
  return prediction - target
}
