import DescentGraph
import DescentOptim
import DescentRuntime
import Testing

/// ε and mean squares of half-width parameters are float32: in float16 the one would be 0 and the other overflow.
@Suite struct HalfWidthTests {
  /// How far three steps with gradients of this size lead.
  private func change(_ name: String, _ dtype: DType, gradient: Double) throws -> [Double] {
    let entry = try #require(MethodTable.entry(named: name))
    // A large rate, so that steps are not lost in the parameter's rounding.
    let rate = max(entry.learningRate, 0.02)
    let start = Storage(shape: [4, 4], dtype: dtype)
    for i in 0..<16 { start.set(Double(i - 8) / 16, at: i) }
    let w = Variable(start, name: "w")
    let updater = try Updater(entry.make(.constant(rate)), parameters: [w])
    let sizes = Tensor((0..<16).map { Float(gradient * (1 + Double($0 % 3)) * ($0 % 2 == 0 ? 1 : -1)) }, shape: [4, 4])
    let step = compile { () in
      let loss = (w.value.cast(to: .float32) * sizes).sum()
      updater.minimize(loss)
      return loss
    }
    for _ in 0..<3 { _ = try step() }
    return zip(w.elements, 0..<16).map { $0 - Double($1 - 8) / 16 }
  }

  @Test(arguments: MethodTable.entries.map(\.name)) func `steps are those of float32`(name: String) throws {
    for gradient in [1e-4, 300] {
      let wide = try change(name, .float32, gradient: gradient)
      let size = wide.map(\.magnitude).max() ?? 0
      for dtype in [DType.float16, .bfloat16] where size > 0.02 && size < 10 {
        let half = try change(name, dtype, gradient: gradient)
        let worst = zip(wide, half).map { ($0 - $1).magnitude }.max() ?? 0
        #expect(worst <= 0.1 * size + 0.01, "\(name) \(dtype) at \(gradient): \(half) instead of \(wide)")
      }
    }
  }
}
