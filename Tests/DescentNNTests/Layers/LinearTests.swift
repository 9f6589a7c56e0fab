import DescentRuntime
import DescentGraph
import DescentNN
import Testing

@Suite struct LinearTests {
  /// Weight [[1, 2, 3], [−1, 0, 0.5]], bias [10, 20].
  private func layer(bias: Bool = true) throws -> Linear {
    let layer = Linear(3, 2, bias: bias)
    try layer.weight.variable.assign(Tensor([1, 2, 3, -1, 0, 0.5] as [Float], shape: [2, 3]))
    try layer.bias?.variable.assign(Tensor([10, 20] as [Float]))
    return layer
  }

  @Test func `a batch by hand`() throws {
    let x = Tensor([1, 1, 1, 2, -1, 4] as [Float], shape: [2, 3])
    let y = try layer()(x)
    #expect(y.shape == [2, 2])
    #expect(try y.values() == [16, 19.5, 22, 20])
    #expect(try layer(bias: false)(x).values() == [6, -0.5, 12, 0])
  }

  @Test func `leading axes are kept`() throws {
    let layer = try layer()
    let rows = (0..<24).map { Float($0) / 4 }
    let matrix = try layer(Tensor(rows, shape: [8, 3])).values()
    let deep = layer(Tensor(rows, shape: [2, 4, 3]))
    #expect(deep.shape == [2, 4, 2])
    #expect(try deep.values() == matrix)
    let vector = layer(Tensor(Array(rows[3..<6])))
    #expect(vector.shape == [2])
    #expect(try vector.values() == Array(matrix[2..<4]))
  }

  @Test func `its parameters have the documented shapes and start`() throws {
    let layer = Linear(5, 7)
    #expect(layer.weight.shape == [7, 5] && layer.bias?.shape == [7])
    #expect(layer.weight.initializer == .heUniform(fanIn: 5) && layer.bias?.initializer == .zeros)
    #expect(Linear(5, 7, bias: false).bias == nil)
    #expect(Linear(5, 7, initializer: .ones).weight.initializer == .ones)
    #expect(layer.parameterCount == 42)
  }

  /// For y = x·Wᵀ + b and loss Σ c·y: the weight's gradient is cᵀx, the bias's Σ c, the input's c·W.
  @Test func `gradients by hand`() throws {
    let layer = try layer()
    let function = compile { (arguments: [Tensor]) in
      let (x, c) = (arguments[0], arguments[1])
      let loss = (layer(x) * c).sum()
      return gradients(of: loss, withRespectTo: [layer.weight.value, layer.bias!.value, x])
    }
    let x = Tensor([1, 1, 1, 2, -1, 4] as [Float], shape: [2, 3])
    let c = Tensor([1, 2, 3, -1] as [Float], shape: [2, 2])
    let found = try function([x, c]).map { try $0.values() }
    #expect(found[0] == [7, -2, 13, 0, 3, -2])
    #expect(found[1] == [4, 1])
    #expect(found[2] == [-1, 2, 4, 4, 6, 8.5])
  }
}
