import DescentGraph
import Testing

/// Gradients where a factor of theirs is infinite or 0.
@Suite struct ElementwiseGradientTests {
  private func slopes(_ x: Tensor, order: Int, _ f: (Tensor) -> Tensor) -> [[Double]] {
    var y = f(x).sum()
    return (0..<order).map { _ in
      let slope = gradients(of: y, withRespectTo: [x])[0]
      y = slope.sum()
      return evaluated(slope)
    }
  }

  @Test func `all derivatives of whole powers at 0`() {
    let x = Tensor([0.0, 2])
    #expect(slopes(x, order: 3) { pow($0, 0) } == [[0, 0], [0, 0], [0, 0]])
    #expect(slopes(x, order: 3) { pow($0, 1) } == [[1, 1], [0, 0], [0, 0]])
    #expect(slopes(x, order: 3) { pow($0, 2) } == [[0, 4], [2, 2], [0, 0]])
    #expect(slopes(x, order: 4) { pow($0, 3) } == [[0, 12], [0, 12], [6, 6], [0, 0]])
  }

  @Test func `derivatives of powers with exponents that are data`() {
    let (base, exponent) = (Tensor([0.0, 0, 2, 2, -2]), Tensor([0.0, 3, 0, 1, 0]))
    let first = gradients(of: pow(base, exponent).sum(), withRespectTo: [base, exponent])
    #expect(evaluated(first[0]) == [0, 0, 0, 1, 0])
    let logarithm = evaluated(log(Tensor(2.0)))[0]
    #expect(evaluated(first[1]) == [0, 0, logarithm, 2 * logarithm, 0])
    // ∂²/∂a∂b aᵇ is 1/a at b = 0.
    let mixed = gradients(of: first[0].sliced(axis: 0, 2..<3).sum(), withRespectTo: [exponent])[0]
    #expect(evaluated(mixed)[2] == 0.5)
    #expect(evaluated(gradients(of: first[0].sum(), withRespectTo: [base])[0])[0] == 0)
  }

  /// A cotangent times a value overflows before it meets the factor that makes it small again.
  @Test func `no overflow in between`() {
    func slope(_ x: Float, _ cotangent: Float, _ f: (Tensor) -> Tensor) -> Float {
      let x = Tensor([x])
      return evaluated(gradients(of: (f(x) * Tensor([cotangent])).sum(), withRespectTo: [x])[0], as: Float.self)[0]
    }
    for f in [silu] {
      #expect(slope(3e38, 10, f) == 10)
      #expect(slope(3e38, 2, f) == 2)
      #expect(slope(-3e38, 2, f) == 0)
      #expect(slope(1e30, 1e20, f) == 1e20)
      #expect(slope(.infinity, 2, f) == 2)
      #expect(slope(-.infinity, 2, f) == 0)
    }
    // −g·a/b², a = 10³⁰.
    #expect(slope(1e10, 1e10) { 1e30 / $0 } == -1e20)
    #expect(slope(1e30, 1e30, sigmoid) == 0)
    #expect(slope(1e30, 1e30, tanh) == 0)
    #expect(slope(1e10, 1e30, erf) == 0)
  }
}
