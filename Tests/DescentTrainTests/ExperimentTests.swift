import DescentGraph
import DescentData
import DescentNN
import DescentOptim
import DescentTrain
import Testing

@Suite struct ExperimentTests {
  private func digits(epochs: Int, target: Double? = nil) -> Experiment {
    var experiment = Experiment()
    experiment.hidden = [16]
    experiment.epochs = epochs
    experiment.optimizer = AdamW(learningRate: 3e-3)
    experiment.target = target
    return experiment
  }

  @Test func `points, totals and target agree with each other`() throws {
    let data = try PreparedData.digits(validation: 0.1)
    let target = 0.8
    var told: [RunRecord.Point] = []
    let outcome = try digits(epochs: 6, target: target).run(on: data, onEpoch: { told.append($0) })
    let run = outcome.run
    #expect(run.points == told)
    #expect(run.points.map(\.epoch) == Array(0...6))
    let stepsPerEpoch = (data.train.count + 31) / 32
    let steps = (0...6).map { $0 * stepsPerEpoch }
    #expect(run.points.map(\.step) == steps)
    #expect(run.points[0].seconds == 0 && run.points[0].trainLoss.isNaN)
    #expect(zip(run.points, run.points.dropFirst()).allSatisfy { $0.seconds < $1.seconds })

    let last = try #require(run.points.last)
    #expect(run.steps == last.step && run.seconds == last.seconds && run.finalLoss == last.trainLoss)
    #expect(outcome.test.accuracy == last.metric && outcome.test.loss == last.testLoss)
    #expect(outcome.trainLoss == last.trainLoss && run.finalMetric == last.metric)

    let reached = try #require(run.points.first { $0.metric >= target })
    #expect(run.points[0].metric < target && last.metric >= target)
    #expect(run.stepsToTarget == reached.step && run.secondsToTarget == reached.seconds)
    #expect(outcome.divergence == nil && !outcome.wasCancelled)
    #expect(try #require(outcome.validation?.accuracy) > 0.7)
  }

  @Test func `a target that is never reached has no steps`() throws {
    let run = try digits(epochs: 1, target: 1.01).run(on: try PreparedData.digits()).run
    #expect(run.stepsToTarget == nil && run.secondsToTarget == nil)
    #expect(run.finalMetric != nil)
  }

  @Test func `for numbers the target is reached from above`() throws {
    var experiment = Experiment()
    experiment.hidden = []
    experiment.batch = 8
    experiment.epochs = 40
    experiment.optimizer = SGD(learningRate: 0.1)
    experiment.target = 0.1
    let line = TinyData.line(100)
    let data = PreparedData(name: "line", train: line, validation: line.subset(rows: []), test: line)
    let run = try experiment.run(on: data).run
    let reached = try #require(run.points.first { $0.metric <= 0.1 })
    #expect(run.points[0].metric > 0.1 && run.stepsToTarget == reached.step)
  }

  @Test func `the same seed repeats a run`() throws {
    let data = try PreparedData.digits()
    func points() throws -> [[Double]] {
      try digits(epochs: 2).run(on: data).run.points.dropFirst().map { [$0.trainLoss, $0.testLoss, $0.metric] }
    }
    #expect(try points() == points())
  }

  /// The least squares of two weights and a bias: L-BFGS ends at the solution, by itself, long before the budget.
  @Test func `a minimization on all examples counts evaluations as epochs`() throws {
    let line = TinyData.line(100)
    let data = PreparedData(name: "line", train: line, validation: line.subset(rows: []), test: line)
    var experiment = Experiment()
    experiment.hidden = []
    experiment.fullBatch = LBFGS()
    experiment.epochs = 100
    experiment.target = 0.1
    var told: [RunRecord.Point] = []
    let outcome = try experiment.run(on: data, onEpoch: { told.append($0) })
    let run = outcome.run
    #expect(try #require(run.finalMetric) < 1e-3)
    #expect(outcome.ending.map { $0 == .gradientTolerance || $0 == .lossTolerance || $0 == .lineSearchFailed } == true)
    #expect(run.points == told && run.points[0].epoch == 0 && run.points[0].trainLoss.isNaN)
    let last = try #require(run.points.last)
    #expect(last.epoch == run.gradientEvaluations && last.step == run.steps && last.epoch <= 40)
    #expect(zip(run.points, run.points.dropFirst()).allSatisfy { $0.epoch < $1.epoch && $0.seconds < $1.seconds })
    #expect(zip(run.points.dropFirst(), run.points.dropFirst(2)).allSatisfy { $0.trainLoss >= $1.trainLoss })
    #expect(outcome.test.loss == last.testLoss && run.finalLoss == last.trainLoss)
    #expect(try #require(run.stepsToTarget) <= run.steps)

    experiment.epochs = 3
    let short = try experiment.run(on: data)
    #expect(short.ending == .maximumEvaluations && short.run.gradientEvaluations == 3)
    let cancelled = try experiment.run(on: data, isCancelled: { true })
    #expect(cancelled.wasCancelled && cancelled.run.steps == 1)
  }

  @Test func `a minimization that cannot start says why`() throws {
    let wild = TinyData.values([[1], [2], [Float.greatestFiniteMagnitude]], [1, 3, 2])
    var experiment = Experiment()
    experiment.fullBatch = LBFGS()
    let outcome = try experiment.run(
      on: PreparedData(name: "wild", train: wild, validation: wild.subset(rows: []), test: wild))
    guard case .notFiniteAtStart? = outcome.divergence else {
      Issue.record("\(String(describing: outcome.divergence))")
      return
    }
    #expect(outcome.run.divergedAtStep == 1 && outcome.run.finalMetric == nil && outcome.run.points.count == 1)
  }

  @Test func `a diverged run says where and has no final metric`() throws {
    var experiment = digits(epochs: 5)
    experiment.optimizer = SGD(learningRate: 1e30)
    let outcome = try experiment.run(on: try PreparedData.digits())
    let step = try #require(outcome.run.divergedAtStep)
    #expect(step == outcome.run.steps)
    guard case .diverged(step, _, 1e30)? = outcome.divergence else {
      Issue.record("\(String(describing: outcome.divergence)) is not the divergence at step \(step)")
      return
    }
    #expect(outcome.run.finalLoss.isNaN && outcome.run.finalMetric == nil)
    #expect(outcome.run.points.count == 1, "there is no measurement of a network that diverged")
  }

  /// With one step per epoch the loss, taken before the step, is finite; what the step leaves behind is not.
  @Test func `a run that diverges in an epoch's last step says so too`() throws {
    var experiment = digits(epochs: 5)
    experiment.optimizer = SGD(learningRate: 1e30)
    experiment.batch = nil
    let outcome = try experiment.run(on: try PreparedData.digits())
    #expect(outcome.run.divergedAtStep == 1 && outcome.run.steps == 1)
    #expect(outcome.divergence != nil && outcome.run.finalMetric == nil && outcome.run.points.count == 1)
  }

  @Test func `a cancelled run ends early and keeps what it has`() throws {
    var questions = 0
    let outcome = try digits(epochs: 50).run(
      on: try PreparedData.digits(),
      isCancelled: {
        questions += 1
        return questions > 60
      })
    #expect(outcome.wasCancelled)
    #expect(outcome.run.steps < 60 && outcome.run.steps > 45)
    #expect(outcome.run.points.count == 3 && outcome.trainLoss.isFinite)
  }

  @Test func `a linear table is learned to R² above 0.99`() throws {
    var random = SeededGenerator(seed: 5)
    func uniform() -> Double { Double(random.next() >> 11) * 0x1p-53 }
    var lines = ["size,age,city,price"]
    for _ in 0..<400 {
      let (size, age) = (50 + 150 * uniform(), 80 * uniform())
      let isNorth = uniform() < 0.4
      let price = 1000 * size - 700 * age + (isNorth ? 20_000 : 0) + 500 * (uniform() - 0.5)
      lines.append("\(size),\(age),\(isNorth ? "north" : "south"),\(price)")
    }
    let document = try CSVReader.parse(Array(lines.joined(separator: "\n").utf8), file: "houses.csv")
    let data = PreparedData(try TableTask.make(table: try Table(document), target: "price"), name: "houses")
    var experiment = Experiment()
    experiment.hidden = [32]
    experiment.optimizer = AdamW(learningRate: 0.01)
    let outcome = try experiment.run(on: data)
    #expect(try #require(outcome.test.r2) > 0.99)
    // The metric is in the target's own unit, where the whole spread is some 50,000.
    let error = try #require(outcome.run.finalMetric)
    #expect(error < 5000 && error > 50)
    let standardized = try #require(outcome.test.rootMeanSquaredError)
    #expect((error / data.targetScale - standardized).magnitude < 1e-9)
  }
}
