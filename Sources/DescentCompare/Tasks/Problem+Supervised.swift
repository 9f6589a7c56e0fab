import DescentGraph
import DescentNN

extension Problem {
  /// A model that learns targets from features.
  ///
  /// - Parameters:
  ///   - loss: of the model's output for the features `x` and the targets `y`; a scalar.
  ///   - metric: of the same, over all of a part; a scalar.
  static func supervised(
    _ model: some UnaryModule, on data: ProblemData, batch: Int,
    loss: @escaping @Sendable (_ output: Tensor, _ x: Tensor, _ y: Tensor) -> Tensor,
    metric: @escaping @Sendable (_ output: Tensor, _ x: Tensor, _ y: Tensor) -> Tensor
  ) -> Problem {
    let start = StartingValues(model)
    return Problem(
      parameters: model.trainableVariables,
      state: model.parameters.filter { !$0.parameter.isTrainable }.map(\.parameter.variable),
      examples: data.train.count, batch: min(batch, data.train.count),
      load: { seed in
        try data.load(seed: seed)
        try start.load(seed: seed)
      },
      loss: { rows in
        let (x, y) = (data.train.features.value, data.train.targets.value)
        let (batchX, batchY) = rows.map { (x.gathering($0), y.gathering($0)) } ?? (x, y)
        return loss(model(batchX), batchX, batchY)
      },
      metric: { part in
        let (x, y) = (data[part].features.value, data[part].targets.value)
        return metric(model(x), x, y)
      })
  }

  /// The same for classes: cross-entropy is trained, and measured where accuracy is not.
  static func classifier(
    _ model: some UnaryModule, on data: ProblemData, batch: Int, measuringAccuracy: Bool
  ) -> Problem {
    supervised(
      model, on: data, batch: batch, loss: { output, _, y in crossEntropy(output, labels: y) },
      metric: { output, _, y in measuringAccuracy ? accuracy(output, labels: y) : crossEntropy(output, labels: y) })
  }
}
