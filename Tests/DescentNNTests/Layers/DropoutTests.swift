import DescentRuntime
import DescentGraph
import DescentNN
import Testing

@Suite struct DropoutTests {
  private static let ones = Tensor.ones([100, 400])

  /// The layer's result in training mode under `seed`.
  private func dropped(_ rate: Double, seed: Int) throws -> [Double] {
    try Forward.training(key: RandomKey(seed)) { Dropout(rate)(Self.ones) }.values()
  }

  @Test func `evaluation is the identity`() throws {
    let x = Tensor([3, -1, 0.5] as [Float])
    #expect(Dropout(0.9)(x).node == x.node)
    #expect(Forward.training(key: RandomKey(1)) { Dropout(0)(x) }.node == x.node)
  }

  /// 40,000 independent draws: the kept fraction lies within 5 standard deviations, √(p(1 − p)/n).
  @Test(arguments: [0.1, 0.3, 0.5, 0.9])
  func `training keeps the expected fraction, scaled`(rate: Double) throws {
    let values = try dropped(rate, seed: 7)
    let kept = values.filter { $0 != 0 }
    let fraction = Double(kept.count) / 40_000
    #expect((fraction - (1 - rate)).magnitude < 5 * (rate * (1 - rate) / 40_000).squareRoot())
    let scale = Double(Float(1 / (1 - rate)))
    #expect(kept.allSatisfy { $0 == scale })
  }

  @Test func `the same seed gives the same mask, another seed another`() throws {
    let mask = try dropped(0.5, seed: 3)
    #expect(try dropped(0.5, seed: 3) == mask)
    // Independent masks agree in half of the places, ± 5 standard deviations.
    let agreeing = zip(mask, try dropped(0.5, seed: 4)).count { $0 == $1 }
    #expect((Double(agreeing) / 40_000 - 0.5).magnitude < 5 * 0.0025)
  }

  @Test func `two layers of one model draw different masks`() throws {
    let both = Forward.training(key: RandomKey(3)) { [Dropout(0.5)(Self.ones), Dropout(0.5)(Self.ones)] }
    let (first, second) = (try both[0].values(), try both[1].values())
    let agreeing = zip(first, second).count { $0 == $1 }
    #expect((Double(agreeing) / 40_000 - 0.5).magnitude < 5 * 0.0025)
  }

  /// As the trainer does it: the key is folded with the step's number, so that the compiled step draws anew.
  @Test func `every step has a new mask and a second run the same ones`() throws {
    func masks() throws -> [[Double]] {
      let count = Variable(shape: [], dtype: .int64, name: "step")
      let function = compile { () -> Tensor in
        let key = RandomKey(11).folding(in: count.value)
        count.value = count.value + Tensor([Int64(1)], shape: [])
        return Forward.training(key: key) { Dropout(0.5)(Tensor.ones([64])) }
      }
      return try (0..<5).map { _ in try function().values() }
    }
    let first = try masks()
    #expect(Set(first).count == 5)
    #expect(try masks() == first)
  }

  @Test func `the gradient passes where the value did`() throws {
    let x = Tensor((0..<64).map { Float($0) - 20 })
    let results = Forward.training(key: RandomKey(5)) { () -> [Tensor] in
      let y = Dropout(0.25)(x)
      return [y] + gradients(of: y.sum(), withRespectTo: [x])
    }
    let (y, gradient) = (try results[0].values(), try results[1].values())
    let scale = Double(Float(1 / 0.75))
    #expect(gradient.contains(0) && gradient.contains(scale))
    for i in 0..<64 { #expect(relativeError([y[i]], [gradient[i] * (Double(i) - 20)]) < 1e-6) }
  }

  /// A key that is a constant of the step does not draw the same units in each.
  @Test func `each run of a compiled step draws anew`() throws {
    let layer = Dropout(0.5)
    let step = compile { (x: Tensor) in Forward.training(key: RandomKey(0)) { layer(x) } }
    let runs = try (0..<4).map { _ in try step(.ones([1, 64])).scalars(as: Float.self) }
    #expect(Set(runs).count == 4)
    // As does the same function compiled again: the draws are a matter of key and run.
    let again = compile { (x: Tensor) in Forward.training(key: RandomKey(0)) { layer(x) } }
    #expect(try (0..<4).map { _ in try again(.ones([1, 64])).scalars(as: Float.self) } == runs)
    // A key that depends on the step is taken as it is.
    let own = compile { (x: Tensor, number: Tensor) in
      Forward.training(key: RandomKey(0).folding(in: number)) { layer(x) }
    }
    let x = Tensor.ones([1, 64])
    let (a, b) = (try own(x, Tensor(3, dtype: .int64)), try own(x, Tensor(3, dtype: .int64)))
    #expect(try a.scalars(as: Float.self) == b.scalars(as: Float.self))
  }
}
