import COneDNN

/// A float32 convolution by oneDNN, or one of its two gradients. The kernel is made once, the pointers are set once,
/// and ``execute()`` is called in every step.
///
/// Where oneDNN wants the weights in another order than the descriptor's, they are brought into it, or their gradient out
/// of it, in every execution.
///
/// Not `Sendable`: the bound pointers and the scratchpad belong to one caller at a time.
package final class ConvolutionPrimitive {
  package let descriptor: Descriptor

  /// oneDNN's name for the kernel it chose, for example `jit_wino_4x3:avx512_core`.
  package let implementation: String

  /// oneDNN's name for the order in which this kernel takes the weights, or gives their gradient; nil if that is row-major,
  /// or none that a variable can be kept in.
  package let weightOrder: String?

  /// Bytes of working memory that ``execute()`` uses. Convolutions that run one after another may share it.
  package let scratchpadSize: Int

  private let convolution: OpaquePointer
  private var ownScratchpad: UnsafeMutableRawPointer?
  private var isBound = false
  private var copyToY: (from: UnsafeMutableRawPointer, to: UnsafeMutableRawPointer, byteCount: Int)?

  /// Alignment of the scratchpad in bytes; that of the tensors is best the same.
  package static let alignment = 64

  /// Makes the kernel, in a few tenths of a millisecond, or much less if oneDNN made the same one before.
  ///
  /// - Throws: ``EngineError/convolution(descriptor:status:)`` when oneDNN has no kernel for the descriptor,
  ///   ``EngineError/oneDNNUnusable(tried:)`` when there is no oneDNN.
  package init(_ descriptor: Descriptor) throws(EngineError) {
    try OneDNNLibrary.load()
    var native = descriptor.native
    var convolution: OpaquePointer?
    let status = descent_convolution_create(&native, &convolution)
    guard status == 0, let convolution else {
      throw .convolution(descriptor: descriptor.description, status: Self.name(of: status))
    }
    self.descriptor = descriptor
    self.convolution = convolution
    implementation = String(cString: descent_convolution_implementation(convolution))
    weightOrder = descent_weight_order_name(descent_convolution_weight_order(convolution)).map { String(cString: $0) }
    scratchpadSize = descent_convolution_scratchpad_size(convolution)
  }

  deinit {
    descent_convolution_destroy(convolution)
    ownScratchpad?.deallocate()
  }

  /// Whether oneDNN computes it by plain loops, a hundred times slower than a matrix product would.
  package var isReference: Bool { implementation.hasPrefix("ref") }

  var isWinograd: Bool { implementation.contains("wino") }

  /// Says where the tensors are, whichever of them is computed; they must stay there for every ``execute()`` that
  /// follows. For a gradient, `x`, `kernel`, `bias` and `y` are gradients where the forward convolution's are computed.
  ///
  /// - Parameters:
  ///   - bias: `outputs` floats, needed exactly when the descriptor has a bias.
  ///   - summand: what a descriptor that accumulates adds, in y's order; without it, what y holds. Elsewhere than at y it is
  ///     copied there first.
  ///   - scratchpad: ``scratchpadSize`` bytes, aligned to ``alignment``; without it the convolution allocates
  ///     its own here.
  package func bind(
    x: UnsafeMutablePointer<Float>, kernel: UnsafeMutablePointer<Float>, bias: UnsafeMutablePointer<Float>? = nil,
    y: UnsafeMutablePointer<Float>, summand: UnsafeMutablePointer<Float>? = nil,
    scratchpad: UnsafeMutableRawPointer? = nil
  ) {
    precondition((bias != nil) == descriptor.hasBias, "bias given: \(bias != nil), but it is \(descriptor)")
    precondition(summand == nil || descriptor.accumulates, "a summand for \(descriptor)")
    copyToY = summand.flatMap { $0 == y ? nil : (.init($0), .init(y), descriptor.resultSize) }
    var scratchpad = scratchpad
    if scratchpad == nil, scratchpadSize > 0 {
      ownScratchpad = ownScratchpad ?? .allocate(byteCount: scratchpadSize, alignment: Self.alignment)
      scratchpad = ownScratchpad
    }
    let status = descent_convolution_bind(convolution, x, kernel, bias, y, scratchpad)
    precondition(status == 0, "oneDNN refused to bind \(descriptor): \(Self.name(of: status))")
    isBound = true
  }

  /// Computes. Allocates nothing itself; oneDNN's interface makes a few small objects, under 300 bytes together, for each
  /// call.
  ///
  /// Not to be called by several threads at once, nor from within ``ThreadTeam/run(tasks:threads:arguments:_:)``.
  package func execute() {
    precondition(isBound, "execute() before bind(): \(descriptor)")
    if let copyToY { copyToY.to.copyMemory(from: copyToY.from, byteCount: copyToY.byteCount) }
    let status = descent_convolution_execute(convolution)
    precondition(status == 0, "oneDNN failed in \(descriptor): \(Self.name(of: status))")
  }

  private static func name(of status: Int32) -> String { String(cString: descent_onednn_status_name(status)) }
}

extension ConvolutionPrimitive: Routine {}

extension ConvolutionPrimitive: CustomStringConvertible {
  /// The descriptor and the kernel chosen for it.
  package var description: String { "\(descriptor) by \(implementation)" }
}
