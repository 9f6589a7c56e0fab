import DescentGraph

extension OpTable {
  static let sequenceRows: [OpRow] =
    [0, 1, 2].map { axis in
      OpRow("cumulativeSum along axis \(axis)", .cumulativeSum, [([2, 3, 4], .spread)]) { x in
        let y = x[0].cumulativeSum(axis: axis)
        return y * y
      }
    } + [
      OpRow("cumulativeSum of one element", .cumulativeSum, [([2, 1], .spread)]) { $0[0].cumulativeSum() * $0[0] },
      OpRow("cumulativeSum of nothing", .cumulativeSum, [([2], .spread), ([2, 0], .spread)]) { x in
        x[0] * x[0] + x[1].cumulativeSum().sum(axes: [1])
      },
      OpRow("cumulativeSum, longer than a vector", .cumulativeSum, [([2, 37], .spread)]) { x in
        let y = x[0].cumulativeSum()
        return y * y * 0.01
      },
      OpRow("cumulativeSum in the middle, wider than a vector", .cumulativeSum, [([2, 3, 21], .spread)]) { x in
        let y = x[0].cumulativeSum(axis: 1)
        return y * y * 0.1
      },
      OpRow("cumulativeSum reversed and exclusive", .cumulativeSum, [([3, 4], .spread)]) { x in
        let y = x[0].cumulativeSum(axis: 0, reversed: true, exclusive: true)
        return y * y + x[0].cumulativeSum(exclusive: true) * x[0]
      },
      OpRow("sorted", .argsort, [([3, 5], .spread)]) { x in
        let y = x[0].sorted(axis: 1)
        return y * y * floats(Tensor.iota([3, 5], axis: 1))
      },
      OpRow("sorted descending along the first axis", .argsort, [([5, 2], .spread)]) { x in
        let y = x[0].sorted(axis: 0, descending: true)
        return y * y * floats(Tensor.iota([5, 2], axis: 0))
      },
      OpRow("sorted, more than an insertion sort takes", .argsort, [([2, 50], .spread)]) { x in
        let y = x[0].sorted()
        return y * y * floats(Tensor.iota([2, 50], axis: 1)) * 0.01
      },
      OpRow("sorted along an axis of extent 1", .argsort, [([3, 1], .spread)]) { $0[0].sorted() * $0[0] },
      OpRow("argsorted as numbers", .argsort, [([2, 3, 2], .spread)]) { x in
        floats(x[0].argsorted(axis: 1)) * x[0] * x[0]
      },
      OpRow("topK", .argsort, [([3, 6], .spread)]) { x in
        let y = x[0].topK(2).values
        return y * y
      },
      OpRow("takingAlong, one element twice", .gather, [([3, 4], .spread)]) { x in
        let y = x[0].takingAlong(indices([1, 3, 3, 0, 9, -2], [3, 2]))
        return y * y
      },
      OpRow("lower and upper triangles", .select, [([2, 3, 4], .spread)]) { x in
        x[0].lowerTriangle() * x[0] + x[0].upperTriangle(diagonal: 2) * x[0].lowerTriangle(diagonal: 2)
      },
      OpRow("einsum: a batch of matrices", .dot, [([2, 3, 2], .spread), ([2, 2, 3], .spread)]) { x in
        einsum("bij,bjk->bik", x[0], x[1])
      },
      OpRow("einsum: three operands, one label in all", .dot, [([2, 3], .spread), ([3, 2], .spread), ([3], .spread)]) {
        einsum("ij,jk,j->ki", $0[0], $0[1], $0[2])
      },
      OpRow("einsum: an ellipsis that broadcasts", .dot, [([2, 1, 3, 2], .spread), ([3, 2, 2], .spread)]) { x in
        einsum("...ij,...jk->...ik", x[0], x[1])
      },
      OpRow("einsum: a diagonal, squared", .binary(.multiply), [([3, 3, 2], .spread)]) { x in
        einsum("iik,iik->ki", x[0], x[0])
      },
      OpRow("einsum: everything summed", .reduce(.sum), [([2, 3], .spread), ([4], .spread)]) { x in
        einsum("ij,k->", x[0] * x[0], x[1])
      },
    ]
}
