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
/// Labels that are data must be in range: constants trap, or throw a `ValueError` where a compiled function is traced;
/// arguments of one throw it from the call. The likelihood of one that is computed and out of range is NaN.
///
/// - Parameters:
///   - logits: `[…, classes]`, float.
///   - labels: `[…]`, integer, each in `0..<classes`, or `ignoreIndex`.
///   - labelSmoothing: ε in 0..<1; the target is (1 − ε) on the label plus ε spread evenly (Szegedy et al. 2015, arXiv
///     1512.00567).
///   - ignoreIndex: examples with this label count neither in the sum nor in the mean, which is NaN when all have it.
public func crossEntropy(
  _ logits: Tensor, labels: Tensor, labelSmoothing: Double = 0, ignoreIndex: Int? = nil
) -> Tensor {
  require(
    logits.rank >= 1 && Shape(Array(logits.shape.dropLast())) == labels.shape,
    "crossEntropy: labels \(labels.shape) do not fit logits \(logits.shape)")
  require(
    (0..<1).contains(labelSmoothing), "crossEntropy: labelSmoothing must lie in 0..<1, not \(labelSmoothing)")
  let classes = logits.shape[logits.rank - 1]
  let (labels, areKnown) = classLabels(labels, classes, ignoreIndex, "crossEntropy")
  let logProbabilities = logSoftmax(logits)
  let isLabel = labels.oneHot(classes, dtype: .bool)
  var likelihood = select(isLabel, logProbabilities, .zeros(like: logProbabilities)).sum(axes: [-1])
  if labelSmoothing > 0 {
    let even = logProbabilities.mean(axes: [-1])
    likelihood = (1 - labelSmoothing) * likelihood + labelSmoothing * even
  }
  if !areKnown {
    let isClass = (labels .>= 0) & (labels .< Double(classes))
    let nothing = Tensor.zeros(like: likelihood)
    likelihood = likelihood + select(isClass, nothing, nothing + .nan)
  }
  guard let ignoreIndex else { return -likelihood.mean() }
  let counts = labels .!= Double(ignoreIndex)
  return -select(counts, likelihood, .zeros(like: likelihood)).sum() / counts.cast(to: likelihood.dtype).sum()
}

/// Labels as i32 or i64, of which each that is data must be one of the classes or `ignoreIndex`; and whether all are data.
private func classLabels(
  _ labels: Tensor, _ classes: Int, _ ignoreIndex: Int?, _ name: String
) -> (labels: Tensor, areKnown: Bool) {
  require(
    labels.dtype.isInteger, "\(name): the labels are \(labels.dtype)\(labels.shape), not integers; cast them")
  let areKnown = labels.mustHold(
    ValueRequirement(
      subject: "\(name): label", range: 0..<classes, exception: ignoreIndex,
      remedy: "number the classes from 0, or leave examples out by ignoreIndex"))
  return (labels.dtype == .uint8 ? labels.cast(to: .int32) : labels, areKnown)
}

/// Mean of −[t·log σ(x) + (1 − t)·log(1 − σ(x))] over logits x and targets t in 0...1, in a form that never overflows.
public func binaryCrossEntropy(_ logits: Tensor, _ targets: Tensor) -> Tensor {
  require(
    logits.shape == targets.shape,
    "binaryCrossEntropy: logits \(logits.shape) and targets \(targets.shape) differ in shape")
  return (softplus(logits) - logits * targets).mean()
}

/// The fraction of rows whose greatest logit is the label's. Labels that are data must be as for
/// ``crossEntropy(_:labels:labelSmoothing:ignoreIndex:)``.
///
/// - Parameters:
///   - logits: `[…, classes]`, float.
///   - labels: `[…]`, integer, each in `0..<classes`, or `ignoreIndex`.
///   - ignoreIndex: examples with this label do not count.
public func accuracy(_ logits: Tensor, labels: Tensor, ignoreIndex: Int? = nil) -> Tensor {
  require(
    logits.rank >= 1 && Shape(Array(logits.shape.dropLast())) == labels.shape,
    "accuracy: labels \(labels.shape) do not fit logits \(logits.shape)")
  let labels = classLabels(labels, logits.shape[logits.rank - 1], ignoreIndex, "accuracy").labels
  let isRight = (logits.argmax().cast(to: labels.dtype) .== labels).cast(to: .float32)
  guard let ignoreIndex else { return isRight.mean() }
  // No class has that number, or its examples are not to count all the same.
  let counts = (labels .!= Double(ignoreIndex)).cast(to: .float32)
  return (isRight * counts).sum() / counts.sum()
}

private func difference(_ prediction: Tensor, _ target: Tensor, _ name: String) -> Tensor {
  require(
    prediction.shape == target.shape,
    "\(name): prediction \(prediction.shape) and target \(target.shape) differ in shape")
  return prediction - target
}
