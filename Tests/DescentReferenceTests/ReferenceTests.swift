import DescentReference
import DescentGraph
import TestSupport
import Testing

/// The rules that the interpreter's comments state, on values worked out by hand.
@Suite struct ReferenceTests {
  typealias Value = Interpreter<Double>.Value

  private func floats(_ x: Tensor) -> [Double] { Interpreter<Double>().evaluate([x.node], inputs: [:])[0].floats }
  private func integers(_ x: Tensor) -> [Int] { Interpreter<Double>().evaluate([x.node], inputs: [:])[0].integers }

  @Test func `casts truncate, saturate and wrap`() {
    let x = Tensor([-1e30, -2.9, -0.5, 0, 0.9, 2.9, 300, 1e30, .nan, .infinity])
    #expect(integers(x.cast(to: .uint8)) == [0, 0, 0, 0, 0, 2, 255, 255, 0, 255])
    #expect(integers(x.cast(to: .int32)) == [Int(Int32.min), -2, 0, 0, 0, 2, 300, Int(Int32.max), 0, Int(Int32.max)])
    #expect(integers(x.cast(to: .int64)) == [.min, -2, 0, 0, 0, 2, 300, .max, 0, .max])
    #expect(integers(x.cast(to: .bool)) == [1, 1, 1, 0, 1, 1, 1, 1, 1, 1])
    let i = Tensor([Int64(-1), 256, 300, .max])
    #expect(integers(i.cast(to: .uint8)) == [255, 0, 44, 255])
    #expect(integers(i.cast(to: .int32)) == [-1, 256, 300, -1])
    #expect(integers(i.cast(to: .bool)) == [1, 1, 1, 1])
    #expect(floats(Tensor([1.0, 1.01, 70000]).cast(to: .bfloat16)) == [1, 1.0078125, 70144])
    #expect(floats(Tensor([1.0, 1.0004, 70000]).cast(to: .float16)) == [1, 1, .infinity])
    // float32 is not rounded: the reference computes the exact value of the graph.
    #expect(floats(Tensor([0.1]).cast(to: .float32)) == [0.1])
  }

  @Test func `half precision is rounded where it is asked to be`() {
    let x = Tensor([1.01, 3]).cast(to: .bfloat16)
    let product = x * x
    func values(_ rounding: Interpreter<Double>.HalfPrecision) -> [Double] {
      Interpreter<Double>(halfPrecision: rounding).evaluate([product.node], inputs: [:])[0].floats
    }
    #expect(values(.exact) == [1.01 * 1.01, 9])
    #expect(values(.roundedByCasts) == [1.0078125 * 1.0078125, 9])
    #expect(values(.roundedEverywhere) == [1.015625, 9])
  }

  @Test func `NaN spreads through maxima and counts as greatest`() {
    let x = Tensor([1.0, .nan, 3, 2, 5, 5], shape: [2, 3])
    let top = floats(x.max(axes: [1]))
    #expect(top[0].isNaN && top[1] == 5)
    #expect(floats(x.min(axes: [1]))[0].isNaN)
    #expect(integers(x.argmax(axis: 1)) == [1, 1])
    #expect(integers(Tensor([Int32(3), 7, 7, -1]).argmax()) == [1])
    #expect(floats(maximum(Tensor([1.0, .nan]), Tensor([.nan, 1.0]))).allSatisfy { $0.isNaN })
    #expect(floats(relu(Tensor([Double.nan, -1, 2])))[1...] == [0, 2])
  }

  @Test func `sums run in row-major order and start at zero`() {
    #expect(Interpreter<Float>().evaluate([Tensor([Float(1), 1e8, -1e8]).sum().node], inputs: [:])[0].floats == [0])
    #expect(floats(Tensor.zeros([2, 0], dtype: .float64).sum(axes: [1])) == [0, 0])
    #expect(integers(Tensor([UInt8(200), 100]).sum()) == [44])
    #expect(integers(Tensor([Int32.max, 1]).sum()) == [Int(Int32.min)])
  }

  @Test func `integer arithmetic wraps, and division by zero gives zero`() {
    #expect(integers(Tensor([Int32.min, 7, -7]) / Tensor([Int32(-1), 0, 2])) == [Int(Int32.min), 0, -3])
    #expect(integers(Tensor([Int64.max]) + Tensor([Int64(1)])) == [.min])
    #expect(integers(Tensor([Int32(-1)]).shiftedRight(by: 28)) == [15])
    #expect(integers(Tensor([Int32(1)]).shiftedLeft(by: 31)) == [Int(Int32.min)])
    #expect(integers(Tensor([Int32(-1)]).shiftedRight(by: 32)) == [0])
    #expect(integers(-Tensor([UInt8(1)])) == [255])
  }

  @Test func `elements move where they should`() {
    let x = Tensor([0.0, 1, 2, 3, 4, 5], shape: [2, 3])
    #expect(floats(x.transposed) == [0, 3, 1, 4, 2, 5])
    #expect(floats(x.reversed(axes: [1])) == [2, 1, 0, 5, 4, 3])
    #expect(floats(x.sliced(starts: [0, 0], limits: [2, 3], strides: [1, 2])) == [0, 2, 3, 5])
    #expect(
      floats(x.sliced(axis: 0, 1..<2).padded(low: [0, 1], high: [1, 0], interior: [0, 1], value: 9)) == [
        9, 3, 9, 4, 9, 5, 9, 9, 9, 9, 9, 9,
      ])
    #expect(floats(concatenate([x, x.sliced(axis: 1, 0..<1)], axis: 1)) == [0, 1, 2, 0, 3, 4, 5, 3])
    #expect(floats(x.sliced(axis: 1, 1..<2).broadcast(to: [2, 2])) == [1, 1, 4, 4])
    #expect(integers(Tensor.iota([2, 3], axis: 0)) == [0, 0, 0, 1, 1, 1])
  }

  @Test func `products and indexing`() {
    let a = Tensor([1.0, 2, 3, 4, 5, 6], shape: [2, 3])
    #expect(floats(matmul(a, a.transposed)) == [14, 32, 32, 77])
    #expect(
      floats(dot(a, a, DotAxes(lhsBatch: [1], rhsBatch: [1], lhsContracting: [0], rhsContracting: [0]))) == [
        17, 29, 45,
      ])
    #expect(
      floats(dot(a, Tensor([1.0, -1]), DotAxes(lhsContracting: [], rhsContracting: [])))[..<4] == [1, -1, 2, -2])
    #expect(floats(a.gathering(Tensor([Int32(2), -5, 9]), axis: 1)) == [3, 1, 3, 6, 4, 6])
    #expect(
      floats(Tensor([1.0, 1]).scatterAdding(Tensor([1.0, 10, 100, 1000]), at: Tensor([Int64(0), 1, 0, 7]))) == [
        102, 1011,
      ])
    #expect(
      integers(
        dot(
          Tensor([Int32(1) << 20, 1]), Tensor([Int32(1) << 20, 5]), DotAxes(lhsContracting: [0], rhsContracting: [0])))
        == [5])
  }

  @Test(arguments: DType.allCases)
  func `values and storages convert without loss`(dtype: DType) {
    var random = SplitMix(3)
    let storage = random.storage([3, 5], dtype)
    let back = Value(storage).storage()
    #expect(back.shape == storage.shape && back.dtype == dtype)
    let bytes = UnsafeRawBufferPointer(start: storage.pointer, count: storage.byteCount)
    #expect(bytes.elementsEqual(UnsafeRawBufferPointer(start: back.pointer, count: back.byteCount)))
  }

  @Test func `large integers convert without loss`() {
    let numbers: [Int64] = [.min, .max, 1 << 53 + 1]
    #expect(Value(Storage(numbers, shape: [3])).storage().scalars(as: Int64.self) == numbers)
  }

  @Test func `the interpreter walks deep graphs`() {
    var x = Tensor([1.0])
    for _ in 0..<20_000 { x = x + 1 }
    #expect(floats(x) == [20_001])
  }

  @Test func `attention is a mean of the values weighted by the softmax of the scores`() {
    // One head, width 1, scale 1: scores q·k; log 3 makes weights of 1 : 3.
    let log3 = 1.0986122886681098
    let q = Tensor([1.0, 1], shape: [1, 2, 1, 1])
    let k = Tensor([0, log3], shape: [1, 2, 1, 1])
    let v = Tensor([4.0, 8], shape: [1, 2, 1, 1])
    func near(_ x: Tensor, _ expected: [Double]) -> Bool {
      zip(floats(x), expected).allSatisfy { ($0 - $1).magnitude < 1e-12 } && x.shape.elementCount == expected.count
    }
    #expect(near(attention(q, k, v, scale: 1), [7, 7]))
    #expect(near(attention(q, k, v, causal: true, scale: 1), [4, 7]))
    #expect(near(attention(q, k, v, scale: 0), [6, 6]))
    // Width 1: the default scale is 1. Fewer queries than keys see those at their own position and before.
    #expect(near(attention(q.sliced(axis: 1, 0..<1), k, v), [7]))
    #expect(near(attention(q.sliced(axis: 1, 0..<1), k, v, causal: true), [4]))
    // Cotangent 1 for the second query: dP = v, dS = P∘(v − 7) = [−¾, ¾].
    let gradient = Node(
      .attentionGradient(Attention(isCausal: true, scale: 1)),
      [q, k, v, Tensor([0.0, 1], shape: [1, 2, 1, 1])].map(\.node), shape: [1, 2, 3, 1, 1], dtype: .float64)
    #expect(near(Tensor(gradient), [0, -0.75, 0.25, 0.75 * log3, 0.75, 0.75]))
  }

  @Test func `a loop carries values from step to step and stacks outputs`() {
    let x = Tensor([1.0, 2, 3])
    let running = scan(over: [x], from: [Tensor(10.0)]) { c, e in ([c[0] * 2 + e[0]], [c[0], c[0] - e[0]]) }
    // 10 → 21 → 44 → 91.
    #expect(floats(running.carries[0]) == [91])
    #expect(floats(running.outputs[0]) == [10, 21, 44])
    #expect(floats(running.outputs[1]) == [9, 19, 41])
    let reversed = scan(over: [x], from: [Tensor(10.0)], reversed: true) { c, e in ([c[0] * 2 + e[0]], [c[0]]) }
    // 10 → 23 → 48 → 97; outputs stay at their element's place.
    #expect(floats(reversed.carries[0]) == [97])
    #expect(floats(reversed.outputs[0]) == [48, 23, 10])
    let none = scan(over: [Tensor([] as [Double])], from: [Tensor(10.0)]) { c, e in ([c[0] + e[0]], [c[0]]) }
    #expect(floats(none.carries[0]) == [10])
    #expect(floats(none.outputs[0]) == [] && none.outputs[0].shape == [0])
  }

  @Test func `a checkpoint and a barrier give what they are given`() {
    let x = Tensor([1.0, 2, 3])
    #expect(floats(checkpoint { x * x + 1 }) == [2, 5, 10])
    #expect(floats(checkpoint([x, x * 2]) { [$0[0] + $0[1], $0[1]] }[0]) == [3, 6, 9])
    #expect(floats(Tensor(Node(.barrier, [x.node, (x * 7).node], shape: [3], dtype: .float64))) == [1, 2, 3])
  }
}
