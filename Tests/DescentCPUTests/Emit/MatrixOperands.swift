@testable import DescentCPU

/// Operands with reproducible contents for a descriptor, and their product by plain loops.
struct MatrixOperands {
  var a: [Float], b: [Float], c: [Float], bias: [Float]

  init(_ d: ProductDescriptor) {
    func fill(_ count: Int, seed: UInt64) -> [Float] {
      var state = seed
      return (0..<count).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Float(Int64(bitPattern: state) >> 40) / Float(1 << 23)
      }
    }
    a = fill(Self.extent(d.a, d.batch, rows: d.m, columns: d.k), seed: 1)
    b = fill(Self.extent(d.b, d.batch, rows: d.k, columns: d.n), seed: 2)
    c = fill(Self.extent(d.c, d.batch, rows: d.m, columns: d.n), seed: 3)
    bias = fill(d.n, seed: 4)
  }

  /// All of C after the product; elements that are no result keep their value. One sum for each element, in order of depth
  /// with one rounding a term, then the bias.
  func orderedProduct(_ d: ProductDescriptor) -> [Float] {
    var result = c
    for index in Self.indices(d.batch) {
      let offsetA = Self.offset(index, d.a)
      let offsetB = Self.offset(index, d.b)
      let offsetC = Self.offset(index, d.c)
      for i in 0..<d.m {
        for j in 0..<d.n {
          let place = offsetC + i * d.c.rowStride + j * d.c.columnStride
          var sum: Float = 0
          for t in 0..<d.k {
            sum.addProduct(
              a[offsetA + i * d.a.rowStride + t * d.a.columnStride],
              b[offsetB + t * d.b.rowStride + j * d.b.columnStride])
          }
          if d.hasBias { sum += bias[j] }
          result[place] = d.hasRelu ? max(sum, 0) : sum
        }
      }
    }
    return result
  }

  private static func extent(_ l: ProductDescriptor.Layout, _ batch: [Int], rows: Int, columns: Int) -> Int {
    let last = zip(batch, l.batchStrides).reduce(0) { $0 + ($1.0 - 1) * $1.1 }
    return last + (rows - 1) * l.rowStride + (columns - 1) * l.columnStride + 1
  }

  private static func offset(_ index: [Int], _ l: ProductDescriptor.Layout) -> Int {
    zip(index, l.batchStrides).reduce(0) { $0 + $1.0 * $1.1 }
  }

  private static func indices(_ batch: [Int]) -> [[Int]] {
    batch.reduce([[]]) { prefixes, extent in prefixes.flatMap { prefix in (0..<extent).map { prefix + [$0] } } }
  }
}
