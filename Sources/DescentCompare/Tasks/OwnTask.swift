import DescentTrain
import DescentData
import DescentGraph
import DescentNN

extension ComparisonTask {
  /// The network and the data of an experiment as a task. The metric is that of `Experiment.run`.
  ///
  /// Features and targets are as `data` has encoded them, with figures from its training part; for each seed, the examples
  /// are drawn into new parts.
  ///
  /// - Parameters:
  ///   - experiment: the network, and the batch and epochs that are the budget.
  ///   - data: all parts of it are put together and drawn anew.
  ///   - summary: the data, the model, the sizes.
  ///   - target: nil lets a reference run set it.
  public static func own(
    _ experiment: Experiment, on data: PreparedData, summary: String, target: Double?
  ) -> ComparisonTask {
    let objective = experiment.objective ?? .standard(for: data.train.targets)
    let widths = experiment.widths(for: data)
    let all = data.train.joined(with: data.validation).joined(with: data.test)
    let rest = Double(all.count) * (1 - ProblemData.validationShare) * (1 - ProblemData.testShare)
    let batch = max(1, min(experiment.batch ?? Int(rest), Int(rest)))
    let budget = max(1, Int(rest) / batch) * experiment.epochs
    let (scale, isClassification) = (data.targetScale, data.isClassification)
    return ComparisonTask(
      name: data.name, title: data.name, summary: summary, metric: .standard(for: data), target: target,
      targetOrigin: "given on the command line", budget: budget
    ) {
      let model = Sequential.perceptron(widths, activation: experiment.activation, dropout: experiment.dropout)
      return .supervised(
        model, on: try ProblemData(all), batch: batch, loss: { output, _, y in objective.loss(output, y) },
        metric: { output, _, y in
          if isClassification { return accuracy(output, labels: y) }
          return scale * sqrt(meanSquaredError(objective.prediction(output), y))
        })
    }
  }
}

extension Dataset {
  /// The examples of both, which have the same features and the same kind of targets.
  func joined(with other: Dataset) -> Dataset {
    let joined: Targets =
      switch (targets, other.targets) {
      case (.classes(let own, let names), .classes(let others, _)): .classes(labels: own + others, names: names)
      case (.values(let own, let name), .values(let others, _)): .values(own + others, name: name)
      default: fatalError("\(name) and \(other.name) have targets of different kinds")
      }
    return Dataset(
      name: name, features: features + other.features, featureShape: featureShape, featureNames: featureNames,
      imageShape: imageShape, targets: joined)
  }
}
