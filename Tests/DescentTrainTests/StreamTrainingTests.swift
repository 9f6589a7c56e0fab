import Descent
import Foundation
import TestSupport
import Testing

/// A network of two inputs and two outputs.
private struct TwoInTwoOut: Module {
  let left = Linear(3, 8)
  let right = Linear(2, 8)
  let classes = Linear(8, 3)
  let value = Linear(8, 1)
  func callAsFunction(_ x: Tensor, _ z: Tensor) -> (classes: Tensor, value: Tensor) {
    let h = tanh(left(x) + right(z))
    return (classes(h), value(h))
  }
}

private struct CharacterModel: Module {
  let embedding = Embedding(12, 16)
  let recurrent = GRU(16, 24)
  let head = Linear(24, 12)
  func callAsFunction(_ tokens: Tensor) -> Tensor { head(recurrent(embedding(tokens)).outputs) }
}

/// Any module on any source: in memory or streamed, several inputs and outputs, sequences.
@Suite struct StreamTrainingTests {
  private static func data() throws -> [(name: String, tensor: Tensor)] {
    let x = try RandomKey(1).normal([60, 3]).evaluated()
    let z = try RandomKey(2).normal([60, 2]).evaluated()
    let labels = try ((x.sum(axes: [1]) .> 0).cast(to: .int32) + (z.sum(axes: [1]) .> 0).cast(to: .int32)).evaluated()
    return [("x", x), ("z", z), ("label", labels), ("value", try x.sum(axes: [1]).evaluated())]
  }

  private static func trainer(_ source: any BatchSource, _ model: TwoInTwoOut = TwoInTwoOut()) throws
    -> Trainer<TwoInTwoOut>
  {
    try Trainer(model, optimizer: AdamW(learningRate: 0.02), on: source, seed: 5) { model, batch in
      model(batch["x"], batch["z"])
    } loss: { outputs, batch in
      crossEntropy(outputs.classes, labels: batch["label"])
        + meanSquaredError(outputs.value.reshaped([batch.count]), batch["value"])
    }
  }

  /// The same rows in the same order, as whole batches from a reader.
  private static func stream(_ data: [(name: String, tensor: Tensor)]) throws -> StreamSource {
    let storages = try data.map { try $0.tensor.storage() }
    return StreamSource(exampleCount: 60) { epoch in
      var rows: [Int32] = []
      let order = BatchOrder(count: 60, batchSize: 16, seed: 9)
      order.fill(&rows, epoch: epoch)
      var batch = 0
      return {
        guard batch < order.batchCount else { return nil }
        let picked = rows[order.range(ofBatch: batch)].map(Int.init)
        batch += 1
        return Batch(
          zip(data, storages).map { field, storage in
            let width = storage.shape.elementCount / 60
            let part = Storage(shape: Shape([picked.count] + storage.shape.dropFirst()), dtype: storage.dtype)
            for (i, row) in picked.enumerated() {
              for j in 0..<width { part.set(storage.double(at: row * width + j), at: i * width + j) }
            }
            return (field.name, Tensor(storage: part))
          })
      }
    }
  }

  @Test func `in memory, streamed and read ahead, training is the same bit for bit`() throws {
    let data = try Self.data()
    let sources: [any BatchSource] = [
      TensorSource(data, batch: 16, seed: 9), try Self.stream(data), PrefetchedSource(try Self.stream(data)),
    ]
    var runs: [[Double]] = []
    for source in sources {
      let trainer = try Self.trainer(source)
      runs.append(try (0..<4).map { _ in try trainer.epoch() })
      #expect(trainer.steps == 16 && trainer.epochs == 4 && trainer.waitingSeconds <= trainer.seconds)
    }
    #expect(runs[0] == runs[1] && runs[1] == runs[2])
    #expect(runs[0][3] < 0.7 * runs[0][0])
  }

  @Test func `training goes on from a saved position bit for bit`() throws {
    let folder = try TemporaryFolder()
    let data = try Self.data()
    let whole = try Self.trainer(PrefetchedSource(try Self.stream(data)))
    try whole.train(steps: 15)

    let first = try Self.trainer(PrefetchedSource(try Self.stream(data)))
    try first.train(steps: 6)
    try first.model.save(to: folder.path("model"))
    try first.updater.save(to: folder.path("updater"))
    let position = try JSONEncoder().encode(first.position)

    let second = try Self.trainer(PrefetchedSource(try Self.stream(data)))
    try second.model.load(from: folder.path("model"))
    try second.updater.restore(from: folder.path("updater"))
    try second.restore(JSONDecoder().decode(Trainer<TwoInTwoOut>.Position.self, from: position))
    #expect(second.steps == 6 && second.epochs == 1 && second.source.position == BatchPosition(epoch: 1, batch: 2))
    try second.train(steps: 9)
    for (a, b) in zip(whole.model.parameters, second.model.parameters) {
      let (x, y): ([Float], [Float]) = (
        a.parameter.variable.snapshot().scalars(), b.parameter.variable.snapshot().scalars()
      )
      #expect(x == y, "\(a.name)")
    }
  }

  @Test func `loaded parameters are trained on, where that is asked for`() throws {
    let data = try Self.data()
    func weights(_ model: TwoInTwoOut) -> [Float] { model.left.weight.variable.snapshot().scalars() }
    let model = TwoInTwoOut()
    try model.initialize(seed: 77)
    let loaded = weights(model)
    let kept = try Trainer(
      model, optimizer: SGD(learningRate: 0), on: TensorSource(data, batch: 60), seed: 5, keepsParameters: true,
      forward: { $0($1["x"], $1["z"]) }, loss: { $0.value.reshaped([$1.count]).mean() })
    try kept.epoch()
    #expect(weights(model) == loaded)
    _ = try Self.trainer(TensorSource(data, batch: 60), model)
    #expect(weights(model) != loaded)
  }

  @Test func `a character model learns a sequence of tokens`() throws {
    let tokens: [Int32] = (0..<1200).map { i in Int32((i * i + i / 3) % 12) }
    let trainer = try Trainer(
      CharacterModel(), optimizer: AdamW(learningRate: 0.01), on: TokenSource(tokens, context: 16, batch: 8, seed: 1)
    ) { model, batch in
      model(batch["tokens"])
    } loss: { logits, batch in
      crossEntropy(logits, labels: batch["targets"])
    }
    let first = try trainer.epoch()
    for _ in 0..<9 { try trainer.epoch() }
    let test = TokenSource(tokens, context: 16, batch: 8, seed: 2)
    #expect(try trainer.evaluate(on: test) < 0.7 * first)
    let accuracy = try trainer.mean(over: test) { model, batch in
      (model(batch["tokens"]).argmax() .== batch["targets"]).cast(to: .float32).mean()
    }
    #expect(accuracy > 0.4 && accuracy <= 1)
  }

  @Test func `a batch with other fields than the first is refused`() throws {
    func trainer(_ second: Batch) throws -> Trainer<Linear> {
      let x = Tensor.ones([2, 2])
      let batches = [Batch(["x": try x.evaluated(), "y": try (2 * x).evaluated()]), second]
      let source = StreamSource { _ in
        var rest = batches[...]
        return { rest.popFirst() }
      }
      return try Trainer(
        Linear(2, 2), optimizer: SGD(), on: source, forward: { $0($1["x"]) }, loss: { meanSquaredError($0, $1["y"]) })
    }
    let x = try Tensor.ones([2, 2]).evaluated()
    // The same types in another order: what was compiled would take one for the other.
    #expect(throws: BatchSourceError.otherFields(found: ["y", "x"], expected: ["x", "y"])) {
      try trainer(Batch(["y": x, "x": x])).epoch()
    }
    #expect(throws: BatchSourceError.otherFields(found: ["x"], expected: ["x", "y"])) {
      try trainer(Batch(["x": x])).epoch()
    }
    #expect(try trainer(Batch(["x": x, "y": x])).epoch().isFinite)
  }

  @Test func `the same source can be evaluated after every epoch`() throws {
    let data = try Self.data()
    let (trainer, test) = (try Self.trainer(TensorSource(data, batch: 16, seed: 9)), TensorSource(data, batch: 25))
    var losses: [Double] = []
    for _ in 0..<4 {
      try trainer.epoch()
      losses.append(try trainer.evaluate(on: test))
    }
    #expect(losses.last! < losses[0] && test.position == BatchPosition(epoch: 4))
    #expect(try abs(trainer.evaluate(on: TensorSource(data, batch: nil)) - losses.last!) < 1e-5)
  }

  @Test func `a source without batches is an error and no endless loop`() throws {
    let trainer = try Self.trainer(StreamSource { _ in { nil } })
    #expect(try trainer.epoch().isNaN)
    #expect(throws: TrainingError.noExamples("the source")) { try trainer.train(steps: 3) }
  }
}
