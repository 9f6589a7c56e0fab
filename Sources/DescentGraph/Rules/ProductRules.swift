/// Dot products: batch axes run along, contracting axes are summed over.
enum ProductRules {
  static func type(_ axes: DotAxes, _ inputs: [Node]) -> TensorType {
    let (a, b) = (inputs[0], inputs[1])
    func fits(_ named: [Int], _ shape: Shape) -> Bool {
      Set(named).count == named.count && named.allSatisfy(shape.indices.contains)
    }
    func matches(_ lhs: [Int], _ rhs: [Int]) -> Bool {
      lhs.count == rhs.count && zip(lhs, rhs).allSatisfy { a.shape[$0] == b.shape[$1] }
    }
    require(
      fits(axes.lhsBatch + axes.lhsContracting, a.shape) && fits(axes.rhsBatch + axes.rhsContracting, b.shape)
        && matches(axes.lhsBatch, axes.rhsBatch) && matches(axes.lhsContracting, axes.rhsContracting),
      "dot: shapes \(a.shape) and \(b.shape) do not fit: contracting axes \(axes.lhsContracting) and "
        + "\(axes.rhsContracting), batch axes \(axes.lhsBatch) and \(axes.rhsBatch) must have equal extents")
    require(
      a.dtype == b.dtype && a.dtype != .bool,
      "dot: dtypes \(TensorType(a)) and \(TensorType(b)) differ or are not numbers; cast one of them")
    let extents =
      axes.lhsBatch.map { a.shape[$0] } + axes.lhsFree(rank: a.shape.rank).map { a.shape[$0] }
      + axes.rhsFree(rank: b.shape.rank).map { b.shape[$0] }
    return TensorType(shape: Shape(extents), dtype: a.dtype)
  }

  static func gradients(_ axes: DotAxes, _ a: Tensor, _ b: Tensor, _ g: Tensor) -> [Tensor?] {
    guard g.dtype.isFloat else { return [nil, nil] }
    let batch = axes.lhsBatch.count
    let lhsFree = axes.lhsFree(rank: a.rank)
    let rhsFree = axes.rhsFree(rank: b.rank)
    let batchAxes = Array(0..<batch)
    let lhsAxesOfG = lhsFree.indices.map { batch + $0 }
    let rhsAxesOfG = rhsFree.indices.map { batch + lhsFree.count + $0 }

    // d/da = g · b over b's free axes. Its axes come out as batch, a's free, then a's contracting axes in the order in
    // which b holds them.
    let da = Tensor(
      .dot(DotAxes(lhsBatch: batchAxes, rhsBatch: axes.rhsBatch, lhsContracting: rhsAxesOfG, rhsContracting: rhsFree)),
      [g, b])
    let contractedInB = axes.rhsContracting.indices.sorted { axes.rhsContracting[$0] < axes.rhsContracting[$1] }
    let orderOfA = axes.lhsBatch + lhsFree + contractedInB.map { axes.lhsContracting[$0] }

    let db = Tensor(
      .dot(DotAxes(lhsBatch: batchAxes, rhsBatch: axes.lhsBatch, lhsContracting: lhsAxesOfG, rhsContracting: lhsFree)),
      [g, a])
    let contractedInA = axes.lhsContracting.indices.sorted { axes.lhsContracting[$0] < axes.lhsContracting[$1] }
    let orderOfB = axes.rhsBatch + rhsFree + contractedInA.map { axes.rhsContracting[$0] }
    return [restore(da, from: orderOfA), restore(db, from: orderOfB)]
  }

  /// Transposes `t`, whose axis `i` is axis `order[i]` of the wanted tensor, into the wanted order.
  private static func restore(_ t: Tensor, from order: [Int]) -> Tensor {
    t.transposed(order.indices.sorted { order[$0] < order[$1] })
  }
}
