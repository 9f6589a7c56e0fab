/// All that the code of a float32 matrix product depends on: `C = relu(A · B + bias)`, for each index of a batch.
///
/// A is `[batch…, m, k]`, B is `[batch…, k, n]`, C is `[batch…, m, n]` and the bias `[n]`. Views are welcome: columns of a
/// wider matrix, or attention heads inside `[batch, time, heads, width]`.
struct ProductDescriptor: Hashable, Sendable {
  /// Where the elements of one operand are. Strides count elements, not bytes.
  struct Layout: Hashable, Sendable {
    /// One stride per batch dimension; 0 uses the same matrix for every index.
    var batchStrides: [Int] = []
    var rowStride: Int
    var columnStride: Int

    /// Dense `[batch…, rows, columns]`, or with `transposed` the same matrices stored as `[batch…, columns, rows]`.
    static func dense(batch: [Int] = [], rows: Int, columns: Int, transposed: Bool = false) -> Layout {
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

  /// Extents of the batch dimensions; empty for a single product.
  var batch: [Int]
  /// Rows of A and C, columns of B and C, and columns of A, which are rows of B.
  var m: Int, n: Int, k: Int
  /// A as `[m, k]`, B as `[k, n]`: a transposed operand is one whose row stride is 1.
  var a: Layout, b: Layout
  /// C as `[m, n]`; its column stride is 1.
  var c: Layout
  /// Adds a `[n]` vector to every row.
  var hasBias: Bool
  /// Ends in a ReLU.
  var hasRelu: Bool

  /// A product of dense operands.
  ///
  /// - Parameters:
  ///   - transposeA: A is stored as `[batch…, k, m]`.
  ///   - transposeB: B is stored as `[batch…, n, k]`, as weights `[out, in]` are.
  init(
    batch: [Int] = [], m: Int, n: Int, k: Int, transposeA: Bool = false, transposeB: Bool = false,
    hasBias: Bool = false, hasRelu: Bool = false
  ) {
    self.batch = batch
    self.m = m
    self.n = n
    self.k = k
    a = .dense(batch: batch, rows: m, columns: k, transposed: transposeA)
    b = .dense(batch: batch, rows: k, columns: n, transposed: transposeB)
    c = .dense(batch: batch, rows: m, columns: n)
    self.hasBias = hasBias
    self.hasRelu = hasRelu
  }

  /// Floating-point operations of one execution: a multiplication and an addition for each term.
  var floatingPointOperations: Int { 2 * m * n * k * batch.reduce(1, *) }

  /// What keeps it from being emitted; nil if nothing does.
  var problem: String? {
    if m < 1 || n < 1 || k < 1 || batch.contains(where: { $0 < 1 }) { return "an extent is smaller than 1" }
    for (name, layout, rows, columns) in [("A", a, m, k), ("B", b, k, n), ("C", c, m, n)] {
      if layout.batchStrides.count != batch.count { return "\(name) has another number of batch dimensions" }
      let rowMajor = layout.columnStride == 1 && (layout.rowStride >= columns || rows == 1)
      let columnMajor = layout.rowStride == 1 && (layout.columnStride >= rows || columns == 1) && name != "C"
      if !rowMajor && !columnMajor { return "neither the rows nor the columns of \(name) are contiguous" }
    }
    if zip(c.batchStrides, batch).contains(where: { $0 == 0 && $1 > 1 }) { return "results overlap in C" }
    return nil
  }
}

extension ProductDescriptor: CustomStringConvertible {
  /// For example `[12×4] A[64,32] · Bᵀ[32,64] + bias → relu`.
  var description: String {
    let prefix = batch.isEmpty ? "" : "[\(batch.map(String.init).joined(separator: "×"))] "
    let left = a.columnStride == 1 ? "A" : "Aᵀ"
    let right = b.columnStride == 1 ? "B" : "Bᵀ"
    return "\(prefix)\(left)[\(m),\(k)] · \(right)[\(k),\(n)]\(hasBias ? " + bias" : "")\(hasRelu ? " → relu" : "")"
  }
}
