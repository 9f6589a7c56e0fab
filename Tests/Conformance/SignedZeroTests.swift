import DescentGraph
import DescentReference
import DescentRuntime
import TestSupport
import Testing

/// Whether a zero is 0 or −0 is part of what an op means: 1/x, √x and x .< 0 of the next one may depend on it.
@Suite struct SignedZeroTests {
  struct Function: Sendable, CustomStringConvertible {
    let description: String
    let body: @Sendable (_ a: Tensor, _ b: Tensor) -> Tensor
  }

  /// All element-wise ops on floats, with data and with zeros that are known while tracing; what is made of them.
  static let functions: [Function] =
    Unary.allCases.filter { $0 != .not }.map { f in
      Function(description: f.rawValue) { a, _ in Tensor(Node(.unary(f), [a.node], shape: a.shape, dtype: a.dtype)) }
    }
    + [Binary.add, .subtract, .multiply, .divide, .power, .maximum, .minimum].flatMap { f in
      @Sendable func op(_ a: Tensor, _ b: Tensor) -> Tensor {
        Tensor(Node(.binary(f), [a.node, b.node], shape: a.shape, dtype: a.dtype))
      }
      @Sendable func splat(_ value: Double, _ like: Tensor) -> Tensor {
        Tensor(filled: value, shape: like.shape, dtype: like.dtype)
      }
      return [Function(description: f.rawValue) { op($0, $1) }]
        + [0.0, -0.0, 1, -1].flatMap { value in
          [
            Function(description: "\(f.rawValue) with \(value) on the right") { a, _ in op(a, splat(value, a)) },
            Function(description: "\(f.rawValue) with \(value) on the left") { a, _ in op(splat(value, a), a) },
          ]
        }
    } + [
      Function(description: "a chain of sums with zeros") { a, b in (a + 0) - 0 + (0 - b) },
      Function(description: "select") { a, b in select(a .< b, a, b) },
      Function(description: "cast") { a, _ in a.cast(to: .float16).cast(to: .float32) },
      Function(description: "gelu, silu, softplus") { a, b in gelu(a) + silu(b) + softplus(a) },
      Function(description: "sum") { a, _ in a.reshaped([3, 3]).sum(axes: [1]) },
      Function(description: "sum of columns") { a, _ in a.reshaped([3, 3]).sum(axes: [0]) },
      Function(description: "max") { a, _ in a.reshaped([3, 3]).max(axes: [1]) },
      Function(description: "dot") { a, b in matmul(a.reshaped([3, 3]), b.reshaped([3, 3])) },
      Function(description: "running sum") { a, _ in a.cumulativeSum(axis: 0) },
      Function(description: "mean") { a, _ in a.reshaped([3, 3]).mean(axes: [1]) },
    ]

  @Test(arguments: BackendTable.rows, functions.indices)
  func `zeros have the signs that the definition gives them`(_ backend: BackendRow, _ index: Int) throws {
    let function = Self.functions[index]
    let values: [[Float]] = [[0, 0, 0, -0.0, -0.0, -0.0, 1, -1, 2], [0, -0.0, -1, 0, -0.0, 1, -0.0, 0, -2]]
    let arguments = values.map { Storage($0, shape: [9]) }
    let program = Trace.record(arguments: [("a", [9], .float32), ("b", [9], .float32)]) {
      [function.body($0[0], $0[1])]
    }
    let expected = Interpreter<Float>().run(program, arguments: arguments.map(Interpreter<Float>.Value.init)).results[0]
    let found = try backend.engine(program, arguments)[0].scalars(as: Float.self)
    for (i, (e, f)) in zip(expected.floats, found).enumerated() where e == 0 {
      #expect(f == 0 && f.sign == e.sign, "\(function) of \(values[0][i]), \(values[1][i]): \(f) instead of \(e)")
    }
  }
}
