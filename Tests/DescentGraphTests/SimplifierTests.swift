import DescentRuntime
import DescentReference
import DescentGraph
import Testing

/// Rewrites that must happen, and some that must not.
@Suite struct SimplifierTests {
  /// The simplified graph of one result of one f32[2, 3] argument.
  private func simplified(_ body: (Tensor) -> Tensor) -> String {
    let program = Simplifier.simplify(traced([([2, 3], .float32)]) { [body($0[0])] })
    Verifier.verify(program)
    return program.printed()
  }
  private let untouched = "%x0 = input : f32[2, 3]\nresult %x0 : f32[2, 3]"

  @Test func `identities vanish`() {
    let identities: [@Sendable (Tensor) -> Tensor] = [
      { $0 + -0.0 }, { -0.0 + $0 }, { $0 - 0 }, { $0 * 1 }, { 1 * $0 }, { $0 / 1 }, { -(-$0) }, { pow($0, 1) },
      { $0.stoppingGradient() }, { $0.transposed.transposed }, { $0.reshaped(Shape([6])).reshaped(Shape([2, 3])) },
      { maximum($0, $0) }, { minimum($0, $0) }, { select(Tensor.ones([2, 3], dtype: .bool), $0, -$0) },
      { select($0 .> 0.0, $0, $0) },
      { Tensor(Node(.concatenate(axis: 0), [$0.node], shape: [2, 3], dtype: .float32)) },
      { Tensor(Node(.transpose([0, 1]), [$0.node], shape: [2, 3], dtype: .float32)) },
      { Tensor(Node(.cast, [$0.node], shape: [2, 3], dtype: .float32)) },
      { $0.reshaped(Shape([2, 1, 3])).sum(axes: [1]) },
    ]
    for (number, identity) in identities.enumerated() {
      #expect(simplified(identity) == untouched, "identity \(number)")
    }
  }

  @Test func `double applications become one`() {
    #expect(simplified { relu(relu($0)) } == simplified { relu($0) })
    #expect(simplified { abs(abs($0)) } == simplified { abs($0) })
    let twice = simplified { x in
      let once = Tensor(Node(.broadcast(axes: [0, 2]), [x.node], shape: [2, 4, 3], dtype: .float32))
      return Tensor(Node(.broadcast(axes: [1, 2, 3]), [once.node], shape: [5, 2, 4, 3], dtype: .float32))
    }
    #expect(twice.contains("broadcast(%x0) axes [1, 3] : f32[5, 2, 4, 3]"))
    // Two permutations that do not commute: the order of composition shows.
    let moved = simplified { $0.reshaped(Shape([1, 2, 3])).transposed([1, 2, 0]).transposed([0, 2, 1]) }
    #expect(moved.contains("transpose(%0) [1, 0, 2] : f32[2, 1, 3]"))
  }

  @Test func `powers become products`() {
    #expect(simplified { pow($0, 2) } == simplified { $0 * $0 })
    #expect(simplified { pow($0, 3) } == simplified { $0 * $0 * $0 })
    #expect(simplified { pow($0, -1) } == simplified { 1 / $0 })
    #expect(simplified { pow($0, 0) }.hasSuffix("result 1 : f32[2, 3]"))
    #expect(simplified { pow($0, 2.5) }.contains("power"))
    #expect(simplified { $0 * -1 } == simplified { -$0 })
    #expect(simplified { -0.0 - $0 } == simplified { -$0 })
  }

  @Test func `equal nodes are shared and dead ones dropped`() {
    let text = simplified { x in
      _ = exp(x)
      return sin(x * 2) * cos(x * 2)
    }
    #expect(text.components(of: "multiply(%x0, 2)") == 1)
    #expect(!text.contains("exp"))
    // Two draws with the same key are one, with different keys two.
    let key = RandomKey(1)
    #expect(simplified { $0 + key.uniform([2, 3]) * key.uniform([2, 3]) }.components(of: "randomBits") == 1)
    #expect(simplified { $0 + key.uniform([2, 3]) * RandomKey(2).uniform([2, 3]) }.components(of: "randomBits") == 2)
  }

  @Test func `constants are folded in their own dtype`() {
    func constant(_ dtype: DType, _ body: (Tensor) -> Tensor) -> Double? {
      Simplifier.simplify(traced([]) { _ in [body(.ones([2], dtype: dtype))] }).results[0].splat
    }
    #expect(constant(.float32) { $0 * 0.1 + 0.2 } == Double(Float(0.1) + Float(0.2)))
    #expect(constant(.float32) { exp($0) } == Double(Float(2.718281828459045)))
    #expect(constant(.int32) { ($0 * 7) / 2 } == 3)
    #expect(constant(.int32) { $0 * 2_000_000_000 + 2_000_000_000 } == Double(Int32(truncatingIfNeeded: 4_000_000_000)))
    #expect(constant(.uint8) { -$0 } == 255)
    #expect(constant(.uint8) { !$0 } == 254)
    #expect(constant(.int32) { ($0 * 300).cast(to: .uint8) } == 44)
    #expect(constant(.float32) { ($0 * 300).cast(to: .uint8) } == 255)
    #expect(constant(.float32) { ($0 .> 0.5).cast(to: .int32) } == 1)
    #expect(constant(.float32) { $0.sum() } == 2)
    #expect(constant(.float32) { $0.expanded(axis: 0).transposed.reversed(axes: [0]).sliced(axis: 0, 1..<2) } == 1)
  }

  @Test func `integers that a Double does not hold are not folded`() {
    let program = traced([]) { _ in
      let large = Tensor(filled: 0x1p52, shape: [1], dtype: .int64)
      return [
        large * 3 + 1, large * large, (large * 4).cast(to: .int32) + 1,
        Tensor(filled: -0x1p63, shape: [1], dtype: .int64) - 1,
      ]
    }
    let (before, after) = (program, Simplifier.simplify(program))
    let interpreter = Interpreter<Double>()
    func values(_ p: Program) -> [[Int]] { interpreter.run(p, arguments: []).results.map(\.integers) }
    #expect(values(before) == [[3 << 52 + 1], [0], [1], [Int.max]])
    #expect(values(after) == values(before))
  }

  @Test func `parts that are put together again are the whole`() {
    func parts(_ x: Tensor, _ axis: Int) -> [Tensor] { (0..<x.shape[axis]).map { x.sliced(axis: axis, $0..<($0 + 1)) } }
    #expect(simplified { concatenate(parts($0, 1), axis: 1) } == untouched)
    #expect(simplified { concatenate([$0.sliced(axis: 1, 0..<2), $0.sliced(axis: 1, 2..<3)], axis: 1) } == untouched)
    #expect(simplified { $0.sliced(starts: [0, 0], limits: [2, 3]) } == untouched)
    // The gradient of slices, whatever the order in which they are used.
    for order in [[0, 1, 2], [2, 0, 1], [0, 2, 1], [1, 2, 0]] {
      let gradient = simplified { x in
        let y = parts(x, 1)
        return gradients(of: order.map { (y[$0] * Double($0 + 2)).sum() }.reduce(Tensor(0.0), +), withRespectTo: [x])[0]
      }
      #expect(gradient.components(of: "concatenate") == 1 && !gradient.contains("pad"), "\(order): \(gradient)")
    }
    // Not the whole: a gap, the wrong order, another axis, steps.
    #expect(
      simplified { concatenate([$0.sliced(axis: 1, 0..<1), $0.sliced(axis: 1, 2..<3)], axis: 1) }.contains("concat"))
    #expect(simplified { concatenate(parts($0, 1).reversed(), axis: 1) }.contains("concat"))
    #expect(simplified { concatenate(parts($0, 1), axis: 0) }.contains("concat"))
    let gap = simplified {
      $0.sliced(axis: 1, 0..<1).padded(low: [0, 0], high: [0, 2])
        + $0.sliced(axis: 1, 2..<3).padded(low: [0, 2], high: [0, 0])
    }
    #expect(gap.components(of: "pad") == 2)
    let filled = simplified {
      $0.padded(low: [0, 0], high: [2, 0], value: 1) + $0.padded(low: [2, 0], high: [0, 0], value: 1)
    }
    #expect(filled.components(of: "pad") == 2)
    let inner = simplified { $0.padded(low: [1, 0], high: [3, 0]) + $0.padded(low: [3, 0], high: [1, 0]) }
    #expect(inner.contains("concatenate(%x0, %x0) axis 0 : f32[4, 3]") && inner.contains("low [1, 0] high [1, 0]"))
  }

  @Test func `NaN and infinity survive`() {
    #expect(simplified { $0 * 0 }.contains("multiply"))
    #expect(simplified { $0 - $0 }.contains("subtract"))
    #expect(simplified { $0 / $0 }.contains("divide"))
    #expect(simplified { ($0 .== $0).cast(to: .float32) }.contains("equal"))
  }

  @Test func `updates are simplified with the results`() {
    let weight = Variable(shape: [2], name: "weight")
    let program = Trace.record(arguments: []) { _ in
      weight.value = weight.value * 1 - 0
      return []
    }
    let simplified = Simplifier.simplify(program)
    #expect(simplified.updates[0].value === simplified.reads[0].input)
  }
}

extension String {
  /// How often `part` occurs.
  fileprivate func components(of part: String) -> Int {
    split(separator: part, omittingEmptySubsequences: false).count - 1
  }
}
