import DescentRuntime
import DescentData
import DescentGraph
import DescentNN

extension ComparisonTask {
  /// A language model over single characters.
  static let characters = ComparisonTask(
    name: "characters", title: "Characters, transformer",
    summary: "The opening of Coriolanus (32,613 characters), the next one predicted from up to 32: a transformer of 2 "
      + "blocks, 2 heads, width 32 (30,208 parameters), cross-entropy in nats, batch 16.",
    metric: .testCrossEntropy, target: 2.43, budget: 400
  ) {
    let (tokens, alphabet) = SampleText.load()
    let context = 32
    // Windows share one token: the last one's target is the next one's first.
    let windows = (0..<((tokens.count - 1) / context)).map { Array(tokens[($0 * context)...(($0 + 1) * context)]) }
    // The last part of the text is for validation, whatever the seed; the rest is drawn in passages of eight windows, so
    // that the test is not a gap between lines that were trained on.
    let held = windows.count / 10
    let validation = Array(windows.suffix(held))
    let passages = stride(from: 0, to: windows.count - held - 7, by: 8).map { Array(windows[$0..<($0 + 8)]) }
    let testPassages = passages.count / 8
    func variable(_ count: Int, _ name: String) -> Variable {
      Variable(shape: [count, context + 1], dtype: .int32, name: name)
    }
    let test = variable(testPassages * 8, "test")
    let train = variable((passages.count - testPassages) * 8, "train")
    let kept = variable(held, "validation")
    kept.assign(Storage(validation.flatMap { $0 }, shape: kept.shape))

    let model = Transformer(vocabulary: alphabet.count, context: context, width: 32, depth: 2, heads: 2)
    let start = StartingValues(model)
    let loss: @Sendable (Tensor) -> Tensor = { windows in
      crossEntropy(
        model(windows.sliced(axis: 1, 0..<context)), labels: windows.sliced(axis: 1, 1..<(context + 1)))
    }
    return Problem(
      parameters: model.trainableVariables, examples: train.shape[0], batch: 16,
      load: { seed in
        var random = SeededGenerator(seed: seed, stream: 3)
        var order = passages
        random.shuffle(&order)
        test.assign(Storage(order.prefix(testPassages).joined().flatMap { $0 }, shape: test.shape))
        train.assign(Storage(order.dropFirst(testPassages).joined().flatMap { $0 }, shape: train.shape))
        try start.load(seed: seed)
      },
      loss: { rows in loss(rows.map { train.value.gathering($0) } ?? train.value) },
      metric: { part in loss((part == .validation ? kept : test).value) })
  }
}
