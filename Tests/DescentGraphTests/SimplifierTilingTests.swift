import DescentGraph
import Testing

/// Sums of padded tensors that are concatenations.
@Suite struct SimplifierTilingTests {
  private func simplified(_ body: (Tensor) -> Tensor) -> String {
    let program = Simplifier.simplify(traced([([2, 3], .float32)]) { [body($0[0])] })
    Verifier.verify(program)
    return program.printed()
  }

  @Test func `the gradients of slices that make up a tensor are put one after another`() {
    func slices(_ bounds: [Int]) -> String {
      simplified { x in
        let parts = zip(bounds, bounds.dropFirst()).map { x.sliced(axis: 1, $0..<$1) }
        let loss = parts.enumerated().map { (exp($0.element) * Double($0.offset + 1)).sum() }.reduce(Tensor(0.0), +)
        return gradients(of: loss, withRespectTo: [x])[0]
      }
    }
    let whole = slices([0, 1, 2, 3])
    #expect(whole.contains("concatenate") && !whole.contains("pad"))
    // A slice that nobody takes leaves a gap.
    #expect(!slices([1, 2, 3]).contains("concatenate"))
  }

  @Test func `a sum of padded tensors that overlap or are not all padded stays one`() {
    let text = simplified { x in
      x.sliced(axis: 0, 0..<1).padded(low: [0, 0], high: [1, 0])
        + exp(x).sliced(axis: 0, 0..<1).padded(low: [0, 0], high: [1, 0])
    }
    #expect(text.contains("pad") && !text.contains("concatenate"))
    #expect(!simplified { $0.sliced(axis: 0, 0..<1).padded(low: [0, 0], high: [1, 0]) + $0 }.contains("concatenate"))
  }
}
