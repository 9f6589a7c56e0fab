import DescentRuntime
import DescentGraph
import DescentNN
import Testing

@Suite struct FreezeTests {
  private func weights(_ model: some Module) -> [String: [Double]] {
    Dictionary(uniqueKeysWithValues: model.parameters.map { ($0.name, $0.parameter.variable.values) })
  }

  /// One step of gradient descent on everything that is trainable; gives the names of what changed.
  private func changedByStep(_ model: Sequential) throws -> Set<String> {
    let before = weights(model)
    let variables = model.trainableVariables
    let x = Tensor((0..<12).map { Float($0 % 5) / 5 + 0.1 }, shape: [4, 3])
    let step = compile { () -> Tensor in
      let loss = meanSquaredError(model(x), .ones([4, 2]))
      for (variable, gradient) in zip(variables, gradients(of: loss, withRespectTo: variables.map(\.value))) {
        variable.value = variable.value - 0.1 * gradient
      }
      return loss
    }
    _ = try step()
    let after = weights(model)
    return Set(before.keys.filter { after[$0] != before[$0] })
  }

  @Test func `frozen parameters stay bit for bit, the others move`() throws {
    let model = Sequential.perceptron([3, 6, 2], activation: .tanh)
    try model.initialize(seed: 2)
    let all: Set = ["layers.0.weight", "layers.0.bias", "layers.2.weight", "layers.2.bias"]
    #expect(try changedByStep(model) == all)

    model.freeze { $0.hasPrefix("layers.0.") }
    #expect(model.trainableVariables.map(\.name) == ["layers.2.weight", "layers.2.bias"])
    #expect(model.parameterCount == 14)
    #expect(try changedByStep(model) == ["layers.2.weight", "layers.2.bias"])

    model.unfreeze { $0.hasSuffix("bias") }
    #expect(try changedByStep(model) == all.subtracting(["layers.0.weight"]))

    model.freeze()
    #expect(model.trainableVariables.isEmpty && model.parameters.count == 4)
    model.unfreeze()
    #expect(try changedByStep(model) == all)
  }

  @Test func `a frozen parameter is still initialized`() throws {
    let model = Sequential(Linear(3, 4))
    model.freeze()
    try model.initialize(seed: 0)
    #expect(model.parameters[0].parameter.variable.values.contains { $0 != 0 })
  }
}
