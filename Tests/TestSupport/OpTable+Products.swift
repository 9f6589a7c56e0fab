import DescentGraph

extension OpTable {
  private static func dotRow(_ name: String, _ a: Shape, _ b: Shape, _ axes: DotAxes) -> OpRow {
    OpRow("dot: \(name)", .dot, [(a, .spread), (b, .spread)]) { dot($0[0], $0[1], axes) }
  }

  static let productRows: [OpRow] = [
    dotRow("vectors", [4], [4], DotAxes(lhsContracting: [0], rhsContracting: [0])),
    dotRow("outer product", [3], [2], DotAxes(lhsContracting: [], rhsContracting: [])),
    dotRow("matrices", [2, 3], [3, 4], DotAxes(lhsContracting: [1], rhsContracting: [0])),
    dotRow("left transposed", [3, 2], [3, 4], DotAxes(lhsContracting: [0], rhsContracting: [0])),
    dotRow("right transposed", [2, 3], [4, 3], DotAxes(lhsContracting: [1], rhsContracting: [1])),
    dotRow("matrix and vector", [2, 3], [3], DotAxes(lhsContracting: [1], rhsContracting: [0])),
    dotRow(
      "batch", [2, 2, 3], [2, 3, 2],
      DotAxes(lhsBatch: [0], rhsBatch: [0], lhsContracting: [2], rhsContracting: [1])),
    dotRow(
      "batch axes in the middle and at the end", [3, 2, 2], [2, 3, 2],
      DotAxes(lhsBatch: [1], rhsBatch: [2], lhsContracting: [0], rhsContracting: [1])),
    dotRow(
      "two batch axes, exchanged", [2, 3, 2], [3, 2, 2],
      DotAxes(lhsBatch: [0, 1], rhsBatch: [1, 0], lhsContracting: [2], rhsContracting: [2])),
    dotRow(
      "two contracting axes", [2, 3, 2], [3, 2, 2],
      DotAxes(lhsContracting: [1, 2], rhsContracting: [0, 1])),
    dotRow(
      "two contracting axes, out of order", [2, 3, 2], [3, 2, 2],
      DotAxes(lhsContracting: [2, 1], rhsContracting: [1, 0])),
    dotRow(
      "everything contracted, crosswise", [2, 3], [3, 2],
      DotAxes(lhsContracting: [0, 1], rhsContracting: [1, 0])),
    dotRow(
      "batch, two contracting and free axes", [2, 2, 3, 2], [2, 3, 2, 2],
      DotAxes(lhsBatch: [3], rhsBatch: [0], lhsContracting: [2, 0], rhsContracting: [1, 3])),
    OpRow("matmul with a broadcast batch", .dot, [([2, 2, 3], .spread), ([1, 3, 2], .spread)]) { matmul($0[0], $0[1]) },
    OpRow("dot with itself", .dot, [([2, 3], .spread)]) { matmul($0[0], $0[0].transposed) },
  ]

  static let indexingRows: [OpRow] = [
    OpRow("gather rows, one twice", .gather, [([3, 2], .spread)]) { x in
      let y = x[0].gathering(indices([2, 0, 2, 1]))
      return y * y
    },
    OpRow("gather along the last axis with a matrix of indices", .gather, [([2, 3], .spread)]) { x in
      let y = x[0].gathering(indices([0, 2, 1, 1], [2, 2]), axis: 1)
      return y * y
    },
    OpRow("gather by one index", .gather, [([2, 3, 2], .spread)]) { x in
      let y = x[0].gathering(Tensor([Int64(1)], shape: []), axis: 1)
      return y * y
    },
    OpRow("gather outside the axis", .gather, [([3], .spread)]) { x in
      let y = x[0].gathering(indices([-4, 1, 9]))
      return y * y
    },
    OpRow("scatterAdd rows, one twice", .scatterAdd, [([3, 2], .spread), ([4, 2], .spread)]) { x in
      let y = x[0].scatterAdding(x[1], at: indices([2, 0, 2, 0]))
      return y * y
    },
    OpRow("scatterAdd in the middle axis", .scatterAdd, [([2, 3, 2], .spread), ([2, 2, 2, 2], .spread)]) { x in
      let y = x[0].scatterAdding(x[1], at: indices([0, 2, 1, 0], [2, 2]), axis: 1)
      return y * y
    },
    OpRow("scatterAdd outside the axis", .scatterAdd, [([3], .spread), ([3], .spread)]) { x in
      let y = x[0].scatterAdding(x[1], at: indices([-1, 3, 1]))
      return y * y
    },
  ]
}
