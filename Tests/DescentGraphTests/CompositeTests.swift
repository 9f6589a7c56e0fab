import DescentGraph
import RealModule
import Testing

/// The compositions against their formulas, and where the formula itself would overflow.
@Suite struct CompositeTests {
  static let points = [-7.5, -3, -1.25, -0.5, -1e-3, 0, 1e-3, 0.25, 1, 2.5, 6]

  struct Function: Sendable, CustomStringConvertible {
    let description: String
    let composite: @Sendable (Tensor) -> Tensor
    let formula: @Sendable (Double) -> Double
    let derivative: @Sendable (Double) -> Double
    /// The limits at -10⁴ and 10⁴.
    let ends: (Double, Double)
  }

  static let functions: [Function] = [
    Function(
      description: "gelu", composite: gelu, formula: { $0 * Self.cumulative($0) },
      derivative: { Self.cumulative($0) + $0 * Self.density($0) }, ends: (0, 1e4)),
    Function(
      description: "silu", composite: silu, formula: { $0 / (1 + .exp(-$0)) },
      derivative: { x in Self.logistic(x) * (1 + x * Self.logistic(-x)) }, ends: (0, 1e4)),
    Function(
      description: "softplus", composite: softplus, formula: { .log(onePlus: .exp($0)) },
      derivative: { Self.logistic($0) }, ends: (0, 1e4)),
  ]
  static func cumulative(_ x: Double) -> Double { 0.5 * .erfc(-x / 2.0.squareRoot()) }
  static func density(_ x: Double) -> Double { .exp(-x * x / 2) / (2 * .pi).squareRoot() }
  static func logistic(_ x: Double) -> Double { 1 / (1 + .exp(-x)) }

  @Test(arguments: functions)
  func `a function of one number agrees with its formula`(function: Function) {
    let x = Tensor(Self.points)
    for (found, point) in zip(evaluated(function.composite(x)), Self.points) {
      #expect((found - function.formula(point)).magnitude < 1e-14 * max(1, point.magnitude), "at \(point)")
    }
    let slope = gradients(of: function.composite(x).sum(), withRespectTo: [x])[0]
    for (found, point) in zip(evaluated(slope), Self.points) {
      #expect((found - function.derivative(point)).magnitude < 1e-13, "slope at \(point)")
    }
  }

  @Test(arguments: functions)
  func `a function of one number is stable at its ends`(function: Function) {
    let x = Tensor([Float(-1e4), 1e4])
    let slope = gradients(of: function.composite(x).sum(), withRespectTo: [x])[0]
    #expect(evaluated(function.composite(x), as: Float.self) == [Float(function.ends.0), Float(function.ends.1)])
    #expect(evaluated(slope, as: Float.self) == [0, 1])
  }

  @Test func `geluTanh is close to gelu`() {
    let x = Tensor(Self.points)
    for (a, b) in zip(evaluated(geluTanh(x)), evaluated(gelu(x))) { #expect((a - b).magnitude < 5e-4) }
    for (found, x) in zip(evaluated(geluTanh(x)), Self.points) {
      let inner = (2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)
      #expect((found - 0.5 * x * (1 + .tanh(inner))).magnitude < 1e-14)
    }
    #expect(evaluated(geluTanh(Tensor([Float(-1e4), 1e4])), as: Float.self) == [0, 1e4])
  }

  @Test(arguments: [0, 1])
  func `softmax, logSoftmax and logSumExp agree with their formulas`(axis: Int) {
    let rows = [[0.5, -1, 2], [3, 0.25, -0.75]]
    let x = Tensor(rows.flatMap { $0 }, shape: [2, 3])
    let (soft, logSoft, sums) = (
      evaluated(softmax(x, axis: axis)), evaluated(logSoftmax(x, axis: axis)), evaluated(logSumExp(x, axis: axis))
    )
    for i in 0..<2 {
      for j in 0..<3 {
        let along = axis == 0 ? rows.map { $0[j] } : rows[i]
        let total = along.map { Double.exp($0) }.reduce(0, +)
        #expect((soft[3 * i + j] - .exp(rows[i][j]) / total).magnitude < 1e-15)
        #expect((logSoft[3 * i + j] - (rows[i][j] - .log(total))).magnitude < 1e-14)
        #expect((sums[axis == 0 ? j : i] - .log(total)).magnitude < 1e-14)
      }
    }
    #expect(logSumExp(x, axis: axis).shape == (axis == 0 ? [3] : [2]))
  }

  @Test func `softmax and its relatives are stable at their ends`() {
    let x = Tensor([Float(1e4), -1e4, 1e4, -1e4, -1e4, -1e4], shape: [2, 3])
    #expect(evaluated(softmax(x), as: Float.self)[..<3] == [0.5, 0, 0.5])
    let logs = evaluated(logSoftmax(x), as: Float.self)
    #expect(logs[0] == -Float.log(2) && logs[1] == -2e4 - Float.log(2) && logs[3] == -Float.log(3))
    #expect(evaluated(logSumExp(x), as: Float.self) == [1e4 + Float.log(2), -1e4 + Float.log(3)])
    let slope = gradients(of: logSoftmax(x).sliced(axis: 1, 0..<1).sum(), withRespectTo: [x])[0]
    #expect(
      zip(evaluated(slope, as: Float.self), [0.5, 0, -0.5, 2 / 3.0, -1 / 3.0, -1 / 3.0]).allSatisfy {
        ($0 - Float($1)).magnitude < 1e-6
      })
  }

  @Test func `softmax and its relatives over no elements`() {
    let x = Tensor.zeros([2, 0], dtype: .float64)
    #expect(softmax(x).shape == [2, 0] && logSoftmax(x).shape == [2, 0])
    #expect(evaluated(logSumExp(x)) == [-.infinity, -.infinity])
    #expect(evaluated(logSumExp(x, axis: 0)) == [])
    #expect(gradients(of: softmax(x).sum(), withRespectTo: [x])[0].shape == [2, 0])
  }

  @Test(arguments: [DType.float32, .float64, .float16, .bfloat16])
  func `the gradient of log-sum-exp where an element is infinite`(dtype: DType) {
    let x = Tensor([.infinity, 200, 1, -.infinity, 3, 3] as [Double], shape: [2, 3]).cast(to: dtype)
    let slope = evaluated(gradients(of: logSumExp(x).sum(), withRespectTo: [x])[0])
    // What an infinity weighs against itself is not defined.
    #expect(slope[0].isNaN && Array(slope[1...]) == [0, 0, 0, 0.5, 0.5])
  }

  @Test(arguments: [DType.float16, .bfloat16]) func `means of half-width floats do not overflow`(dtype: DType) {
    let x = Tensor(filled: 3, shape: [100_000]).cast(to: dtype)
    #expect(evaluated(x.mean()) == [3])
    #expect(evaluated(x.mean(axes: [0], keepingAxes: true)) == [3])
  }

  @Test func `a mean is a division`() {
    for count in [3, 7, 768, 10_000] {
      let x = Tensor(filled: 1, shape: [count])
      #expect(evaluated(x.mean(), as: Float.self) == [1])
      #expect(evaluated((x * 7.3).mean()) == [evaluated((x * 7.3).sum())[0] / Double(count)])
    }
    #expect(evaluated(Tensor.zeros([0]).mean())[0].isNaN)
    #expect(Tensor.zeros([0, 3]).mean(axes: [1]).shape == [0])
  }
}
