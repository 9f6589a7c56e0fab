import DescentData
import DescentRuntime
import DescentGraph
import DescentNN

/// What a model says about one example.
public enum Prediction: Sendable, Equatable {
  /// The most probable class and its probability under the softmax of the outputs.
  case label(name: String, index: Int, probability: Double)
  /// A number in the target's own unit.
  case value(Double)
}

extension Prediction {
  var isFinite: Bool {
    switch self {
    case .label(_, _, let probability): probability.isFinite
    case .value(let value): Float(value).isFinite
    }
  }
}

/// How good a model's predictions were, where the truth is known.
public struct PredictionQuality: Sendable, Equatable {
  /// Fraction of examples whose class was predicted; nil for numbers.
  public var accuracy: Double?
  /// Root mean squared error in the target's own unit; nil for classes.
  public var rootMeanSquaredError: Double?
}

extension SavedModel {
  /// Examples that are run at once.
  private static let chunk = 1024

  /// The model's prediction for every example of `data`, which must have the features that the model was trained with.
  ///
  /// - Throws: `EngineError` when an engine library is missing, `SavedModelError` for an output that is not finite.
  public func predictions(for data: Dataset) throws -> [Prediction] {
    require(
      data.featureCount == description.widths[0],
      "the model takes \(description.widths[0]) features, \(data.name) has \(data.featureCount)")
    let classNames = description.classNames
    let network = network
    let forward = compile { arguments in
      let output = network(arguments[0])
      return [classNames == nil ? output : softmax(output)]
    }
    var predictions: [Prediction] = []
    predictions.reserveCapacity(data.count)
    for start in stride(from: 0, to: data.count, by: Self.chunk) {
      let count = min(Self.chunk, data.count - start)
      let width = data.featureCount
      let rows = Tensor(Array(data.features[start * width..<(start + count) * width]), shape: [count, width])
      let decoded = decoded(try forward([rows])[0].storage(), count: count)
      if let bad = decoded.firstIndex(where: { !$0.isFinite }) {
        throw SavedModelError.predictionNotFinite(data: data.name, example: start + bad + 1)
      }
      predictions += decoded
    }
    return predictions
  }

  /// Rows of the output as predictions.
  private func decoded(_ output: Storage, count: Int) -> [Prediction] {
    guard let names = description.classNames else {
      let values = output.scalars(as: Float.self)
      guard case .values(_, let mean, let scale)? = description.preprocessing?.target else {
        return values.map { .value(Double($0)) }
      }
      return values.map { .value(Double($0) * scale + mean) }
    }
    let probabilities = output.scalars(as: Float.self)
    return (0..<count).map { row in
      var best = row * names.count
      for i in best..<(row + 1) * names.count where probabilities[i] > probabilities[best] { best = i }
      let index = best - row * names.count
      return .label(name: names[index], index: index, probability: Double(probabilities[best]))
    }
  }

  /// Compares predictions with the targets of the examples they were made for; nil where there are none.
  public func quality(of predictions: [Prediction], for data: Dataset) -> PredictionQuality? {
    guard data.hasTargets, data.count > 0 else { return nil }
    require(predictions.count == data.count, "\(predictions.count) predictions for \(data.count) examples")
    switch data.targets {
    case .classes(let labels, _):
      let hits = zip(labels, predictions).count { label, prediction in
        if case .label(_, let index, _) = prediction { index == Int(label) } else { false }
      }
      return PredictionQuality(accuracy: Double(hits) / Double(data.count))
    case .values(let values, _):
      var mean = 0.0
      var scale = 1.0
      if case .values(_, let m, let s)? = description.preprocessing?.target { (mean, scale) = (m, s) }
      var sum = 0.0
      for (target, prediction) in zip(values, predictions) {
        guard case .value(let value) = prediction else { continue }
        let error = value - (Double(target) * scale + mean)
        sum += error * error
      }
      return PredictionQuality(rootMeanSquaredError: (sum / Double(data.count)).squareRoot())
    }
  }
}
