import DescentGraph
import DescentNN
import Testing

/// What people see of a model.
@Suite struct SummaryTests {
  struct Pair: Module {
    let first = Linear(4, 2)
    let scale = Parameter([2], .ones)
  }

  @Test func `layers and parameters print what they are`() {
    #expect("\(Linear(4, 2))" == "Linear(4, 2): 10 parameters")
    #expect("\(Dropout(0.5))" == "Dropout(0.5): 0 parameters")
    #expect("\(Activation.relu)" == "relu: 0 parameters")
    #expect("\(Pair())" == "Pair: 12 parameters")
    let model = Sequential.perceptron([4, 8, 2])
    #expect("\(model)" == "Sequential(Linear(4, 8), relu, Linear(8, 2)): 58 parameters")
    _ = model.trainableVariables
    #expect("\(model.parameters[0].parameter)" == "layers.0.weight f32[8, 4]")
  }

  @Test func `a summary lists layers, what is trained and how much it is`() {
    let model = Sequential(Linear(4, 8), BatchNorm(8), Linear(8, 2))
    model.freeze { $0.hasPrefix("layers.0") }
    let lines = model.summary().split(separator: "\n").map(String.init)
    #expect(lines.count == 5)
    #expect(lines[0] == "Sequential(Linear(4, 8), BatchNorm(8), Linear(8, 2))")
    #expect(
      lines[1].hasPrefix("layers.0  weight f32[8, 4] (frozen), bias f32[8] (frozen)") && lines[1].hasSuffix(" 40"))
    #expect(lines[2].contains("runningMean f32[8] (state)") && lines[3].hasSuffix(" 18"))
    #expect(lines[4] == "34 parameters, 56 not trained, 360 bytes")
  }
}
