import DescentReference
import DescentGraph
import Testing

/// What convolutions and windows mean, on values worked out by hand.
@Suite struct ConvolutionReferenceTests {
  private func floats(_ x: Tensor) -> [Double] { Interpreter<Double>().evaluate([x.node], inputs: [:])[0].floats }

  /// 1, 2, 3 … of `shape`.
  private func counted(_ shape: Shape) -> Tensor {
    Tensor((1...shape.elementCount).map(Double.init), shape: shape)
  }

  @Test func `a kernel is not flipped`() {
    let y = convolution(counted([1, 1, 4]), Tensor([1.0, 10, 100], shape: [1, 1, 3]))
    #expect(y.shape == [1, 1, 2])
    #expect(floats(y) == [321, 432])
  }

  @Test func `padding is zeros, before and behind`() {
    let y = convolution(
      counted([1, 1, 3]), Tensor([1.0, 10], shape: [1, 1, 2]), padding: .explicit(low: [2], high: [1]))
    #expect(floats(y) == [0, 10, 21, 32, 3])
  }

  @Test func `strides move the window, dilations spread it`() {
    let (x, kernel) = (counted([1, 1, 7]), Tensor([1.0, 10], shape: [1, 1, 2]))
    #expect(floats(convolution(x, kernel, strides: [3])) == [21, 54])
    #expect(floats(convolution(x, kernel, dilations: [3])) == [41, 52, 63, 74])
    #expect(floats(convolution(x, kernel, strides: [2], dilations: [4])) == [51, 73])
  }

  @Test func `channels are summed, outputs stand side by side`() {
    // Two channels [1, 2] and [3, 4]; output 0 sees their difference, output 1 a hundredfold of the second.
    let y = convolution(counted([1, 2, 2]), Tensor([1.0, -1, 0, 100], shape: [2, 2, 1]))
    #expect(floats(y) == [-2, -2, 300, 400])
  }

  @Test func `groups see their own channels only`() {
    // Two groups of two channels, one output each.
    let y = convolution(counted([1, 4, 1]), Tensor([1.0, 10, 1, 10], shape: [2, 2, 1]), groups: 2)
    #expect(floats(y) == [21, 43])
  }

  @Test func `two spatial axes`() {
    // Rows 1 2 3, 4 5 6, 7 8 9.
    let y = convolution(counted([1, 1, 3, 3]), Tensor([1.0, 0, 0, 10], shape: [1, 1, 2, 2]))
    #expect(floats(y) == [51, 62, 84, 95])
    let strided = convolution(
      counted([1, 1, 3, 3]), .ones([1, 1, 2, 2], dtype: .float64), strides: [2, 1], padding: 1)
    // Row windows {-, 0} and {1, 2}; column windows {-, 0}, {0, 1}, {1, 2}, {2, -}.
    #expect(floats(strided) == [1, 3, 5, 3, 11, 24, 28, 15])
  }

  @Test func `same padding keeps the extent, and the odd element goes behind`() {
    let y = convolution(counted([1, 1, 3]), Tensor([1.0, 10], shape: [1, 1, 2]), padding: .same)
    #expect(floats(y) == [21, 32, 3])
    #expect(convolution(counted([1, 1, 7]), counted([1, 1, 4]), strides: [3], padding: .same).shape == [1, 1, 3])
    #expect(convolution(counted([1, 1, 7]), counted([1, 1, 3]), padding: .same, dilations: [2]).shape == [1, 1, 7])
  }

  @Test func `integers wrap`() {
    let x = Tensor([UInt8(200), 100], shape: [1, 1, 2])
    let y = convolution(x, Tensor([UInt8(1), 1], shape: [1, 1, 2]))
    #expect(Interpreter<Double>().evaluate([y.node], inputs: [:])[0].integers == [44])
  }

  @Test func `a transposed convolution lays the kernel down at every position`() {
    let (x, kernel) = (Tensor([1.0, 10], shape: [1, 1, 2]), counted([1, 1, 3]))
    #expect(floats(transposedConvolution(x, kernel)) == [1, 12, 23, 30])
    #expect(floats(transposedConvolution(x, kernel, strides: [2])) == [1, 2, 13, 20, 30])
    #expect(floats(transposedConvolution(x, kernel, strides: [3])) == [1, 2, 3, 10, 20, 30])
    #expect(floats(transposedConvolution(x, kernel, strides: [2], padding: 1)) == [2, 13, 20])
    #expect(floats(transposedConvolution(x, kernel, strides: [2], padding: 1, outputPadding: [1])) == [2, 13, 20, 30])
    #expect(floats(transposedConvolution(x, kernel, strides: [2], outputPadding: [1])) == [1, 2, 13, 20, 30, 0])
    #expect(floats(transposedConvolution(x, kernel, strides: [2], padding: .same)) == [1, 2, 13, 20])
    #expect(floats(transposedConvolution(x, kernel, dilations: [2])) == [1, 10, 2, 20, 3, 30])
  }

  @Test func `a transposed convolution goes from channels to outputs in groups`() {
    // Two channels, each its own group with two outputs.
    let y = transposedConvolution(counted([1, 2, 1]), Tensor([1.0, 10, 100, 1000], shape: [2, 2, 1]), groups: 2)
    #expect(y.shape == [1, 4, 1])
    #expect(floats(y) == [1, 10, 200, 2000])
  }

  @Test func `windows are positions, then elements`() {
    let x = Tensor([0.0, 1, 2, 3, 4, 5, 6], shape: [7])
    #expect(floats(x.windows([3], strides: [2])) == [0, 1, 2, 2, 3, 4, 4, 5, 6])
    #expect(floats(x.windows([2], strides: [3], dilations: [3])) == [0, 3, 3, 6])
    let matrix = Tensor([0.0, 1, 2, 3, 4, 5], shape: [2, 3])
    #expect(matrix.windows([2, 2]).shape == [1, 2, 2, 2])
    #expect(floats(matrix.windows([2, 2])) == [0, 1, 3, 4, 1, 2, 4, 5])
    #expect(matrix.windows([2]).shape == [2, 2, 2])
    #expect(floats(matrix.windows([2])) == [0, 1, 1, 2, 3, 4, 4, 5])
  }

  @Test func `folding adds up what the windows took`() {
    let w = Windows(sizes: [3], strides: [2], dilations: [1])
    #expect(
      floats(Tensor([1.0, 2, 3, 10, 20, 30], shape: [2, 3]).foldingWindows(w, to: [6])) == [1, 2, 13, 20, 30, 0])
    let gaps = Windows(sizes: [2], strides: [3], dilations: [1])
    #expect(floats(Tensor([1.0, 2, 3, 4], shape: [2, 2]).foldingWindows(gaps, to: [5])) == [1, 2, 0, 3, 4])
  }
}
