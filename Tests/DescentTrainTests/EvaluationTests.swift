import DescentData
import DescentGraph
import DescentNN
import DescentOptim
import DescentTrain
import Foundation
import Testing

/// What `evaluate` measures, against cases computed by hand.
@Suite struct EvaluationTests {
  /// A model that gives its one feature back.
  private func identity(on data: Dataset, _ objective: Objective? = nil) throws -> Trainer<Linear> {
    try Trainer(Linear(1, 1, initializer: .ones), optimizer: SGD(), on: data, objective: objective)
  }

  @Test func `numbers`() throws {
    // Errors 1, 0, −2, 1 over targets of mean 3 and spread 4 + 1 + 1 + 4.
    let data = TinyData.values([[2], [2], [2], [6]], [1, 2, 4, 5])
    let evaluation = try identity(on: data).evaluate(data)
    #expect(evaluation.loss == 1.5)
    #expect(evaluation.rootMeanSquaredError == 1.5.squareRoot())
    #expect((try #require(evaluation.r2) - 0.4).magnitude < 1e-15)
    #expect(evaluation.accuracy == nil)
  }

  @Test func `the loss is the objective's, the other measures are not`() throws {
    let data = TinyData.values([[2], [2], [2], [6]], [1, 2, 4, 5])
    let evaluation = try identity(on: data, .huber(delta: 1)).evaluate(data)
    #expect(evaluation.loss == (0.5 + 0 + 1.5 + 0.5) / 4)
    #expect(evaluation.rootMeanSquaredError == 1.5.squareRoot())
  }

  @Test func `perfect, useless and worse than useless predictions`() throws {
    let targets: [Float] = [1, 2, 3]
    func r2(_ predictions: [Float]) throws -> Double? {
      let data = TinyData.values(predictions.map { [$0] }, targets)
      return try identity(on: data).evaluate(data).r2
    }
    #expect(try r2(targets) == 1)
    #expect(try r2([2, 2, 2]) == 0)
    #expect(try r2([3, 2, 1]) == -3)
  }

  @Test func `equal targets have no R²`() throws {
    let data = TinyData.values([[1], [2]], [5, 5])
    let evaluation = try identity(on: data).evaluate(data)
    #expect(evaluation.r2 == nil && evaluation.rootMeanSquaredError == 12.5.squareRoot())
  }

  /// More examples than one pass of the evaluator takes, and no multiple of it.
  @Test func `many examples`() throws {
    let count = 2500
    let features = (0..<count).map { [Float($0 % 7)] }
    // Every fifth prediction is off by 2.
    let targets = (0..<count).map { row -> Float in
      let shift: Int = row.isMultiple(of: 5) ? 2 : 0
      return Float(row % 7 + shift)
    }
    let data = TinyData.values(features, targets)
    let evaluation = try identity(on: data).evaluate(data)
    #expect((evaluation.loss - 0.8).magnitude < 1e-6)
    #expect((try #require(evaluation.rootMeanSquaredError) - 0.8.squareRoot()).magnitude < 1e-12)

    // The last hundred labels are not what the features say.
    let unit: [[Float]] = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    let rows = (0..<count).map { unit[$0 % 3] }
    let labels = (0..<count).map { row in
      let shift = row < 2400 ? 0 : 1
      return Int32((row + shift) % 3)
    }
    #expect(try classify(TinyData.classes(rows, labels, count: 3)).accuracy == 0.96)
  }

  /// A model that gives its features back as logits.
  private func classify(_ data: Dataset) throws -> Evaluation {
    let model = Linear(3, 3, bias: false)
    let trainer = try Trainer(model, optimizer: SGD(), on: data)
    try model.weight.variable.assign(Tensor([1, 0, 0, 0, 1, 0, 0, 0, 1] as [Float], shape: [3, 3]))
    return try trainer.evaluate(data)
  }

  @Test func `classes`() throws {
    let data = TinyData.classes([[1, 0, 0], [0, 3, 0], [0, 0, 2], [5, 4, 0]], [0, 1, 0, 1], count: 3)
    let evaluation = try classify(data)
    #expect(evaluation.accuracy == 0.5)
    #expect(evaluation.rootMeanSquaredError == nil && evaluation.r2 == nil)
    let logits: [[Double]] = [[1, 0, 0], [0, 3, 0], [0, 0, 2], [5, 4, 0]]
    let losses = zip(logits, [0, 1, 0, 1]).map { row, label -> Double in
      let sum: Double = row.map { Foundation.exp($0) }.reduce(0, +)
      return Foundation.log(sum) - row[label]
    }
    let mean: Double = losses.reduce(0, +) / 4
    #expect((evaluation.loss - mean).magnitude < 1e-6)
  }

  @Test func `dropout is off`() throws {
    let data = TinyData.noise(30)
    let trainer = try Trainer(Sequential.perceptron([6, 32, 3], dropout: 0.5), optimizer: SGD(), on: data)
    #expect(try trainer.evaluate(data) == trainer.evaluate(data))
  }

  @Test func `an evaluator follows the parameters`() throws {
    let data = TinyData.noise(30)
    let trainer = try Trainer(Sequential.perceptron([6, 32, 3]), optimizer: Adam(learningRate: 0.02), on: data)
    let evaluator = try trainer.evaluator(for: data)
    let before = try evaluator.evaluate()
    for _ in 0..<20 { try trainer.epoch() }
    let after = try evaluator.evaluate()
    #expect(after.loss < before.loss)
    #expect(try after == trainer.evaluate(data))
  }
}
