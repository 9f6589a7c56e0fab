import DescentGraph
import DescentData
import DescentNN
import DescentOptim
import DescentTrain
import Testing

/// Training as a whole: does it learn what it should?
@Suite struct LearningTests {
  @Test func `digits, 64-128-10 with AdamW`() throws {
    let accuracies = try (0..<5).map { seed in
      var experiment = Experiment()
      experiment.optimizer = AdamW(learningRate: 1e-3)
      experiment.seed = seed
      let data = try PreparedData.digits(test: 0.2, seed: UInt64(seed))
      #expect(experiment.widths(for: data) == [64, 128, 10])
      return try #require(try experiment.run(on: data).test.accuracy)
    }
    #expect(accuracies.reduce(0, +) / 5 >= 0.965, "\(accuracies)")
  }

  /// A network with room to spare must be able to memorize anything: a method that cannot is broken.
  @Test(arguments: MethodTable.entries.map(\.name))
  func `every method memorizes twelve examples at its default rate`(method: String) throws {
    let entry = try #require(MethodTable.entry(named: method))
    let trainer = try Trainer(
      Sequential.perceptron([6, 64, 3]), optimizer: entry.make(.constant(entry.learningRate)),
      on: TinyData.noise(12), batch: entry.isFullBatch ? nil : 4, seed: 0)
    let first = try trainer.epoch()
    for _ in 0..<1000 { try trainer.epoch() }
    let evaluation = try trainer.evaluate(TinyData.noise(12))
    #expect(first > 0.5)
    // Default rates are cautious: some have not got much further after 1,000 epochs.
    #expect(evaluation.loss < 0.1)
    #expect(evaluation.accuracy == 1)
  }
}
