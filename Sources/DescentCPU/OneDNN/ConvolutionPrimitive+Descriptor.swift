import COneDNN

extension ConvolutionPrimitive {
  /// Which of a convolution's three tensors is computed from the other two.
  package enum Kind: String, CaseIterable, Sendable { case forward, inputGradient, kernelGradient }

  /// All that a convolution's kernel depends on.
  ///
  /// x is `[batch, channels, height, width]`, the kernel `[outputs, channels / groups, height, width]`, the result y
  /// `[batch, outputs, height, width]`. A convolution over one axis has height 1.
  package struct Descriptor: Hashable, Sendable {
    package var kind: Kind
    package var batch: Int
    package var channels: Int, outputs: Int, groups = 1
    /// Height and width of x, of the kernel and of y.
    package var input: [Int], kernel: [Int], result: [Int]
    package var strides = [1, 1], dilations = [1, 1]
    /// Zeros before and after each spatial axis.
    package var paddingLow = [0, 0], paddingHigh = [0, 0]
    /// In memory, x and y are `[batch, channels / block, height, width, block]`: 0 stands for row-major order, all
    /// channels for channels last.
    package var inputBlock = 0, resultBlock = 0
    /// oneDNN's name for the order of the weights or of their gradient; nil for row-major.
    package var weightOrder: String?
    /// Forward only: adds an `[outputs]` vector.
    package var hasBias = false
    /// Forward only: ReLU of the sum.
    package var hasRelu = false
    /// Forward only: adds what y holds, before the ReLU.
    package var accumulates = false
    /// Rules out Winograd's algorithm (Lavin and Gray, 2016), which is faster and less exact.
    package var isStrict = false
    /// The number of threads, at least 1; it is part of the kernel.
    package var threads = 1

    package init(kind: Kind, batch: Int, channels: Int, outputs: Int, input: [Int], kernel: [Int], result: [Int]) {
      self.kind = kind
      self.batch = batch
      self.channels = channels
      self.outputs = outputs
      self.input = input
      self.kernel = kernel
      self.result = result
    }

    /// Floating-point operations of one execution by the definition: a multiplication and an addition for each term.
    package var floatingPointOperations: Int {
      2 * batch * outputs * result[0] * result[1] * channels / groups * kernel[0] * kernel[1]
    }

    /// Bytes of y.
    var resultSize: Int { batch * outputs * result[0] * result[1] * MemoryLayout<Float>.stride }

    /// Winograd's algorithm halves the time of 3×3 convolutions. It pays from 16 channels on (with fewer, measured on a
    /// single channel, it takes nine times as long as the direct one), and never for the kernel's gradient (32 to 64
    /// channels of 26×26: 4.23 ms against 4.15).
    var mayUseWinograd: Bool { !isStrict && kind != .kernelGradient && min(channels, outputs) >= 16 }

    /// Half a nanosecond a weight on one thread: with fewer than 32,768, waking another costs more than it brings
    /// (``Binder/parallelWork`` is of the same time).
    private var reorderThreads: Int { outputs * (channels / groups) * kernel[0] * kernel[1] < 1 << 15 ? 1 : threads }

    var native: descent_convolution_descriptor {
      var native = descent_convolution_descriptor()
      native.kind =
        switch kind {
        case .forward: DESCENT_CONVOLUTION_FORWARD
        case .inputGradient: DESCENT_CONVOLUTION_INPUT_GRADIENT
        case .kernelGradient: DESCENT_CONVOLUTION_KERNEL_GRADIENT
        }
      func pair(_ values: [Int]) -> (Int64, Int64) { (Int64(values[0]), Int64(values[1])) }
      native.batch = Int64(batch)
      native.channels = Int64(channels)
      native.outputs = Int64(outputs)
      native.groups = Int64(groups)
      native.input = pair(input)
      native.kernel = pair(kernel)
      native.result = pair(result)
      native.strides = pair(strides)
      native.dilations = pair(dilations)
      native.padding_low = pair(paddingLow)
      native.padding_high = pair(paddingHigh)
      native.input_block = Int64(inputBlock)
      native.result_block = Int64(resultBlock)
      native.weight_order = weightOrder.map { descent_weight_order_find($0) } ?? Int32(DESCENT_WEIGHTS_ROW_MAJOR)
      native.has_bias = hasBias
      native.relu = hasRelu
      native.accumulate = accumulates
      native.winograd = mayUseWinograd
      native.threads = Int32(threads)
      native.reorder_threads = Int32(reorderThreads)
      return native
    }
  }
}

extension ConvolutionPrimitive.Descriptor: CustomStringConvertible {
  /// For example `forward 64×32×26×26 → 64×64×24×24, window 3×3, blocks 16 → 16 + bias → relu, 2 threads`.
  package var description: String {
    func text(_ values: [Int]) -> String { values.map(String.init).joined(separator: "×") }
    func note(_ name: String, _ values: [Int], unless usual: Int) -> String {
      values.allSatisfy { $0 == usual } ? "" : ", \(name) \(text(values))"
    }
    let shapes = "\(text([batch, channels] + input)) → \(text([batch, outputs] + result)), window \(text(kernel))"
    let details =
      note("strides", strides, unless: 1) + note("dilations", dilations, unless: 1)
      + note("padding", paddingLow, unless: 0) + note("and", paddingHigh, unless: 0)
      + note("groups", [groups], unless: 1)
    let end = (hasBias ? " + bias" : "") + (accumulates ? " + y" : "") + (hasRelu ? " → relu" : "")
    let weights = weightOrder.map { ", weights \($0)" } ?? ""
    return "\(kind.rawValue) \(shapes)\(details), blocks \(inputBlock) → \(resultBlock)\(weights)\(end), "
      + "\(threads) thread\(threads == 1 ? "" : "s")"
  }
}
