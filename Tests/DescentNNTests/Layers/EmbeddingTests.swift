import DescentRuntime
import DescentGraph
import DescentNN
import Testing

@Suite struct EmbeddingTests {
  private func layer() throws -> Embedding {
    let layer = Embedding(4, 3)
    try layer.weight.variable.assign(Tensor((0..<12).map { Float($0) }, shape: [4, 3]))
    return layer
  }

  @Test func `indices of any shape become vectors`() throws {
    let layer = try layer()
    let matrix = layer(Tensor([3, 0, 1, 1] as [Int32], shape: [2, 2]))
    #expect(matrix.shape == [2, 2, 3])
    #expect(try matrix.values() == [9, 10, 11, 0, 1, 2, 3, 4, 5, 3, 4, 5])
    let one = layer(Tensor([2] as [Int64], shape: []))
    #expect(one.shape == [3])
    #expect(try one.values() == [6, 7, 8])
    #expect(layer(.zeros([0, 5], dtype: .int32)).shape == [0, 5, 3])
  }

  /// The gradient of row r is the sum of the cotangents at all places that named it.
  @Test func `the gradient adds up repeated indices`() throws {
    let layer = try layer()
    let function = compile { (arguments: [Tensor]) in
      gradients(of: (layer(arguments[0]) * arguments[1]).sum(), withRespectTo: [layer.weight.value])
    }
    let c = Tensor((1...12).map { Float($0) }, shape: [4, 3])
    let found = try function([Tensor([3, 1, 3, 3] as [Int32]), c])[0].values()
    #expect(found == [0, 0, 0, 4, 5, 6, 0, 0, 0, 18, 21, 24])
  }

  @Test func `it starts normally distributed with deviation 1`() throws {
    let layer = Embedding(200, 50)
    try layer.initialize(seed: 4)
    let values = layer.weight.variable.values
    let mean = values.reduce(0, +) / 10_000
    let variance = values.reduce(0) { $0 + $1 * $1 } / 10_000
    // Five standard deviations of the two estimates.
    #expect(mean.magnitude < 0.05 && (variance - 1).magnitude < 0.0708)
  }
}
