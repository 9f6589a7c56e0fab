import DescentData
import DescentGraph
import DescentNN
import DescentOptim
import DescentTrain
import Testing

@Suite struct TrainerTests {
  /// The losses of three epochs on the noise, and every parameter after them.
  private func run(seed: Int, _ optimizer: any OptimizationMethod = AdamW()) throws -> (
    losses: [Double], weights: [[Float]]
  ) {
    let model = Sequential.perceptron([6, 16, 3], dropout: 0.3)
    let trainer = try Trainer(model, optimizer: optimizer, on: TinyData.noise(50), batch: 8, seed: seed)
    let losses = try (0..<3).map { _ in try trainer.epoch() }
    return (losses, model.parameters.map { $0.parameter.variable.storage.scalars() })
  }

  @Test(arguments: MethodTable.entries.map(\.name))
  func `the same seed gives the same losses and parameters, bit for bit`(method: String) throws {
    let optimizer = try #require(MethodTable.entry(named: method)).make(0.01)
    let first = try run(seed: 1, optimizer)
    let second = try run(seed: 1, optimizer)
    #expect(first.losses.map(\.bitPattern) == second.losses.map(\.bitPattern))
    #expect(first.weights == second.weights)
    #expect(first.losses.allSatisfy { $0.isFinite })
  }

  @Test func `another seed gives other losses`() throws {
    #expect(try run(seed: 1).losses != run(seed: 2).losses)
  }

  /// By hand, from w = 0: the slope of the mean of (y − ŷ)² is −2·mean(x·y).
  @Test func `a full batch takes one step per epoch, down the gradient of all examples`() throws {
    let data = TinyData.values([[1], [2], [3], [4]], [1, 3, 2, 6])
    let model = Linear(1, 1, initializer: .zeros)
    let trainer = try Trainer(model, optimizer: SGD(learningRate: 0.01), on: data, batch: nil)
    #expect(try trainer.epoch() == 12.5)
    #expect(trainer.steps == 1 && trainer.epochs == 1)
    // Means: x·y = 37/4, y = 3.
    let weight = Double(model.weight.variable.storage.scalars(as: Float.self)[0])
    let bias = Double(model.bias!.variable.storage.scalars(as: Float.self)[0])
    #expect((weight - 0.01 * 2 * 37 / 4).magnitude < 1e-6)
    #expect((bias - 0.01 * 2 * 3).magnitude < 1e-6)
    for _ in 0..<4 { try trainer.epoch() }
    #expect(trainer.steps == 5 && trainer.epochs == 5)
  }

  @Test func `a batch larger than the data is the full batch`() throws {
    let trainer = try Trainer(Sequential.perceptron([6, 3]), optimizer: SGD(), on: TinyData.noise(10), batch: 64)
    try trainer.epoch()
    #expect(trainer.steps == 1)
  }

  /// With a learning rate of 0 the parameters stay, so the epoch's loss is the mean over all examples, however they are
  /// cut into batches.
  @Test(arguments: [1, 3, 4, 7, 10])
  func `a partial last batch is used and counts by its examples`(batch: Int) throws {
    let data = TinyData.noise(10)
    let trainer = try Trainer(
      Sequential.perceptron([6, 3]), optimizer: SGD(learningRate: 0), on: data, batch: batch, seed: 4)
    let mean = try trainer.evaluate(data).loss
    for epoch in 1...3 {
      #expect((try trainer.epoch() - mean).magnitude < 1e-6 * mean)
      #expect(trainer.steps == epoch * ((10 + batch - 1) / batch))
    }
  }

  @Test func `every example of a partial batch moves the parameters`() throws {
    // One feature per example, so that each weight shows whether its example was seen.
    let features: [[Float]] = (0..<10).map { row in (0..<10).map { $0 == row ? 1 : 0 } }
    let model = Linear(10, 1, bias: false, initializer: .zeros)
    let trainer = try Trainer(
      model, optimizer: SGD(learningRate: 0.1), on: TinyData.values(features, [Float](repeating: 1, count: 10)),
      batch: 4)
    try trainer.epoch()
    let weights: [Float] = model.weight.variable.storage.scalars()
    // 2·η·y / batch: two batches of four, one of two.
    #expect(weights.filter { ($0 - 0.05).magnitude < 1e-6 }.count == 8)
    #expect(weights.filter { ($0 - 0.1).magnitude < 1e-6 }.count == 2)
  }

  @Test func `divergence names the step and its learning rate`() throws {
    let schedule = Schedule.exponential(from: 1e6, rate: 10)
    let trainer = try Trainer(
      Sequential.perceptron([2, 1]), optimizer: SGD(learningRate: schedule), on: TinyData.line(40), batch: 4)
    let error = try #require(throws: TrainingError.self) {
      for _ in 0..<20 { try trainer.epoch() }
    }
    guard case .diverged(let step, let loss, let learningRate) = error else {
      Issue.record("not a divergence: \(error)")
      return
    }
    #expect(step == trainer.steps && step > 1)
    #expect(!loss.isFinite)
    #expect(learningRate == schedule.value(at: step - 1))
    #expect("\(error)".contains("at step \(step)") && "\(error)".contains("\(learningRate)"))
  }

  @Test func `being cancelled stops before the next step`() throws {
    let trainer = try Trainer(Sequential.perceptron([6, 3]), optimizer: SGD(), on: TinyData.noise(40), batch: 4)
    var questions = 0
    trainer.isCancelled = {
      questions += 1
      return questions > 5
    }
    #expect(try trainer.epoch().isFinite)
    #expect(trainer.steps == 5 && trainer.epochs == 0)
    #expect(try trainer.epoch().isNaN)
    #expect(trainer.steps == 5)
    // What is left of the epoch.
    trainer.isCancelled = { false }
    try trainer.epoch()
    #expect(trainer.steps == 10 && trainer.epochs == 1)
  }

  @Test func `frozen parameters stay`() throws {
    let model = Sequential.perceptron([6, 8, 3])
    model.freeze { $0.hasPrefix("layers.0.") }
    let trainer = try Trainer(model, optimizer: Adam(), on: TinyData.noise(20), batch: 4)
    func weights(_ i: Int) -> [Float] { model.parameters[i].parameter.variable.storage.scalars() }
    let before = (0..<4).map(weights)
    try trainer.epoch()
    #expect(weights(0) == before[0] && weights(1) == before[1])
    #expect(weights(2) != before[2] && weights(3) != before[3])
  }

  @Test func `seconds add up over epochs`() throws {
    let trainer = try Trainer(Sequential.perceptron([6, 3]), optimizer: SGD(), on: TinyData.noise(40))
    #expect(trainer.seconds == 0)
    try trainer.epoch()
    let first = trainer.seconds
    try trainer.epoch()
    #expect(first > 0 && trainer.seconds > first)
  }

  @Test func `data that do not fit the objective are refused`() throws {
    let numbers = TinyData.line(4)
    #expect(throws: TrainingError.objectiveMismatch("cross-entropy needs classes, but the targets of tiny are numbers"))
    {
      try Trainer(Linear(2, 1), optimizer: SGD(), on: numbers, objective: .crossEntropy())
    }
    let classes = TinyData.noise(4)
    #expect(throws: TrainingError.self) {
      try Trainer(Linear(6, 3), optimizer: SGD(), on: classes, objective: .huber(delta: 2))
    }
    let trainer = try Trainer(Linear(6, 3), optimizer: SGD(), on: classes)
    #expect(throws: TrainingError.self) { try trainer.evaluate(numbers) }
  }

  @Test func `data without examples are refused`() throws {
    #expect(throws: TrainingError.noExamples("noise")) {
      try Trainer(Linear(6, 3), optimizer: SGD(), on: TinyData.noise(0))
    }
  }

  /// From w = 0 at rate 0.01 on the data above; the mean of the path is where it is measured, not where it is trained.
  @Test func `an averaged network is measured at its average and left there at the end`() throws {
    let data = TinyData.values([[1], [2], [3], [4]], [1, 3, 2, 6])
    let model = Linear(1, 1, initializer: .zeros)
    let trainer = try Trainer(model, optimizer: SGD(learningRate: 0.01).averaged(.swa()), on: data, batch: nil)
    func weight() -> Float { model.weight.variable.storage.scalars(as: Float.self)[0] }
    func loss(_ trainer: Trainer<Linear>) throws -> Double { try trainer.evaluate(data).loss }
    let evaluator = try trainer.evaluator(for: data)
    #expect(try loss(trainer) == 12.5)
    var path: [Float] = []
    for _ in 0..<3 {
      try trainer.epoch()
      path.append(weight())
      _ = try loss(trainer)
      #expect(weight() == path.last)
    }
    let measured = try loss(trainer)
    #expect(try evaluator.evaluate().loss == measured)
    try trainer.moveToEvaluationPoint()
    #expect((weight() - (path[0] + path[1] + path[2]) / 3).magnitude < 1e-6 && weight() != path[2])
    let plain = try Trainer(Linear(1, 1, initializer: .zeros), optimizer: SGD(learningRate: 0.01), on: data, batch: nil)
    for _ in 0..<3 { try plain.epoch() }
    #expect(try loss(plain) != measured)
  }

  @Test func `steps that are not finite are left out and counted`() throws {
    let data = TinyData.values([[1], [2], [3], [Float.greatestFiniteMagnitude]], [1, 3, 2, 6])
    let trainer = try Trainer(
      Linear(1, 1), optimizer: SGD(learningRate: 0.01).skippingNonFinite(), on: data, batch: 1)
    #expect(trainer.skippedSteps == 0)
    // The fourth example's loss overflows: that step is left out, and its loss too.
    #expect(try trainer.epoch().isFinite)
    #expect(trainer.skippedSteps == 1 && trainer.steps == 4)
    #expect(try trainer.epoch().isFinite && trainer.skippedSteps == 2)
    #expect(try Trainer(Linear(1, 1), optimizer: SGD(), on: data).skippedSteps == nil)
  }

  @Test func `a pattern that matches no parameter is an error before training`() throws {
    let method = AdamW().frozen("encoder.*")
    let error = #expect(throws: NamePatternError.self) {
      _ = try Trainer(Sequential.perceptron([6, 3]), optimizer: method, on: TinyData.noise(10))
    }
    #expect(error?.names == ["layers.0.weight", "layers.0.bias"])
  }

  @Test func `the learning rate is scaled for the steps that follow`() throws {
    let data = TinyData.values([[1], [2], [3], [4]], [1, 3, 2, 6])
    let model = Linear(1, 1, initializer: .zeros)
    let trainer = try Trainer(model, optimizer: SGD(learningRate: 0.01), on: data, batch: nil)
    trainer.scaleLearningRate(0)
    try trainer.epoch()
    #expect(model.weight.variable.storage.scalars(as: Float.self) == [0])
    trainer.scaleLearningRate(0.5)
    try trainer.epoch()
    #expect((model.weight.variable.storage.scalars(as: Float.self)[0] - 0.0925).magnitude < 1e-6)
  }

  @Test func `a network with other outputs than the data have classes is an error`() throws {
    let trainer = try Trainer(Sequential.perceptron([64, 7]), optimizer: AdamW(learningRate: 1e-2), on: Digits.load())
    #expect(throws: TrainingError.objectiveMismatch("the network gives 7 outputs, the dataset digits has 10 classes")) {
      try trainer.epoch()
    }
  }

  @Test func `an accumulation that is never complete is an error, and a rest is told of`() throws {
    let data = PreparedData(
      name: "line", train: TinyData.line(100), validation: TinyData.line(4), test: TinyData.line(20))
    var experiment = Experiment()
    experiment.hidden = []
    experiment.batch = 10
    experiment.epochs = 2
    experiment.optimizer = AdamW(learningRate: 0.01).accumulating(steps: 1000)
    #expect(throws: TrainingError.noStep(batches: 20)) { _ = try experiment.run(on: data) }
    experiment.optimizer = AdamW(learningRate: 0.01).accumulating(steps: 6)
    let counts = try #require(try experiment.run(on: data).accumulation)
    #expect(counts.taken == 3 && counts.gathered == 2)
  }
}
