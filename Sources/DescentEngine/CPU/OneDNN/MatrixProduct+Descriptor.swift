import COneDNN

extension MatrixProduct {
  /// What is applied to the sum before it is stored.
  public enum Activation: String, CaseIterable, Sendable {
    case none, relu, tanh
    /// x · Φ(x) with the error function.
    case geluErf
    /// The approximation of GELU by a hyperbolic tangent.
    case geluTanh
    /// 1 / (1 + e⁻ˣ), the sigmoid.
    case logistic
    /// x / (1 + e⁻ˣ), also called SiLU.
    case swish
  }

  /// Where the elements of one operand are. Strides count elements, not bytes.
  public struct Layout: Hashable, Sendable {
    /// One stride per batch dimension; 0 uses the same matrix for every index.
    public var batchStrides: [Int]
    public var rowStride: Int
    public var columnStride: Int

    public init(batchStrides: [Int] = [], rowStride: Int, columnStride: Int) {
      self.batchStrides = batchStrides
      self.rowStride = rowStride
      self.columnStride = columnStride
    }

    /// Dense `[batch…, rows, columns]`, or with `transposed` the same matrices stored as `[batch…, columns, rows]`.
    public static func dense(batch: [Int] = [], rows: Int, columns: Int, transposed: Bool = false) -> Layout {
      var strides: [Int] = []
      var size = rows * columns
      for extent in batch.reversed() {
        strides.insert(size, at: 0)
        size *= extent
      }
      return transposed
        ? Layout(batchStrides: strides, rowStride: 1, columnStride: rows)
        : Layout(batchStrides: strides, rowStride: columns, columnStride: 1)
    }
  }

  /// All that a product's kernel depends on.
  ///
  /// Fast kernels take dense matrices, dense batches, and attention heads that are views into `[batch, time, heads,
  /// width]`. Other leading dimensions and batch strides work by way of a packing kernel that allocates.
  public struct Descriptor: Hashable, Sendable {
    /// Extents of the batch dimensions, at most four; empty for a single product.
    public var batch: [Int]
    /// Rows of A and C, columns of B and C, and columns of A, which are rows of B.
    public var m: Int, n: Int, k: Int
    /// A as `[m, k]`, B as `[k, n]`: a transposed operand is one whose row stride is 1.
    public var a: Layout, b: Layout
    /// C as `[m, n]`; its column stride is 1.
    public var c: Layout
    /// Adds a `[n]` vector to every row.
    public var hasBias = false
    /// Adds what C holds, before the activation.
    public var accumulates = false
    public var activation = Activation.none
    /// The number of threads, at least 1; it is part of the kernel.
    public var threads = 1

    /// A product of dense operands.
    ///
    /// - Parameters:
    ///   - transposeA: A is stored as `[batch…, k, m]`.
    ///   - transposeB: B is stored as `[batch…, n, k]`, as weights `[out, in]` are.
    public init(
      batch: [Int] = [], m: Int, n: Int, k: Int, transposeA: Bool = false, transposeB: Bool = false,
      hasBias: Bool = false, accumulates: Bool = false, activation: Activation = .none, threads: Int = 1
    ) {
      self.batch = batch
      self.m = m
      self.n = n
      self.k = k
      a = .dense(batch: batch, rows: m, columns: k, transposed: transposeA)
      b = .dense(batch: batch, rows: k, columns: n, transposed: transposeB)
      c = .dense(batch: batch, rows: m, columns: n)
      self.hasBias = hasBias
      self.accumulates = accumulates
      self.activation = activation
      self.threads = threads
    }

    /// Floating-point operations of one execution: a multiplication and an addition for each term.
    public var floatingPointOperations: Int { 2 * m * n * k * batch.reduce(1, *) }

    /// What keeps oneDNN's fast kernels from running it; nil if nothing does.
    var problem: String? {
      if m < 1 || n < 1 || k < 1 || batch.contains(where: { $0 < 1 }) { return "an extent is smaller than 1" }
      if threads < 1 { return "the number of threads is smaller than 1" }
      if batch.count > DESCENT_MATMUL_MAX_BATCH_DIMENSIONS { return "too many batch dimensions" }
      for (name, layout, rows, columns) in [("A", a, m, k), ("B", b, k, n), ("C", c, m, n)] {
        if layout.batchStrides.count != batch.count { return "\(name) has another number of batch dimensions" }
        let rowMajor = layout.columnStride == 1 && (layout.rowStride >= columns || rows == 1)
        let columnMajor = layout.rowStride == 1 && (layout.columnStride >= rows || columns == 1) && name != "C"
        if !rowMajor && !columnMajor { return "neither the rows nor the columns of \(name) are contiguous" }
      }
      if zip(c.batchStrides, batch).contains(where: { $0 == 0 && $1 > 1 }) { return "results overlap in C" }
      return nil
    }

    var native: descent_matmul_descriptor {
      var native = descent_matmul_descriptor()
      native.batch_dimensions = Int32(batch.count)
      native.m = Int64(m)
      native.n = Int64(n)
      native.k = Int64(k)
      Descriptor.fill(&native.batch, with: batch)
      Descriptor.fill(&native.a_batch_strides, with: a.batchStrides)
      Descriptor.fill(&native.b_batch_strides, with: b.batchStrides)
      Descriptor.fill(&native.c_batch_strides, with: c.batchStrides)
      native.a_row_stride = Int64(a.rowStride)
      native.a_column_stride = Int64(a.columnStride)
      native.b_row_stride = Int64(b.rowStride)
      native.b_column_stride = Int64(b.columnStride)
      native.c_row_stride = Int64(c.rowStride)
      native.has_bias = hasBias
      native.accumulate = accumulates
      native.activation = activation.native
      native.threads = Int32(threads)
      return native
    }

    /// Copies into a fixed-size array of C, which Swift sees as a tuple.
    private static func fill(_ tuple: inout (Int64, Int64, Int64, Int64), with values: [Int]) {
      withUnsafeMutableBytes(of: &tuple) { bytes in
        let slots = bytes.bindMemory(to: Int64.self)
        for (index, value) in values.enumerated() { slots[index] = Int64(value) }
      }
    }
  }
}

extension MatrixProduct.Activation {
  fileprivate var native: descent_activation {
    switch self {
    case .none: DESCENT_ACTIVATION_NONE
    case .relu: DESCENT_ACTIVATION_RELU
    case .tanh: DESCENT_ACTIVATION_TANH
    case .geluErf: DESCENT_ACTIVATION_GELU_ERF
    case .geluTanh: DESCENT_ACTIVATION_GELU_TANH
    case .logistic: DESCENT_ACTIVATION_LOGISTIC
    case .swish: DESCENT_ACTIVATION_SWISH
    }
  }
}

extension MatrixProduct.Descriptor: CustomStringConvertible {
  /// For example `[12×4] A[64,32] · Bᵀ[32,64] + bias → relu, 2 threads`.
  public var description: String {
    let prefix = batch.isEmpty ? "" : "[\(batch.map(String.init).joined(separator: "×"))] "
    let left = a.columnStride == 1 ? "A" : "Aᵀ"
    let right = b.columnStride == 1 ? "B" : "Bᵀ"
    let sum = (hasBias ? " + bias" : "") + (accumulates ? " + C" : "")
    let end = activation == .none ? "" : " → \(activation.rawValue)"
    return "\(prefix)\(left)[\(m),\(k)] · \(right)[\(k),\(n)]\(sum)\(end), \(threads) thread\(threads == 1 ? "" : "s")"
  }
}
