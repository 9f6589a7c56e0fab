import DescentGraph

extension OpTable {
  static let reductionRows: [OpRow] =
    Reduction.allCases.flatMap { r -> [OpRow] in
      // Over the first, the last, two and all axes.
      [[0], [2], [0, 2], [0, 1, 2]].map { axes in
        OpRow("reduce.\(r.rawValue) over \(axes)", .reduce(r), [([2, 3, 4], .spread)]) { x in
          let y = node(.reduce(r, axes: axes), x, Shape([2, 3, 4]).removing(axes: axes))
          return y * y
        }
      }
    } + [
      OpRow("mean and variance", .reduce(.sum), [([3, 4], .spread)]) { x in
        let centred = x[0] - x[0].mean(axes: [1], keepingAxes: true)
        return (centred * centred).mean(axes: [1])
      },
      OpRow("argmax", .argmax, [([3, 4], .spread)]) { x in
        x[0].sum(axes: [1]) * floats(x[0].argmax(axis: 1)) + x[0].gathering(indices([0, 1, 2]), axis: 0).max(axes: [1])
      },
    ]

  static let movementRows: [OpRow] = [
    OpRow("reshape", .reshape, [([2, 3, 2], .spread)]) { squared($0[0].reshaped(Shape([4, 3]))) },
    OpRow("reshape to a scalar", .reshape, [([1, 1], .spread)]) { squared($0[0].reshaped(Shape([]))) },
    OpRow("transpose", .transpose, [([2, 3, 4], .spread)]) { squared($0[0].transposed([2, 0, 1])) },
    OpRow("transpose of a matrix", .transpose, [([2, 3], .spread)]) { squared($0[0].transposed) },
    OpRow("broadcast a scalar", .broadcast, [([], .spread)]) { squared($0[0].broadcast(to: [2, 3])) },
    OpRow("broadcast new and grown axes", .broadcast, [([3, 1], .spread)]) { squared($0[0].broadcast(to: [2, 3, 4])) },
    OpRow("broadcast into the middle", .broadcast, [([2, 1], .spread)]) { x in
      squared(node(.broadcast(axes: [0, 2]), x, [2, 3, 4]))
    },
    OpRow("broadcast an axis of extent 1 to 1", .broadcast, [([1], .spread)]) { squared($0[0].broadcast(to: [3, 1])) },
    OpRow("slice", .slice, [([3, 5], .spread)]) { squared($0[0].sliced(starts: [1, 0], limits: [3, 4])) },
    OpRow("slice with strides", .slice, [([5, 6], .spread)]) { x in
      squared(x[0].sliced(starts: [0, 1], limits: [5, 6], strides: [2, 3]))
    },
    OpRow("slice to nothing", .slice, [([3], .spread)]) { x in
      squared(x[0]) + x[0].sliced(starts: [1], limits: [1]).sum()
    },
    OpRow("pad", .pad, [([2, 3], .spread), ([], .spread)]) { x in
      squared(node(.pad(low: [1, 0], high: [0, 2], interior: [0, 0]), x, [3, 5]))
    },
    OpRow("pad between elements", .pad, [([2, 3], .spread), ([], .spread)]) { x in
      squared(node(.pad(low: [1, 0], high: [1, 2], interior: [2, 1]), x, [6, 7]))
    },
    OpRow("concatenate", .concatenate, [([2, 1], .spread), ([2, 3], .spread), ([2, 2], .spread)]) { x in
      squared(concatenate(x, axis: 1))
    },
    OpRow("concatenate one tensor twice", .concatenate, [([2, 3], .spread)]) { x in
      squared(concatenate([x[0], x[0] * x[0]], axis: 0))
    },
    OpRow("reverse", .reverse, [([2, 3, 2], .spread)]) { x in squared(x[0].reversed(axes: [0, 2])) * x[0] },
  ]

  private static func squared(_ x: Tensor) -> Tensor { x * x }
}
