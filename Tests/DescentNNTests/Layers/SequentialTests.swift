import DescentGraph
import DescentNN
import Testing

@Suite struct SequentialTests {
  @Test func `a perceptron has its activation between linear layers`() {
    let network = Sequential.perceptron([4, 8, 6, 3], activation: .tanh, dropout: 0.2)
    let kinds = network.layers.map { layer -> String in
      switch layer {
      case let linear as Linear: "linear \(linear.weight.shape)"
      case let activation as Activation: activation.rawValue
      case let dropout as Dropout: "dropout \(dropout.rate)"
      default: "?"
      }
    }
    #expect(
      kinds == ["linear [8, 4]", "tanh", "dropout 0.2", "linear [6, 8]", "tanh", "dropout 0.2", "linear [3, 6]"])
    #expect(Sequential.perceptron([4, 3]).layers.count == 1)
    #expect(network.parameterCount == 4 * 8 + 8 + 8 * 6 + 6 + 6 * 3 + 3)
  }

  @Test func `each layer starts as its own activation wants, the last as for none`() {
    let network = Sequential.perceptron([4, 8, 3], activation: .relu)
    let initializers = network.parameters.filter { $0.name.hasSuffix("weight") }.map(\.parameter.initializer)
    #expect(initializers == [.heUniform(fanIn: 4), .xavierUniform(fanIn: 8, fanOut: 3)])
  }

  @Test func `layers are applied in order`() throws {
    let (first, second) = (Linear(2, 2, bias: false), Linear(2, 1, bias: false))
    try first.weight.variable.assign(Tensor([1, -1, -1, 1] as [Float], shape: [2, 2]))
    try second.weight.variable.assign(Tensor([10, 1] as [Float], shape: [1, 2]))
    let y = Sequential(first, Activation.relu, second)(Tensor([5, 2, 2, 5] as [Float], shape: [2, 2]))
    #expect(y.shape == [2, 1])
    #expect(try y.values() == [30, 3])
  }
}
