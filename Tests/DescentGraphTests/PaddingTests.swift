import DescentGraph
import Testing

/// Padding on values that PyTorch 2 gives.
@Suite struct PaddingTests {
  private let x = Tensor([1.0, 2, 3, 4, 5, 6], shape: [2, 3])

  private func rows(_ mode: PaddingMode) -> [[Double]] {
    let y = x.padded(low: [1, 2], high: [1, 1], mode: mode)
    #expect(y.shape == [4, 6])
    let values = evaluated(y)
    return (0..<4).map { Array(values[($0 * 6)..<($0 * 6 + 6)]) }
  }

  @Test func `every mode on two axes`() {
    #expect(rows(.reflect) == [[6, 5, 4, 5, 6, 5], [3, 2, 1, 2, 3, 2], [6, 5, 4, 5, 6, 5], [3, 2, 1, 2, 3, 2]])
    #expect(rows(.replicate) == [[1, 1, 1, 2, 3, 3], [1, 1, 1, 2, 3, 3], [4, 4, 4, 5, 6, 6], [4, 4, 4, 5, 6, 6]])
    #expect(rows(.circular) == [[5, 6, 4, 5, 6, 4], [2, 3, 1, 2, 3, 1], [5, 6, 4, 5, 6, 4], [2, 3, 1, 2, 3, 1]])
    #expect(rows(.constant(7)) == [[7, 7, 7, 7, 7, 7], [7, 7, 1, 2, 3, 7], [7, 7, 4, 5, 6, 7], [7, 7, 7, 7, 7, 7]])
  }

  @Test func `one side, and nothing at all`() {
    let y = Tensor([1.0, 2, 3])
    #expect(evaluated(y.padded(low: [2], high: [0], mode: .reflect)) == [3, 2, 1, 2, 3])
    #expect(evaluated(y.padded(low: [0], high: [3], mode: .circular)) == [1, 2, 3, 1, 2, 3])
    #expect(y.padded(low: [0], high: [0], mode: .replicate).node == y.node)
  }
}
