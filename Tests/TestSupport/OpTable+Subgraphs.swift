import DescentGraph

extension OpTable {
  static let subgraphRows: [OpRow] = [
    OpRow("loop with one carry and an output", .scan, [([4, 2], .spread), ([2], .spread)]) { x in
      let (carries, outputs) = scan(over: [x[0]], from: [x[1]]) { c, e in
        let next = tanh(c[0] + e[0]) * 1.5
        return ([next], [next * e[0] + sin(c[0])])
      }
      return (outputs[0] * outputs[0]).sum(axes: [0]) + carries[0] * carries[0]
    },
    OpRow("loop from the end", .scan, [([3, 2], .spread), ([2], .spread)]) { x in
      let (carries, outputs) = scan(over: [x[0]], from: [x[1]], reversed: true) { c, e in
        ([c[0] * c[0] * 0.5 + e[0]], [c[0] * e[0]])
      }
      return carries[0] * sin(outputs[0].sum(axes: [0]))
    },
    OpRow("loop of one step", .scan, [([1, 2], .spread), ([2], .spread)]) { x in
      let (carries, outputs) = scan(over: [x[0]], from: [x[1]]) { c, e in ([sin(c[0] * e[0])], [c[0] * e[0]]) }
      return carries[0] * outputs[0].sum(axes: [0])
    },
    OpRow("loop of no steps", .scan, [([0, 2], .spread), ([2], .spread)]) { x in
      let (carries, outputs) = scan(over: [x[0]], from: [x[1]]) { c, e in ([sin(c[0] + e[0])], [c[0] * e[0]]) }
      return carries[0] * carries[0] + outputs[0].sum(axes: [0])
    },
    OpRow("loop without carries", .scan, [([3, 2], .spread), ([3, 2], .spread)]) { x in
      let outputs = scan(over: x, from: []) { _, e in ([], [sin(e[0]) * e[1], e[0] * e[0]]) }.outputs
      return outputs[0] * outputs[1]
    },
    OpRow(
      "loop that captures a matrix, a vector and a scalar", .scan,
      [([3, 2, 2], .spread), ([2, 3], .spread), ([3, 2], .spread), ([3], .spread), ([], .spread)]
    ) { x in
      // x[2] takes part in a product only, x[3] is added, x[4] multiplies.
      let (carries, outputs) = scan(over: [x[0]], from: [x[1]]) { c, e in
        let next = tanh(matmul(e[0], x[2].transposed) + x[3] + c[0] * x[4])
        return ([next], [next.sum(axes: [1])])
      }
      return carries[0].sum(axes: [0]) * outputs[0].sum()
    },
    OpRow("loop with two carries that change places", .scan, [([3, 2], .spread), ([2], .spread), ([2], .spread)]) { x in
      let (carries, outputs) = scan(over: [x[0]], from: [x[1], x[2]]) { c, e in
        ([c[1] * e[0], sin(c[0])], [c[0] * c[1]])
      }
      return carries[0] * carries[1] + outputs[0].sum(axes: [0])
    },
    OpRow("loop with a counter", .scan, [([3, 2], .spread), ([2], .spread)]) { x in
      let (carries, _) = scan(over: [x[0]], from: [x[1], Tensor.zeros([], dtype: .int32)]) { c, e in
        ([c[0] * e[0] + c[1].cast(to: .float64), c[1] + Tensor.ones([], dtype: .int32)], [])
      }
      return carries[0] * carries[0]
    },
    OpRow("loop within a loop", .scan, [([3, 2, 2], .spread), ([2], .spread), ([2], .spread)]) { x in
      scan(over: [x[0]], from: [x[1]]) { c, e in
        let inner = scan(over: [e[0]], from: [c[0]]) { c, e in ([sin(c[0]) * e[0] + x[2]], [c[0] * x[2]]) }
        return ([inner.carries[0] * 0.5], [inner.outputs[0].sum(axes: [0])])
      }.outputs[0]
    },
    OpRow("loop under a mask", .scan, [([4, 2], .spread), ([2], .spread), ([4], .spread), ([2, 2], .spread)]) { x in
      let (carries, outputs) = scan(over: [x[0]], from: [x[1]], where: x[2] .> 0) { c, e in
        let next = tanh(matmul(c[0].reshaped([1, 2]), x[3]).reshaped([2]) + e[0])
        return ([next], [next * e[0], matmul(e[0].reshaped([1, 2]), x[3]).reshaped([2])])
      }
      return carries[0] * (outputs[0] + outputs[1] * outputs[1] + 1).sum(axes: [0])
    },
    OpRow("loop under a mask from the end", .scan, [([3, 2], .spread), ([2], .spread), ([3], .spread)]) { x in
      let (carries, outputs) = scan(over: [x[0]], from: [x[1]], reversed: true, where: x[2] .< 0.2) { c, e in
        ([sin(c[0]) * e[0]], [c[0] * c[0]])
      }
      return carries[0] * carries[0] + outputs[0].sum(axes: [0])
    },
    OpRow("when a condition holds", .scan, [([2, 3], .spread), ([3], .spread), ([], .positive)]) { x in
      let y = when(x[2] .> 0, otherwise: [x[0], x[1]]) { [sin(x[0]) * x[1], x[1] * x[1]] }
      return y[0] * y[1] * x[2]
    },
    OpRow("when a condition does not hold", .scan, [([2, 3], .spread), ([3], .spread), ([], .positive)]) { x in
      let y = when(x[2] .< 0, otherwise: [x[0] * x[0], x[1]]) { [sin(x[0]) * x[1], x[1] * x[1]] }
      return y[0] * y[1] * x[2]
    },
    OpRow("when, within when", .scan, [([3], .spread), ([], .positive)]) { x in
      when(x[1] .> 0, otherwise: [x[0]]) {
        when(x[1] .< 0, otherwise: [sin(x[0])]) { [cos(x[0])] }.map { $0 * x[0] }
      }[0] * x[0]
    },
    OpRow("checkpoint", .call, [([2, 3], .spread), ([3], .spread)]) { x in
      let y = checkpoint { tanh(x[0] * x[0] + x[1]) * x[0] }
      return y * y
    },
    OpRow("checkpoint of several results, one within another", .call, [([2, 3], .spread), ([3], .spread)]) { x in
      let y = checkpoint(x) { x in
        let inner = checkpoint(x[0]) { sin($0) * $0 }
        return [inner * x[1], inner + x[1] * x[1]]
      }
      return y[0] * y[1]
    },
    OpRow("checkpoint in a loop", .scan, [([3, 2], .spread), ([2], .spread)]) { x in
      scan(over: [x[0]], from: [x[1]]) { c, e in ([checkpoint { sin(c[0] * e[0]) * e[0] }], []) }.carries[0]
    },
    OpRow("barrier", .barrier, [([2, 3], .spread), ([2], .spread)]) { x in
      let late = node(.barrier, [x[0], sin(x[1]), x[1] * x[1]])
      return late * late * x[1].reshaped([2, 1])
    },
  ]
}
