import DescentGraph

extension GraphBuilder {
  mutating func pattern(_ pattern: RandomGraph.Pattern, _ operands: [Slot]) -> Slot {
    let x = float(operands[0])
    // Nothing to normalize, draw for or multiply.
    if x.shape.isScalar || x.shape.elementCount == 0 { return Slot(silu(x.tensor), x.bound) }
    let axis = random.integer(0...(x.shape.rank - 1))
    switch pattern {
    case .softmax: return Slot(softmax(x.tensor, axis: axis), 1)
    case .logSoftmax: return Slot(logSoftmax(x.tensor, axis: axis), 2 * x.bound + 9)
    case .logSumExp: return Slot(logSumExp(x.tensor, axis: axis), x.bound + 9)
    case .layerNorm: return layerNorm(x)
    case .centering: return Slot(x.tensor - mean(x.tensor, someAxes(of: x.shape)), 2 * x.bound)
    case .biasActivation: return biasActivation(x, float(operands[1]), axis)
    case .gelu: return Slot(random.oneIn(2) ? gelu(x.tensor) : geluTanh(x.tensor), x.bound)
    case .silu: return Slot(silu(x.tensor), x.bound)
    case .softplus: return Slot(softplus(x.tensor), x.bound + 1)
    case .momentum:
      let velocity = fitted(converted(operands[1], to: x.dtype), to: x.shape)
      return Slot(x.tensor - 0.1 * (0.9 * velocity.tensor + x.tensor), x.bound + velocity.bound)
    case .adam: return adam(x, operands[1], operands[2])
    case .sharedSubexpression:
      let other = fitted(converted(operands[1], to: x.dtype), to: x.shape)
      let shared = x.tensor * other.tensor
      return Slot(sin(shared) + shared * sigmoid(shared), 1 + x.bound * other.bound)
    case .crossEntropy: return crossEntropy(x)
    case .oneHot: return oneHot(x)
    case .dropout:
      let kept = RandomKey(random.integer(0...999)).uniform(x.shape) .> 0.3
      return Slot(DescentGraph.select(kept, x.tensor * (1 / 0.7), .zeros(like: x.tensor)), 2 * x.bound)
    case .normal:
      let noise = RandomKey(random.integer(0...999)).normal(x.shape, dtype: x.dtype == .float64 ? .float64 : .float32)
      return Slot(x.tensor + 0.1 * noise.cast(to: x.dtype), x.bound + 1)
    case .dense, .denseGradient: return dense(x, gradient: pattern == .denseGradient)
    }
  }

  private func mean(_ x: Tensor, _ axes: [Int]) -> Tensor {
    let count = axes.reduce(1) { $0 * x.shape[$1] }
    return x.sum(axes: axes, keepingAxes: true) * (1 / Double(count))
  }

  /// Over one or several axes, with scale and shift along the last.
  private mutating func layerNorm(_ x: Slot) -> Slot {
    let axes = someAxes(of: x.shape)
    let centred = x.tensor - mean(x.tensor, axes)
    let normal = centred * rsqrt(mean(centred * centred, axes) + 0.01)
    let scale = constant([x.shape[x.shape.rank - 1]], x.dtype)
    let shift = constant([x.shape[x.shape.rank - 1]], x.dtype)
    return Slot(normal * scale.tensor + shift.tensor, min(20 * x.bound, 60) + 2)
  }

  private mutating func biasActivation(_ x: Slot, _ other: Slot, _ axis: Int) -> Slot {
    var extents = [Int](repeating: 1, count: x.shape.rank)
    extents[axis] = x.shape[axis]
    let bias = fitted(converted(other, to: x.dtype), to: Shape(extents))
    let sum = x.tensor + bias.tensor
    let result =
      switch random.integer(0...3) {
      case 0: relu(sum)
      case 1: tanh(sum)
      case 2: gelu(sum)
      default: sigmoid(sum)
      }
    return Slot(result, x.bound + bias.bound)
  }

  /// One step of a bias-corrected Adam on `w` with gradient `g` and first moment `m`.
  private func adam(_ w: Slot, _ gradient: Slot, _ moment: Slot) -> Slot {
    let g = fitted(converted(gradient, to: w.dtype), to: w.shape)
    let m = fitted(converted(moment, to: w.dtype), to: w.shape)
    let first = 0.9 * m.tensor + 0.1 * g.tensor
    let second = 0.99 * (m.tensor * m.tensor) + 0.01 * (g.tensor * g.tensor)
    let update = (first / 0.19) / (sqrt(second / 0.0199) + 0.1)
    return Slot(w.tensor - 0.1 * update, w.bound + 6 * max(g.bound, m.bound))
  }

  /// The mean cross entropy of rows of logits with random labels.
  private mutating func crossEntropy(_ x: Slot) -> Slot {
    let classes = x.shape[x.shape.rank - 1]
    let logits = x.tensor.reshaped(Shape([x.shape.elementCount / classes, classes]))
    let labels = Storage(shape: [logits.shape[0]], dtype: .int32)
    for i in 0..<labels.shape.elementCount { labels.set(Double(random.integer(0...(classes - 1))), at: i) }
    let targets = Tensor(storage: labels).oneHot(classes, dtype: x.dtype)
    let loss = -(logSoftmax(logits) * targets).sum() * (1 / Double(logits.shape[0]))
    return Slot(loss, 2 * x.bound + 9)
  }

  /// One-hot rows of the positions of each row's greatest element.
  private func oneHot(_ x: Slot) -> Slot {
    let classes = x.shape[x.shape.rank - 1]
    return Slot(x.tensor.argmax(axis: -1).oneHot(classes, dtype: .float32), 1)
  }

  /// tanh(x·W + b) over the last axis, or the gradient of its mean square by `W` or by `x`.
  private mutating func dense(_ operand: Slot, gradient: Bool) -> Slot {
    let x = operand.dtype == .float64 ? operand : converted(operand, to: .float32)
    let features = x.shape[x.shape.rank - 1]
    let rows = x.shape.elementCount / features
    let room = min(RandomGraph.elementLimit / max(rows, features), 60_000 / x.shape.elementCount)
    let units = random.integer(1...max(1, min(room, limit)))
    let input = x.tensor.reshaped(Shape([rows, features]))
    let weight = constant([features, units], x.dtype).tensor * 0.25
    let bias = constant([units], x.dtype).tensor
    let output = tanh(matmul(input, weight) + bias)
    if !gradient { return Slot(output, 1) }
    let loss = (output * output).sum() * (1 / Double(output.shape.elementCount))
    let chosen = random.oneIn(2) ? weight : input
    // The slope of tanh² is below 1; each element of a gradient sums up at most `rows` or `units` products.
    return Slot(gradients(of: loss, withRespectTo: [chosen])[0], max(x.bound, 1) * 2)
  }
}
