import DescentGraph
import DescentNN
import Testing

/// Pooling layers on values that PyTorch 2 gives.
@Suite struct PoolingTests {
  private let image = Tensor([1, 3, 3, 0, 2, 3, 1, 0, 0, 0, 5, 5, 0, 0, 5, 4] as [Float], shape: [1, 1, 4, 4])
  private let sequence = Tensor([1, 3, 2, -1, -4, 6] as [Float], shape: [1, 1, 6])

  @Test func `the greatest element of a window`() throws {
    #expect(try MaxPool2d(kernelSize: 2)(image).values() == [3, 3, 0, 5])
    #expect(try MaxPool2d(kernelSize: 3, stride: 2, padding: 1)(image).values() == [3, 3, 3, 5])
    #expect(try MaxPool2d(kernelSize: 2, stride: 1, dilation: 2)(image).values() == [5, 5, 5, 4])
    #expect(try MaxPool2d(kernelSize: (1, 4))(image).values() == [3, 3, 5, 5])
    #expect(try MaxPool1d(kernelSize: 2)(sequence).values() == [3, 2, 6])
    #expect(try MaxPool1d(kernelSize: 3, stride: 2, padding: 1)(sequence).values() == [3, 3, 6])
    #expect(try MaxPool1d(kernelSize: 2, stride: 1, dilation: 3)(sequence).values() == [1, 3, 6])
  }

  @Test func `one element of a window gets the gradient, in the engine too`() throws {
    let found = try valueAndGradients(
      MaxPool2d(kernelSize: 2), image, Tensor([1, 2, 3, 4] as [Float], shape: [1, 1, 2, 2]))
    #expect(found[1] == [0, 1, 2, 0, 0, 0, 0, 0, 3, 0, 4, 0, 0, 0, 0, 0])
  }

  @Test func `the mean of a window`() throws {
    #expect(try AvgPool2d(kernelSize: 2)(image).values() == [2.25, 1, 0, 4.75])
    #expect(try AvgPool2d(kernelSize: (4, 1), stride: (1, 3))(image).values() == [0.75, 2.25])
    #expect(try AvgPool1d(kernelSize: 2, padding: 1)(sequence).values() == [0.5, 2.5, -2.5, 3])
    #expect(
      try AvgPool1d(kernelSize: 2, padding: 1, countsPadding: false)(sequence).values() == [1, 2.5, -2.5, 6])
  }

  @Test func `the mean of everything`() throws {
    #expect(try GlobalAveragePool()(image).values() == [2])
    #expect(GlobalAveragePool()(image).shape == [1, 1])
    #expect(GlobalAveragePool(keepingAxes: true)(image).shape == [1, 1, 1, 1])
  }
}
