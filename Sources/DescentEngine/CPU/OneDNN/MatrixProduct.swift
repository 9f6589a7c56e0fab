import COneDNN

/// A float32 matrix product by oneDNN: `C = activation(A · B + bias [+ C])`, for each index of a batch.
///
/// A is `[batch…, m, k]`, B is `[batch…, k, n]`, C is `[batch…, m, n]` and the bias `[n]`. The kernel is made once, the
/// pointers are set once, and ``execute()`` is called in every step.
///
/// Not `Sendable`: the bound pointers and the scratchpad belong to one caller at a time.
public final class MatrixProduct {
  public let descriptor: Descriptor

  /// oneDNN's name for the kernel it chose, for example `brg:avx512_core` or `gemm:jit`.
  public let implementation: String

  /// Bytes of working memory that ``execute()`` uses. Products that run one after another may share it.
  public let scratchpadSize: Int

  private let product: OpaquePointer
  private var ownScratchpad: UnsafeMutableRawPointer?
  private var isBound = false

  /// Alignment of the scratchpad in bytes; that of the matrices is best the same.
  public static let alignment = 64

  /// Makes the kernel, in about a tenth of a millisecond.
  ///
  /// - Throws: ``EngineError/matrixProduct(descriptor:status:)`` when oneDNN has no fast kernel for the descriptor,
  ///   ``EngineError/oneDNNUnusable(tried:)`` when there is no oneDNN.
  public init(_ descriptor: Descriptor) throws(EngineError) {
    try OneDNNLibrary.load()
    if let problem = descriptor.problem {
      throw .matrixProduct(descriptor: descriptor.description, status: problem)
    }
    var native = descriptor.native
    var product: OpaquePointer?
    let status = descent_matmul_create(&native, &product)
    guard status == 0, let product else {
      let name = String(cString: descent_onednn_status_name(status))
      throw .matrixProduct(descriptor: descriptor.description, status: name)
    }
    self.descriptor = descriptor
    self.product = product
    implementation = String(cString: descent_matmul_implementation(product))
    scratchpadSize = descent_matmul_scratchpad_size(product)
  }

  deinit {
    descent_matmul_destroy(product)
    ownScratchpad?.deallocate()
  }

  /// Says where the operands are; they must stay there for every ``execute()`` that follows.
  ///
  /// - Parameters:
  ///   - bias: `n` floats, needed exactly when the descriptor has a bias.
  ///   - scratchpad: ``scratchpadSize`` bytes, aligned to ``alignment``; without it the product allocates its own here.
  public func bind(
    a: UnsafePointer<Float>, b: UnsafePointer<Float>, bias: UnsafePointer<Float>? = nil, c: UnsafeMutablePointer<Float>,
    scratchpad: UnsafeMutableRawPointer? = nil
  ) {
    precondition((bias != nil) == descriptor.hasBias, "bias given: \(bias != nil), but the product is \(descriptor)")
    var scratchpad = scratchpad
    if scratchpad == nil, scratchpadSize > 0 {
      ownScratchpad =
        ownScratchpad ?? .allocate(byteCount: scratchpadSize, alignment: MatrixProduct.alignment)
      scratchpad = ownScratchpad
    }
    let status = descent_matmul_bind(product, a, b, bias, c, scratchpad)
    precondition(status == 0, "oneDNN refused to bind \(descriptor): \(MatrixProduct.name(of: status))")
    isBound = true
  }

  /// Computes the product.
  ///
  /// Allocates nothing itself. oneDNN's interface makes about six small objects, under 300 bytes together, for each
  /// call; its `gemm` kernels also allocate what they pack, megabytes for large matrices.
  ///
  /// Not to be called by several threads at once, nor from within ``ThreadTeam/run(tasks:threads:arguments:_:)``.
  public func execute() {
    precondition(isBound, "execute() before bind(): \(descriptor)")
    let status = descent_matmul_execute(product)
    precondition(status == 0, "oneDNN failed in \(descriptor): \(MatrixProduct.name(of: status))")
  }

  private static func name(of status: Int32) -> String { String(cString: descent_onednn_status_name(status)) }
}

extension MatrixProduct: CustomStringConvertible {
  /// The descriptor and the kernel chosen for it.
  public var description: String { "\(descriptor) by \(implementation)" }
}
