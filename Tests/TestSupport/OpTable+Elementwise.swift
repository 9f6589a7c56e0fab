import DescentGraph

extension OpTable {
  static let leafRows: [OpRow] = [
    OpRow("input", .input, [([2, 3], .spread)]) { $0[0] },
    OpRow("constant", .constant, [([3], .spread)]) { $0[0] * Tensor([0.5, -2.0, 3.0]) },
    OpRow("iota", .iota, [([2, 3], .spread)]) { $0[0] * Tensor.iota([2, 3], axis: 1, dtype: .float64) },
    OpRow("randomBits", .randomBits, [([2, 3], .spread)]) { x in
      x[0] * RandomKey(7).uniform([2, 3], dtype: .float64)
    },
  ]

  static let unaryRows: [OpRow] = Unary.allCases.map { f in
    switch f {
    case .negate, .abs, .sign, .relu, .exp, .expm1, .sin, .cos, .tanh, .erf, .sigmoid, .floor, .ceil:
      // The factor x gives the steps (sign, floor, ceil) a slope.
      OpRow(f.rawValue, .unary(f), [([3, 4], .spread)]) { $0[0] * node(.unary(f), [$0[0]]) }
    case .log, .log1p, .sqrt, .rsqrt:
      OpRow(f.rawValue, .unary(f), [([3, 4], .positive)]) { node(.unary(f), [$0[0]]) }
    case .not:
      OpRow(f.rawValue, .unary(f), [([3, 4], .spread)]) { $0[0] * floats(!integers($0[0])) }
    }
  }

  static let binaryRows: [OpRow] =
    Binary.allCases.map { f in
      let shape: Shape = [3, 4]
      return switch f {
      case .add, .subtract, .multiply, .maximum, .minimum:
        // Squared, so that second derivatives are not all zero.
        OpRow(f.rawValue, .binary(f), [(shape, .spread), (shape, .spread)]) { x in
          let y = node(.binary(f), x)
          return y * y
        }
      case .divide, .power:
        OpRow(f.rawValue, .binary(f), [(shape, .positive), (shape, .positive)]) { node(.binary(f), $0) }
      case .and, .or, .xor, .shiftLeft, .shiftRight:
        OpRow(f.rawValue, .binary(f), [(shape, .spread), (shape, .spread)]) { x in
          x[0] * x[1]
            * floats(
              node(.binary(f), [integers(x[0]), integers(x[1])]) & Tensor(filled: 7, shape: shape, dtype: .int32))
        }
      }
    } + [
      OpRow("power of a negative base", .binary(.power), [([3], .spread)]) { x in
        pow(x[0], 3) + pow(x[0], 2) + pow(x[0], 1)
      },
      OpRow("add with broadcasting", .binary(.add), [([2, 3], .spread), ([3], .spread), ([2, 1], .spread)]) { x in
        (x[0] + x[1]) * (x[1] + x[2])
      },
    ]

  static let choiceRows: [OpRow] =
    Relation.allCases.map { c in
      OpRow(c.rawValue, .compare(c), [([3, 4], .spread), ([3, 4], .spread)]) { x in
        x[0] * x[1] * floats(node(.compare(c), x, nil, .bool))
      }
    } + [
      OpRow("select", .select, [([3, 4], .spread), ([3, 4], .spread), ([3, 4], .spread)]) { x in
        select(x[0] .> 0.0, x[1] * x[1], x[2] * x[0])
      },
      OpRow("select by broadcasting", .select, [([3], .spread), ([2, 1], .spread)]) { x in
        select(x[0] .> 0.0, x[0] * x[0], x[1] * x[1])
      },
      OpRow("cast to float32 and back", .cast, [([3, 4], .spread)]) { x in
        (x[0] * x[0]).cast(to: .float32).cast(to: .float64) * x[0]
      },
      OpRow("cast to an integer stops the gradient", .cast, [([3, 4], .spread)]) { x in
        x[0] * floats((x[0] * 2).cast(to: .int64)) + floats((x[0] * 3).cast(to: .bool))
      },
      OpRow("bits of float32 and back", .bitcast, [([3, 4], .spread)]) { x in
        let exponent =
          integers(x[0]).cast(to: .float32).bits & Tensor(filled: 0x7F80_0000, shape: [3, 4], dtype: .int32)
        return x[0] * floats(exponent.bits)
      },
      OpRow("bits of float64", .bitcast, [([3, 4], .spread)]) { x in
        x[0] * floats(floats(integers(x[0])).bits.shiftedRight(by: 52))
      },
      OpRow(
        "stopGradient", .stopGradient, [([3, 4], .spread)],
        frozen: { x, point in x[0] * exp(point[0]) }, { $0[0] * exp($0[0]).stoppingGradient() }),
    ]
}
