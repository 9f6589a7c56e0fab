@testable import DescentCPU

/// Operands with reproducible contents for a descriptor, and the convolution and its gradients by plain loops in double
/// precision.
struct ConvolutionOperands {
  let descriptor: ConvolutionPrimitive.Descriptor
  /// Row-major; for a gradient `y` is the cotangent.
  let x: [Float], kernel: [Float], bias: [Float], y: [Float]

  init(_ d: ConvolutionPrimitive.Descriptor) {
    descriptor = d
    func fill(_ count: Int, seed: UInt64) -> [Float] {
      var state = seed
      return (0..<count).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Float(Int64(bitPattern: state) >> 40) / Float(1 << 23)
      }
    }
    x = fill(d.batch * d.channels * d.input[0] * d.input[1], seed: 1)
    kernel = fill(d.outputs * (d.channels / d.groups) * d.kernel[0] * d.kernel[1], seed: 2)
    bias = fill(d.outputs, seed: 3)
    y = fill(d.batch * d.outputs * d.result[0] * d.result[1], seed: 4)
  }

  /// What the descriptor's kind computes, row-major.
  func expected() -> [Double] {
    let d = descriptor
    var result: [Double]
    switch d.kind {
    case .forward:
      result = y.indices.map { i in
        (d.accumulates ? Double(y[i]) : 0)
          + (d.hasBias ? Double(bias[i / (d.result[0] * d.result[1]) % d.outputs]) : 0)
      }
    case .inputGradient: result = x.map { _ in 0 }
    case .kernelGradient: result = kernel.map { _ in 0 }
    }
    let (target, left, right) =
      switch d.kind {
      case .forward: (2, x, kernel)
      case .inputGradient: (0, kernel, y)
      case .kernelGradient: (1, x, y)
      }
    addTerms(to: &result, target: target, left, right)
    if d.hasRelu { result = result.map { max($0, 0) } }
    return result
  }

  /// Adds every product of the definition. `target` says which tensor is computed: 0 is x, 1 the kernel, 2 y. Plain
  /// counted loops over raw memory: in debug builds everything else takes minutes.
  private func addTerms(to result: inout [Double], target: Int, _ left: [Float], _ right: [Float]) {
    let d = descriptor
    let (channels, outputs) = (d.channels / d.groups, d.outputs / d.groups)
    let sizes = [d.input, d.kernel, d.result].map { $0[0] * $0[1] }
    let others = [0, 1, 2].filter { $0 != target }
    // Offsets within a channel: in the target, in the left and in the right operand.
    let terms = termsOfAChannel().map { [$0[target], $0[others[0]], $0[others[1]]] }
    let (to, first, second) = (terms.map { $0[0] }, terms.map { $0[1] }, terms.map { $0[2] })
    result.withUnsafeMutableBufferPointer { result in
      left.withUnsafeBufferPointer { left in
        right.withUnsafeBufferPointer { right in
          for n in 0..<d.batch {
            for o in 0..<d.outputs {
              for c in 0..<channels {
                let starts = [
                  (n * d.channels + o / outputs * channels + c) * sizes[0], (o * channels + c) * sizes[1],
                  (n * d.outputs + o) * sizes[2],
                ]
                let (t, l, r) = (starts[target], starts[others[0]], starts[others[1]])
                var i = 0
                while i < to.count {
                  result[t &+ to[i]] += Double(left[l &+ first[i]]) * Double(right[r &+ second[i]])
                  i &+= 1
                }
              }
            }
          }
        }
      }
    }
  }

  /// Offsets in x, kernel and y of the products between one channel and one output.
  private func termsOfAChannel() -> [[Int]] {
    let d = descriptor
    var terms: [[Int]] = []
    for (i, j) in Self.grid(d.result) {
      for (u, v) in Self.grid(d.kernel) {
        let row = i * d.strides[0] + u * d.dilations[0] - d.paddingLow[0]
        let column = j * d.strides[1] + v * d.dilations[1] - d.paddingLow[1]
        guard row >= 0, row < d.input[0], column >= 0, column < d.input[1] else { continue }
        terms.append([row * d.input[1] + column, u * d.kernel[1] + v, i * d.result[1] + j])
      }
    }
    return terms
  }

  private static func grid(_ extents: [Int]) -> [(Int, Int)] {
    (0..<extents[0]).flatMap { i in (0..<extents[1]).map { (i, $0) } }
  }

  /// Runs the convolution on these operands, twice, and brings what it computes back into row-major order. What it adds to
  /// lies in y the first time, elsewhere the second.
  func computed(by primitive: ConvolutionPrimitive) -> [[Float]] {
    let d = descriptor
    let (inputSize, resultSize) = (d.input[0] * d.input[1], d.result[0] * d.result[1])
    var tensors = [
      Self.blocked(x, d.channels, inputSize, d.inputBlock), kernel, bias,
      Self.blocked(y, d.outputs, resultSize, d.resultBlock),
    ]
    let outputs = tensors
    let pointers = tensors.map { tensor in
      let pointer = UnsafeMutablePointer<Float>.allocate(capacity: tensor.count)
      pointer.initialize(from: tensor, count: tensor.count)
      return pointer
    }
    let scratchpad = UnsafeMutableRawPointer.allocate(
      byteCount: max(1, primitive.scratchpadSize), alignment: ConvolutionPrimitive.alignment)
    defer {
      for pointer in pointers { pointer.deallocate() }
      scratchpad.deallocate()
    }
    let summand = UnsafeMutablePointer<Float>.allocate(capacity: outputs[3].count)
    defer { summand.deallocate() }
    summand.initialize(from: outputs[3], count: outputs[3].count)
    return (0..<2).map { run in
      for (pointer, tensor) in zip(pointers, outputs) { pointer.update(from: tensor, count: tensor.count) }
      let isElsewhere = d.accumulates && run == 1
      if isElsewhere { pointers[3].update(repeating: .nan, count: outputs[3].count) }
      primitive.bind(
        x: pointers[0], kernel: pointers[1], bias: d.hasBias ? pointers[2] : nil, y: pointers[3],
        summand: isElsewhere ? summand : nil, scratchpad: scratchpad)
      primitive.execute()
      for i in tensors.indices { tensors[i] = Array(UnsafeBufferPointer(start: pointers[i], count: outputs[i].count)) }
      return switch d.kind {
      case .forward: Self.unblocked(tensors[3], d.outputs, resultSize, d.resultBlock)
      case .inputGradient: Self.unblocked(tensors[0], d.channels, inputSize, d.inputBlock)
      case .kernelGradient: tensors[1]
      }
    }
  }

  private static func blocked(_ plain: [Float], _ channels: Int, _ size: Int, _ block: Int) -> [Float] {
    places(plain.count, channels, size, block).map { plain[$0] }
  }
  private static func unblocked(_ blocked: [Float], _ channels: Int, _ size: Int, _ block: Int) -> [Float] {
    var plain = blocked
    for (i, place) in places(blocked.count, channels, size, block).enumerated() { plain[place] = blocked[i] }
    return plain
  }
  /// For each element in blocked order, its row-major place.
  private static func places(_ count: Int, _ channels: Int, _ size: Int, _ block: Int) -> [Int] {
    if block == 0 { return Array(0..<count) }
    return (0..<count).map { i in
      let (lane, position) = (i % block, i / block % size)
      return (i / (block * size) * block + lane) * size + position
    }
  }
}
