import DescentGraph
import Testing

/// Pooling on values that PyTorch 2 gives; ties, padding and NaN by hand.
@Suite struct PoolingTests {
  /// With ties in every corner.
  private let x = Tensor([1.0, 3, 3, 0, 2, 3, 1, 0, 0, 0, 5, 5, 0, 0, 5, 4], shape: [1, 4, 4])

  private func slope(_ y: Tensor) -> [Double] {
    let weights = Tensor([1.0, 2, 3, 4], shape: [1, 2, 2])
    return evaluated(gradients(of: (y * weights).sum(), withRespectTo: [x])[0])
  }

  @Test func `the first of the greatest elements gets the gradient`() {
    let y = maxPool(x, [2, 2])
    #expect(evaluated(y) == [3, 3, 0, 5])
    #expect(slope(y) == [0, 1, 2, 0, 0, 0, 0, 0, 3, 0, 4, 0, 0, 0, 0, 0])
  }

  @Test func `windows that overlap add their gradients up`() {
    let y = maxPool(x, [3, 3], strides: [2, 2], padding: 1)
    #expect(evaluated(y) == [3, 3, 3, 5])
    #expect(slope(y) == [0, 3, 0, 0, 0, 3, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0])
  }

  @Test func `dilated windows`() {
    let y = maxPool(x, [2, 2], strides: [1, 1], dilations: [2, 2])
    #expect(evaluated(y) == [5, 5, 5, 4])
    #expect(slope(y) == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 0, 0, 3, 4])
  }

  @Test func `NaN and infinities come through a maximum`() {
    let infinity = Double.infinity
    let y = maxPool(Tensor([1, .nan, infinity, 2, -infinity, -infinity, -3, -infinity]), [2])
    let found = evaluated(y)
    #expect(found[0].isNaN && found[1...] == [infinity, -infinity, -3])
    #expect(evaluated(maxPool(Tensor([-5.0, -6]), [2], padding: .explicit(low: [3], high: [0]))) == [-infinity, -5])
  }

  @Test func `means count padding or not`() {
    let counted = evaluated(averagePool(x, [3, 3], strides: [2, 2], padding: 1))
    for (found, sum) in zip(counted, [9.0, 10, 5, 23]) { #expect((found - sum / 9).magnitude < 1e-15) }
    let uncounted = averagePool(x, [3, 3], strides: [2, 2], padding: 1, countsPadding: false)
    for (found, mean) in zip(evaluated(uncounted), [9.0 / 4, 10.0 / 6, 5.0 / 6, 23.0 / 9]) {
      #expect((found - mean).magnitude < 1e-15)
    }
    #expect(
      evaluated(averagePool(Tensor([1.0, 2, 4]), [2], strides: [1], padding: .same, countsPadding: false)) == [
        1.5, 3, 4,
      ])
  }

  @Test func `the gradient of a mean is spread evenly`() {
    let y = averagePool(x, [2, 2])
    #expect(evaluated(y) == [2.25, 1, 0, 4.75])
    #expect(slope(y) == [0.25, 0.25, 0.5, 0.5, 0.25, 0.25, 0.5, 0.5, 0.75, 0.75, 1, 1, 0.75, 0.75, 1, 1])
  }

  @Test func `global pooling drops the spatial axes or keeps them at 1`() {
    let x = Tensor([1.0, 2, 3, 6, -1, -5, -2, -4], shape: [1, 2, 2, 2])
    #expect(evaluated(globalAveragePool(x)) == [3, -3])
    #expect(evaluated(globalMaxPool(x)) == [6, -1])
    #expect(globalAveragePool(x).shape == [1, 2] && globalMaxPool(x).shape == [1, 2])
    #expect(globalAveragePool(x, keepingAxes: true).shape == [1, 2, 1, 1])
    #expect(globalMaxPool(x, keepingAxes: true).shape == [1, 2, 1, 1])
  }
}
